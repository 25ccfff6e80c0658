import { execFileSync } from "node:child_process";
import { curlLine } from "../../../cli/output/command-lines";
import type { Address } from "../../../cli/shared/addresses";

describe("a line to paste", () => {
  const address: Address = {
    kind: "front",
    cell: "globex",
    service: "hello",
    path: "/api/",
    host: "globex.localhost:4567",
    account: "333333333333",
    region: "eu-west-1",
  };

  test("asks a front as a viewer would", () => {
    expect(curlLine(address, 4567)).toBe("curl http://globex.localhost:4567/api/");
  });

  test("asks a function URL with a signature for its region and account", () => {
    expect(curlLine({ ...address, kind: "function url", host: "hello.on.aws" }, 4567)).toBe(
      "curl --aws-sigv4 aws:amz:eu-west-1:lambda --user 333333333333:test -H 'Host: hello.on.aws' http://127.0.0.1:4567/api/",
    );
  });

  test.each(["front", "function url"] as const)(
    "reaches curl as it is, whatever is in a route: %s",
    (kind) => {
      const path = `/a&b$HOME~"c'd@e:f+g`;
      const line = curlLine({ ...address, kind, path }, 4567);
      const script = `curl() { for last; do :; done; printf %s "$last"; }\n${line}`;
      expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toMatch(/^http:\/\/[\w.]+:4567\/a/);
      expect(execFileSync("sh", ["-c", script], { encoding: "utf8" }).endsWith(path)).toBe(true);
    },
  );
});
