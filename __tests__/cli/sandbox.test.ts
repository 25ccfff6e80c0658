import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type LocalAws, startLocalAws } from "../support/local-aws";
import { runNode } from "../support/run-node";

const sandbox = (...args: readonly string[]) => runNode("bin/meridian.js", ["sandbox", ...args]);

/** What a shell makes of lines that it is given to evaluate. */
function evaluated(lines: string): string {
  return String(
    execFileSync("sh", ["-c", 'eval "$LINES_TO_EVAL" && env || echo refused'], {
      env: { PATH: process.env.PATH, AWS_PROFILE: "mine", AWS_SESSION_TOKEN: "mine", LINES_TO_EVAL: lines },
    }),
  );
}

let aws: LocalAws;
let port: string;
beforeAll(async () => {
  aws = await startLocalAws();
  ({ port } = new URL(aws.env.AWS_ENDPOINT_URL ?? ""));
});
afterAll(() => aws.close());

test("a shell that uses the sandbox has no profile and no session of its own any more", async () => {
  const { code, stdout } = await sandbox("--port", port, "env");
  expect(code).toBe(0);
  const variables = evaluated(stdout).split("\n");
  expect(variables).toContain(`AWS_ENDPOINT_URL=http://127.0.0.1:${port}`);
  expect(variables).toContain("AWS_ACCESS_KEY_ID=test");
  expect(variables.filter((line) => /^AWS_(PROFILE|SESSION_TOKEN)=/.test(line))).toEqual([]);
});

describe("a shell does not go on to AWS", () => {
  test.each([
    ["nothing answers", ["--port", "1"], "nothing answers at http://127.0.0.1:1"],
    ["the command line is wrong", ["--port", "many"], "It must be a whole number"],
  ])("where %s", async (_, args, message) => {
    const { code, stderr, stdout } = await sandbox(...args, "env");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "false\n" });
    expect(stderr).toContain(message);
    expect(evaluated(stdout)).toBe("refused\n");
  });

  test("where something else answers", async () => {
    const server = createServer((_, response) => response.end("<html>hello</html>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const other = String((server.address() as AddressInfo).port);
    const { code, stderr, stdout } = await sandbox("--port", other, "env");
    server.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "false\n" });
    expect(stderr).toContain(`what answers at http://127.0.0.1:${other} is no sandbox`);
  });
});

test("a region that is no region is refused with what the sandbox says", async () => {
  const { code, stderr, stdout } = await sandbox("--port", port, "outage", "nowhere", "--json");
  expect(code).toBe(1);
  expect(stderr).toContain("'nowhere' is not the name of a region");
  expect(JSON.parse(stdout)).toEqual({ ok: false, error: expect.stringContaining("'nowhere'") });
});
