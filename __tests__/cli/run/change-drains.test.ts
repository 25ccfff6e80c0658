import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChangedCell, changeDrains, type FailedCell, openCells } from "../../../cli/run/change-drains";
import { drainRegion, undrainRegion } from "../../../cli/run/drain-decision";
import { UserError } from "../../../fleet/errors";
import type { Fleet } from "../../../fleet/model";
import type { FleetFile } from "../../../fleet/schema";
import { fleetOf, smallFile } from "../../support/fleet";
import { FORBIDDEN, type LocalAws, startLocalAws } from "../../support/local-aws";

const since = "2026-11-21T10:00:00Z";
const disk = { region: "eu-central-1", since, reason: "disk full" };

const cell = { stage: "staging", targets: { globex: ["eu-central-1", "eu-west-1"] } };
const file: FleetFile = {
  ...smallFile,
  accounts: { globex: { id: "333333333333", deployRole: "deployer" }, initech: { id: "444444444444" } },
  cells: { globex: cell, initech: { ...cell, targets: { initech: ["eu-central-1", "us-east-1"] } } },
};
const fleet = fleetOf(file);

const before = { ...process.env };
let aws: LocalAws;
let folder: string;
let stores: Readonly<Record<string, string>>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "meridian-drains-"));
  aws = await startLocalAws();
  Object.assign(process.env, aws.env, { CDKTF_OUTPUT: join(folder, "cdktf.out") });
  stores = await storesOf(fleet);
});
afterEach(async () => {
  process.env = { ...before };
  await aws.close();
  rmSync(folder, { recursive: true, force: true });
});

async function storesOf({ cells }: Fleet) {
  const made = cells.map(async ({ front, name }) => [
    name,
    await aws.createStore(front.account.id, front.keyValueStore),
  ]);
  return Object.fromEntries(await Promise.all(made));
}

const storeOf = (name: string) => aws.cloudFront.keyValueStore(stores[name] ?? "");
const drainedIn = (name: string) => storeOf(name)?.get("drained");
const drain = (more: { force?: boolean; drain?: typeof disk; fleet?: Fleet } = {}) => {
  const wanted = more.drain ?? disk;
  const places = { fleet: more.fleet ?? fleet, cells: (more.fleet ?? fleet).cells, takenOut: wanted.region };
  return changeDrains(places, drainRegion(wanted, more.force ?? false));
};
const undrain = () =>
  changeDrains({ fleet, cells: fleet.cells, takenOut: disk.region }, undrainRegion(disk.region));
const summary = (done: ChangedCell | FailedCell) =>
  "error" in done ? [done.cell.name, done.error.what] : [done.cell.name, done.changed, done.drain];

describe("a drain", () => {
  test("is written to every cell, is read back, and is taken back", async () => {
    const done = await drain();
    expect(done.map(summary)).toEqual([
      ["globex", true, disk],
      ["initech", true, disk],
    ]);
    expect(done).toMatchObject([{ readableAfter: expect.any(Number), notes: [] }, {}]);
    expect(drainedIn("globex")).toBe(`{"eu-central-1":{"since":"${since}","reason":"disk full"}}`);
    expect((await undrain()).map(summary)).toEqual([
      ["globex", true, disk],
      ["initech", true, disk],
    ]);
    expect([drainedIn("globex"), drainedIn("initech")]).toEqual(["{}", "{}"]);
    expect((await undrain()).map(summary)).toEqual([
      ["globex", false, undefined],
      ["initech", false, undefined],
    ]);
  });

  test("that is there already stays as it is", async () => {
    await drain();
    const version = storeOf("globex")?.etag;
    const again = await drain({ drain: { ...disk, since: "2027-01-01T00:00:00Z", reason: "another" } });
    expect(again.map(summary)).toEqual([
      ["globex", false, disk],
      ["initech", false, disk],
    ]);
    expect(storeOf("globex")?.etag).toBe(version);
  });

  test("of the last region is refused for all cells before anything is written", async () => {
    storeOf("initech")?.put("drained", `{"us-east-1":{"since":"${since}"}}`);
    await expect(drain()).rejects.toThrow("no region would be left in initech for all viewers");
    expect([drainedIn("globex"), drainedIn("initech")]).toEqual([
      undefined,
      `{"us-east-1":{"since":"${since}"}}`,
    ]);
    const [, forced] = await drain({ force: true });
    expect(forced).toMatchObject({
      changed: true,
      notes: ["no region is left for all viewers: they get 503"],
    });
  });

  test("of the last region of a zone is refused, and names the zone", async () => {
    const zoned = fleetOf({
      ...file,
      zones: { eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] } },
      cells: {
        globex: { ...cell, zone: "eu" },
        initech: {
          ...file.cells.initech,
          ...cell,
          targets: { initech: ["eu-central-1", "us-east-1"] },
          zones: ["eu"],
        },
      },
    });
    await expect(drain({ fleet: zoned })).rejects.toThrow('left in initech for viewers of the zone "eu"');
    storeOf("globex")?.put("drained", `{"eu-west-1":{"since":"${since}"}}`);
    const closed = { ...zoned, cells: zoned.cells.slice(0, 1) };
    await expect(drain({ fleet: closed })).rejects.toThrow(
      'no region of the zone "eu" would be left in globex',
    );
  });

  test("with a reason that finds no room is refused, and says how much there is", async () => {
    const room = 1024 - `{"eu-central-1":{"since":"${since}","reason":""}}`.length;
    const tooLong = drain({ drain: { ...disk, reason: "x".repeat(room + 1) } });
    await expect(tooLong).rejects.toThrow(`there is room for ${room} bytes`);
    expect(drainedIn("globex")).toBeUndefined();
    await drain({ drain: { ...disk, reason: "x".repeat(room) } });
    expect(drainedIn("globex")).toHaveLength(1024);
  });
});

describe("another writer", () => {
  /** Writes something else just before the first `times` writes to the store of globex. */
  function interfere(times: number, value: (time: number) => string): void {
    let written = 0;
    aws.before = ({ method, path }) => {
      const isWrite = method === "PUT" && path.includes(encodeURIComponent(stores.globex ?? ""));
      if (isWrite && written < times) storeOf("globex")?.put("drained", value(written++));
    };
  }

  test("is not overwritten", async () => {
    interfere(2, (time) => `{"us-west-2":{"since":"${since}","reason":"${time}"}}`);
    expect((await drain()).map(summary)[0]).toEqual(["globex", true, disk]);
    expect(JSON.parse(drainedIn("globex") ?? "")).toEqual({
      "eu-central-1": { since, reason: "disk full" },
      "us-west-2": { since, reason: "1" },
    });
  });

  test("who drained the other region meanwhile makes this one the last", async () => {
    interfere(1, () => `{"eu-west-1":{"since":"${since}"}}`);
    const [globex, initech] = await drain();
    expect(globex && summary(globex)).toEqual([
      "globex",
      "no region would be left in globex for all viewers",
    ]);
    expect(initech).toMatchObject({ changed: true });
  });

  test("who never stops is left the field", async () => {
    interfere(9, (time) => `{"us-west-2":{"since":"${since}","reason":"${time}"}}`);
    const [globex] = await drain();
    expect(globex && summary(globex)[1]).toContain("was changed by others 5 times");
  });
});

describe("while regions are down", () => {
  test("a drain of the one that is down is done", async () => {
    aws.outages.begin("eu-central-1");
    expect((await drain()).map(summary)).toEqual([
      ["globex", true, disk],
      ["initech", true, disk],
    ]);
    expect(aws.calls.filter((line) => line.startsWith("eu-central-1"))).toEqual([]);
  });

  test("a drain of another one is done: STS is asked in the next region that answers", async () => {
    for (const region of ["eu-west-1", "us-east-1"]) aws.outages.begin(region);
    const [globex] = await openCells({ fleet, cells: fleet.cells.slice(0, 1), takenOut: "eu-central-1" });
    const asked = aws.calls.filter((line) => line.includes("role/")).map((line) => line.split(" ")[0]);
    expect([...new Set(asked)]).toEqual(["eu-west-1", "us-east-1", "us-west-2"]);
    expect(globex && "error" in globex && globex.error.what).toContain("control plane in us-east-1");
  });

  test("STS is asked elsewhere, also where a region is the only one of a fleet", async () => {
    const only = fleetOf({
      ...smallFile,
      cells: { globex: { ...cell, targets: { globex: ["us-east-1"] } } },
    });
    for (const region of ["us-east-1", "eu-west-1"]) aws.outages.begin(region);
    const opened = await openCells({ fleet: only, cells: only.cells, takenOut: "us-east-1" });
    // CloudFront's control plane is down with us-east-1, and there is no state.
    expect(opened.map((open) => "error" in open && open.error.what)).toEqual([
      expect.stringMatching(
        /control plane in us-east-1 does not answer .*state of globex_front does not name it/,
      ),
    ]);
    expect(aws.calls.filter((line) => line.includes("role/"))).toEqual([
      "us-west-2 POST / arn:aws:iam::333333333333:role/meridian-deploy",
    ]);
  });

  test("the ARN comes from the front's state, and the answer says so", async () => {
    mkdirSync(join(folder, "terraform-state"));
    const state = { outputs: { key_value_store: { value: stores.globex } } };
    writeFileSync(join(folder, "terraform-state", "globex_front.tfstate"), JSON.stringify(state));
    aws.outages.begin("us-east-1");
    const [globex, initech] = await drain();
    expect(globex).toMatchObject({
      changed: true,
      notes: [expect.stringContaining("ARN is from Terraform's state")],
    });
    expect(drainedIn("globex")).toContain("disk full");
    expect(initech && summary(initech)[1]).toMatch(
      /cannot be found: .* state of initech_front does not name it/,
    );
  });

  test("so it does where state is in S3, with the role that reads it", async () => {
    const role = "arn:aws:iam::111111111111:role/fleet-state";
    const state = { backend: "s3", bucket: "acme-state", region: "eu-west-1", role } as const;
    const inS3 = fleetOf({ ...file, state });
    const outputs = { key_value_store: { value: stores.globex } };
    aws.objects.set("acme-state/acme/globex_front.tfstate", JSON.stringify({ outputs }));
    aws.outages.begin("us-east-1");
    const [globex, initech] = await drain({ fleet: inS3 });
    expect(globex).toMatchObject({ changed: true });
    expect(initech && summary(initech)[1]).toMatch(/state of initech_front does not name it/);
    expect(aws.calls.join("\n")).toContain(role);
  });
});

describe("a cell that cannot be changed", () => {
  test("stops no other where its front was never deployed", async () => {
    const more = fleetOf({
      ...file,
      cells: { ...file.cells, another: { ...cell, targets: { globex: ["eu-central-1", "eu-west-1"] } } },
    });
    const done = await drain({ fleet: more });
    expect(done.map(({ cell }) => cell.name)).toEqual(["another", "globex", "initech"]);
    expect(done.map((one) => "error" in one)).toEqual([true, false, false]);
    const [another] = done;
    expect(another && "error" in another && another.error.message).toMatch(
      /another has no key-value store yet.*npx cdktf deploy another_front/s,
    );
  });

  test("stops no other where its role cannot be assumed", async () => {
    const accounts = { ...file.accounts, initech: { id: "444444444444", deployRole: FORBIDDEN } };
    const [globex, initech] = await drain({ fleet: fleetOf({ ...file, accounts }) });
    expect(globex).toMatchObject({ changed: true });
    expect(initech && summary(initech)[1]).toMatch(
      /role\/forbidden cannot be assumed: AccessDenied: not authorized/,
    );
  });

  test("is of no account where the shell has no credentials: then nothing is tried", async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    const failure = drain();
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(/no AWS credentials in this shell.*aws sso login/s);
    expect(aws.calls).toEqual([]);
  });
});

test("a role is assumed once, with the session name that Terraform uses", async () => {
  const bodies: string[] = [];
  aws.before = ({ body }) => bodies.push(body.toString());
  await drain({
    fleet: fleetOf({
      ...file,
      accounts: { ...file.accounts, globex: { id: "333333333333", externalId: "ex-7" } },
    }),
  });
  const sessions = bodies.filter((body) => body.includes("AssumeRole") && body.includes("333333333333"));
  expect(sessions).toHaveLength(1);
  expect(sessions[0]).toMatch(
    /RoleSessionName=meridian-acme.*ExternalId=ex-7|ExternalId=ex-7.*RoleSessionName=meridian-acme/,
  );
});
