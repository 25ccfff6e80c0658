import { execFileSync } from "node:child_process";
import { runNode } from "../support/run-node";

test("a shell that uses the sandbox has no profile and no session of its own any more", async () => {
  const { code, stdout } = await runNode("bin/meridian.js", ["sandbox", "--port", "4599", "env"]);
  expect(code).toBe(0);
  const seen = execFileSync("sh", ["-c", `eval "$LINES_TO_EVAL"; env`], {
    env: { PATH: process.env.PATH, AWS_PROFILE: "mine", AWS_SESSION_TOKEN: "mine", LINES_TO_EVAL: stdout },
  });
  const variables = String(seen).split("\n");
  expect(variables).toContain("AWS_ENDPOINT_URL=http://127.0.0.1:4599");
  expect(variables).toContain("AWS_ACCESS_KEY_ID=test");
  expect(variables.filter((line) => /^AWS_(PROFILE|SESSION_TOKEN)=/.test(line))).toEqual([]);
});
