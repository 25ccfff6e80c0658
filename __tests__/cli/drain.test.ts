import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quoteForShell } from "../../cli/output/command-lines";
import { describeOutcome, printable } from "../../cli/output/drain-report";
import { interruptedIn } from "../../cli/shared/change-drains";
import { projectRoot } from "../../fleet/project";
import { fleetOf, smallFile } from "../support/fleet";
import { callerArn, type LocalAws, startLocalAws } from "../support/local-aws";
import { runNode } from "../support/run-node";

const example = join(projectRoot, "fleet.yaml");

let aws: LocalAws;
let stores: { readonly staging: string; readonly globex: string };
beforeAll(async () => {
  aws = await startLocalAws();
  stores = {
    staging: await aws.createStore("222222222222", "acme_staging"),
    globex: await aws.createStore("333333333333", "acme_globex"),
  };
});
afterAll(() => aws.close());

const meridian = (...args: readonly string[]) =>
  runNode("bin/meridian.js", ["--fleet", example, ...args], { env: aws.env });

const somewhere = /^http:\/\/127\.0\.0\.1:\d+$/;

test("a region is drained, listed, and put back", async () => {
  const nothing = await meridian("drains", "--cell", "globex");
  expect(nothing.stdout).toMatch(/^No region is drained \(at http:\/\/127\.0\.0\.1:\d+, not AWS\)\.\n$/);
  expect(nothing).toMatchObject({ code: 0, stderr: "" });

  const drain = ["drain", "eu-central-1", "--reason", " disk\nfull\u001b[31m "];
  const drained = await meridian(...drain);
  expect(drained.stdout.split("\n").sort()).toEqual([
    "",
    ...["globex", "staging"].map((cell) =>
      expect.stringMatching(
        new RegExp(
          `^eu-central-1 is drained in ${cell} as of \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ: disk full \\[31m {2}\\(confirmed after \\d\\.\\d s, at http://127\\.0\\.0\\.1:\\d+, not AWS\\)$`,
        ),
      ),
    ),
  ]);
  expect(drained.code).toBe(0);
  expect(drained.stderr).toMatch(
    /^Draining eu-central-1 in globex, staging, at http:\/\/127\.0\.0\.1:\d+, which is not AWS\.\n$/,
  );
  const again = await meridian(...drain);
  expect(again.stderr).toBe("");
  expect(again.stdout).toMatch(
    /eu-central-1 has been drained in globex since .*: disk full \[31m {2}\(nothing was changed, at http.*, not AWS\)\n/,
  );
  const { stdout } = await meridian("drains", "--cell", "globex");
  expect(stdout).toMatch(
    /^cell +region +since +reason\nglobex +eu-central-1 +\S+Z +disk full \[31m\n\(at http.*, not AWS\)\n$/,
  );

  const undrained = await meridian("undrain", "eu-central-1", "--cell", "globex", "--json");
  expect(JSON.parse(undrained.stdout)).toEqual([
    {
      ...{ cell: "globex", region: "eu-central-1", ok: true, drained: false, changed: true },
      ...{
        since: expect.any(String),
        reason: "disk full [31m",
        readableAfter: expect.any(Number),
        notes: [],
      },
      endpoint: expect.stringMatching(somewhere),
    },
  ]);
  const both = await meridian(
    "drains",
    "--cell",
    "staging",
    "--cell",
    "globex",
    "--cell",
    "staging",
    "--json",
  );
  expect(JSON.parse(both.stdout)).toEqual([
    {
      ...{ cell: "staging", ok: true, endpoint: expect.stringMatching(somewhere) },
      drains: [{ region: "eu-central-1", since: expect.any(String), reason: "disk full [31m" }],
    },
    { cell: "globex", ok: true, drains: [], endpoint: expect.stringMatching(somewhere) },
  ]);
}, 30_000);

describe("at AWS, which is wherever a single call may leave this machine,", () => {
  const lambdaAtAws = { AWS_ENDPOINT_URL_LAMBDA: "https://lambda.eu-west-1.amazonaws.com" };
  beforeEach(() => aws.cloudFront.keyValueStore(stores.staging)?.put("drained", "{}"));
  afterAll(() => aws.cloudFront.keyValueStore(stores.staging)?.put("drained", "{}"));
  const drain = (...more: readonly string[]) =>
    runNode("bin/meridian.js", ["--fleet", example, "drain", "us-east-1", "--cell", "staging", ...more], {
      env: { ...aws.env, ...lambdaAtAws },
    });

  test("nothing is even asked for where nobody can approve", async () => {
    const before = aws.calls.length;
    expect(await drain()).toMatchObject({ code: 1, stdout: "" });
    expect(aws.calls.length).toBe(before);
  });

  test("an approved drain says first who makes it", async () => {
    const { code, stderr } = await drain("--yes");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining(
        `Draining us-east-1 in staging, at AWS as ${callerArn} (account 111111111111); some calls go to http`,
      ),
    });
  });
});

test("a region that the fleet has no more is put back where it is drained", async () => {
  aws.cloudFront.keyValueStore(stores.staging)?.put("drained", '{"ap-south-1":{"since":"then"}}');
  const { code, stdout } = await meridian("undrain", "ap-south-1", "--cell", "globex", "--cell", "staging");
  expect(stdout).toMatch(/^ap-south-1 is no longer drained in staging; it had been since then {2}\(.*\)\n$/);
  expect(code).toBe(0);
  const again = await meridian("undrain", "ap-south-1", "--cell", "globex", "--cell", "staging");
  expect(again).toMatchObject({ code: 1, stdout: "" });
  expect(again.stderr).toMatch(/no cell has targets in "ap-south-1", nor is it drained in any store/);
}, 30_000);

test("a cell that cannot be asked is named, and the others are answered", async () => {
  const { code, stderr, stdout } = await meridian("drains", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { cell: "globex", ok: true },
    { cell: "initech", ok: false, drains: [], error: expect.stringContaining("no key-value store") },
    { cell: "staging", ok: true },
  ]);
  expect(stderr).toMatch(/^error initech \(at http.*, not AWS\): initech has no key-value store:/);
}, 30_000);

test("a cell that cannot be changed is an error, and its JSON says so", async () => {
  const { code, stderr, stdout } = await meridian("drain", "us-east-1", "--cell", "initech", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { cell: "initech", region: "us-east-1", ok: false, changed: false, error: expect.any(String) },
  ]);
  expect(JSON.parse(stdout)[0]).not.toHaveProperty("drained");
  expect(stderr).toContain("initech has no key-value store");
});

test("a key that no router can read is not called nothing", async () => {
  aws.cloudFront.keyValueStore(stores.globex)?.put("drained", "eu-central-1");
  const { code, stderr, stdout } = await meridian("drains", "--cell", "globex");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(
    /globex.*that no router can read: "eu-central-1".*npx meridian drain <region>. replaces it/s,
  );
  aws.cloudFront.keyValueStore(stores.globex)?.put("drained", "{}");
});

test("a refusal is JSON, too, and names the command for the other cells", async () => {
  aws.cloudFront.keyValueStore(stores.globex)?.put("drained", '{"eu-west-1":{"since":"then"}}');
  const drain = ["drain", "eu-central-1", "--reason", "it's full", "--json"];
  const { code, stderr, stdout } = await meridian(...drain);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual([
    {
      ...{ region: "eu-central-1", ok: false, endpoint: expect.stringMatching(somewhere) },
      error: expect.stringContaining('no region of the zone "eu" would be left in globex'),
    },
  ]);
  expect(stderr).toContain(
    `for the other cells only: npx meridian --fleet ${quoteForShell(example)} drain eu-central-1 --cell staging --reason 'it'\\''s full'`,
  );
  aws.cloudFront.keyValueStore(stores.globex)?.put("drained", "{}");
});

test("missing credentials are JSON, too", async () => {
  const { AWS_ACCESS_KEY_ID: _, ...env } = aws.env;
  const { code, stdout } = await runNode("bin/meridian.js", ["--fleet", example, "drains", "--json"], {
    env,
  });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { ok: false, error: expect.stringContaining("no working AWS credentials") },
  ]);
});

test.each([
  [
    ["drain", "eu-central-2"],
    /no cell has targets in "eu-central-2".*the regions are eu-central-1, eu-west-1, us-east-1.*--fleet/s,
  ],
  [["drain", "eu-cental-1"], /no cell has targets in "eu-cental-1".*fix: write "eu-central-1"/s],
  [
    ["drain", "us-east-1", "--cell", "globex"],
    /"globex" has no targets in "us-east-1".*the regions are eu-central-1, eu-west-1/s,
  ],
  [["drains", "--cell", "globx"], /there is no cell "globx".*fix: write "globex"/s],
  [["drains", "--store", "x"], /--store names the store of one cell, but this command concerns 3 cells/],
])("%j is refused with what to write instead", async (args, message) => {
  const { code, stderr, stdout } = await meridian(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(message);
  if (args[1] === "eu-central-2") expect(stderr).not.toContain("write ");
});

describe("a fleet file", () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-drain-"));
  const file = join(folder, "fleet.yaml");
  afterAll(() => rmSync(folder, { recursive: true }));
  const ask = (text: string) => {
    writeFileSync(file, text);
    return runNode("bin/meridian.js", ["--fleet", file, "drains", "--cell", "globex"], { env: aws.env });
  };

  test("whose sources are missing is good enough", async () => {
    expect(await ask(readFileSync(example, "utf8"))).toMatchObject({ code: 0, stderr: "" });
  });

  test("that makes no sense is not, and the deployed fleet is not touched", async () => {
    const { code, stderr } = await ask("fleet: acme\n");
    expect(code).toBe(1);
    expect(stderr).toMatch(/the deployed fleet was not touched.*the commit that was deployed: --fleet/s);
  });
});

test("a line says what is so now, since when and why", () => {
  const is = { cell: "globex", region: "eu-west-1", ok: true, notes: [], since: "2026-11-21T10:00:00Z" };
  const line = (more: object) => describeOutcome({ ...is, changed: true, ...more });
  const how = "  (confirmed after 0.4 s; edge locations follow within seconds)";
  expect(line({ drained: true, readableAfter: 0.42, reason: "disk full" })).toBe(
    `eu-west-1 is drained in globex as of 2026-11-21T10:00:00Z: disk full${how}`,
  );
  expect(line({ drained: false, readableAfter: 0.42 })).toBe(
    `eu-west-1 is no longer drained in globex; it had been since 2026-11-21T10:00:00Z${how}`,
  );
  expect(line({ drained: false, changed: false, since: undefined })).toBe(
    "eu-west-1 is not drained in globex  (nothing was changed)",
  );
});

test("what others wrote into the key does nothing to a terminal", () => {
  expect(printable("a\u001b[2J\n\tb\u202e")).toBe("a [2J b");
});

test("after an interruption it is said what is not known", () => {
  const { cells } = fleetOf(smallFile);
  const request = { region: "eu-central-1", drains: true };
  expect(interruptedIn(request, cells)).toBe(
    "interrupted: it is not known whether eu-central-1 is drained in globex; see npx meridian drains",
  );
  expect(interruptedIn(request, [])).toContain("nothing was being written");
});
