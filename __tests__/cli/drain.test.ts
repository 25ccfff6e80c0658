import { join } from "node:path";
import { describeOutcome } from "../../cli/run/drain-report";
import { projectRoot } from "../../fleet/project";
import { type LocalAws, startLocalAws } from "../support/local-aws";
import { runNode } from "../support/run-node";

const example = join(projectRoot, "fleet.yaml");

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
  await aws.createStore("222222222222", "acme_staging");
  await aws.createStore("333333333333", "acme_globex");
});
afterAll(() => aws.close());

const meridian = (...args: readonly string[]) =>
  runNode("bin/meridian.js", ["--fleet", example, ...args], { env: aws.env });

test("a region is drained, listed, and put back", async () => {
  const nothing = await meridian("drains", "--cell", "globex");
  expect(nothing).toMatchObject({ code: 0, stdout: "No region is drained.\n" });

  const drain = ["drain", "eu-central-1", "--reason", " disk\nfull "];
  const drained = await meridian(...drain);
  expect(drained.stdout).toMatch(
    /^eu-central-1 is drained in globex since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: disk full {2}\(readable after \d\.\d s\)\neu-central-1 is drained in staging since .*\n$/,
  );
  expect(drained).toMatchObject({ code: 0, stderr: "" });
  expect((await meridian(...drain)).stdout).toMatch(
    /^eu-central-1 is already drained in globex since .*: disk full {2}\(nothing was changed\)\n/,
  );
  const { stdout } = await meridian("drains", "--cell", "globex");
  expect(stdout).toMatch(/^cell +region +since +reason\nglobex +eu-central-1 +\S+Z +disk full\n$/);

  const undrained = await meridian("undrain", "eu-central-1", "--cell", "globex", "--json");
  expect(JSON.parse(undrained.stdout)).toEqual([
    {
      ...{ cell: "globex", region: "eu-central-1", ok: true, drained: false, changed: true },
      ...{ since: expect.any(String), reason: "disk full", readableAfter: expect.any(Number), notes: [] },
    },
  ]);
  const staging = await meridian("drains", "--cell", "staging", "--json");
  expect(JSON.parse(staging.stdout)).toMatchObject([{ cell: "staging", region: "eu-central-1" }]);
}, 30_000);

test("a cell that cannot be asked is named, and the others are answered", async () => {
  const { code, stderr, stdout } = await meridian("drains", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toBeInstanceOf(Array);
  expect(stderr).toMatch(/^error initech: initech has no key-value store yet/);
}, 30_000);

test.each([
  [["drain", "eu-central-2"], /no cell has targets in "eu-central-2".*fix: write "eu-central-1"/s],
  [
    ["undrain", "us-east-1", "--cell", "globex"],
    /"globex" has no targets in "us-east-1".*"eu-central-1", "eu-west-1"/s,
  ],
  [["drains", "--cell", "globx"], /there is no cell "globx".*fix: write "globex"/s],
])("%j is refused with what to write instead", async (args, message) => {
  const { code, stderr, stdout } = await meridian(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(message);
});

test("a line says what is so now, since when and why", () => {
  const is = { cell: "globex", region: "eu-west-1", ok: true, notes: [], since: "2026-11-21T10:00:00Z" };
  const line = (more: object) => describeOutcome({ ...is, changed: true, readableAfter: 0.42, ...more });
  expect(line({ drained: true, reason: "disk full" })).toBe(
    "eu-west-1 is drained in globex since 2026-11-21T10:00:00Z: disk full  (readable after 0.4 s)",
  );
  expect(line({ drained: false })).toBe(
    "eu-west-1 is no longer drained in globex; it was drained since 2026-11-21T10:00:00Z  (readable after 0.4 s)",
  );
  expect(line({ drained: false, changed: false, since: undefined })).toBe(
    "eu-west-1 is not drained in globex  (nothing was changed)",
  );
});
