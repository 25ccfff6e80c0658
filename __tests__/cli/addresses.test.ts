import { execFileSync } from "node:child_process";
import { type Address, addressesOf, curlLine } from "../../cli/addresses";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../support/fleet";

const file: FleetFile = {
  ...smallFile,
  accounts: { globex: { id: "333333333333" }, spare: { id: "444444444444" } },
  services: {
    hello: { source: "hello.ts" },
    status: { source: "status.ts", routes: ["/status/*.json", "/status/?"] },
  },
  cells: {
    globex: {
      stage: "production",
      tenant: "globex",
      targets: { globex: ["eu-west-1", "eu-central-1"], spare: ["eu-west-1"] },
    },
  },
};

const output = (...services: readonly string[]) => ({
  output: { functions: Object.fromEntries(services.map((name) => [name, { host: `${name}.on.aws` }])) },
});
const outputs = {
  "globex_globex_eu-west-1": { globex_eu_west_1: output("hello", "status") },
  "globex_globex_eu-central-1": { globex_eu_central_1: output("hello", "status") },
  "globex_spare_eu-west-1": { spare_eu_west_1: output("hello", "status") },
};

describe("the addresses of a deployed fleet", () => {
  const addresses = addressesOf(fleetOf(file), outputs, 4567);

  test("are a front per service, answered by the preferred target", () => {
    const front = { kind: "front", cell: "globex", host: "globex.localhost:4567" };
    expect(addresses.filter(({ kind }) => kind === "front")).toEqual([
      { ...front, service: "hello", path: "/", account: "333333333333", region: "eu-west-1" },
      { ...front, service: "status", path: "/status/.json", account: "333333333333", region: "eu-west-1" },
    ]);
  });

  test("are a function URL per target and service, answered by that target", () => {
    const urls = addresses.filter(({ kind }) => kind === "function url");
    expect(urls.map(({ account, host, region }) => `${account} ${region} ${host}`)).toEqual([
      "333333333333 eu-west-1 hello.on.aws",
      "333333333333 eu-west-1 status.on.aws",
      "333333333333 eu-central-1 hello.on.aws",
      "333333333333 eu-central-1 status.on.aws",
      "444444444444 eu-west-1 hello.on.aws",
      "444444444444 eu-west-1 status.on.aws",
    ]);
  });

  test("cannot be had of a stack that says nothing of a function", () => {
    const { "globex_spare_eu-west-1": _, ...others } = outputs;
    expect(() => addressesOf(fleetOf(file), others, 4567)).toThrow(
      "stack globex_spare_eu-west-1 has no output for hello in spare_eu_west_1",
    );
    const partial = { ...outputs, "globex_spare_eu-west-1": { spare_eu_west_1: output("hello") } };
    expect(() => addressesOf(fleetOf(file), partial, 4567)).toThrow("no output for status");
  });
});

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
