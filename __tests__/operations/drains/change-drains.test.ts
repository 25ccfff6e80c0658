import { UserError } from "../../../fleet/errors";
import type { Cell } from "../../../fleet/model";
import { openCells } from "../../../operations/drains/open-cells";
import { AwsError } from "../../../sandbox/http";
import { quietCaller } from "../../support/caller";
import {
  cell,
  disk,
  drain,
  drainBench,
  file,
  fleet,
  since,
  summary,
  undrain,
} from "../../support/drain-bench";
import { fleetOf } from "../../support/fleet";
import { forbiddenWord } from "../../support/local-aws";

const { bench, drainedIn, storeOf } = drainBench();

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
    await expect(drain()).rejects.toThrow("no region would be left in initech for any viewer");
    expect([drainedIn("globex"), drainedIn("initech")]).toEqual([
      undefined,
      `{"us-east-1":{"since":"${since}"}}`,
    ]);
    const [, forced] = await drain({ force: true });
    expect(forced).toMatchObject({
      changed: true,
      notes: ["no region is left for any viewer: they get 503"],
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

  test("that is refused names the command that drains the others", async () => {
    storeOf("initech")?.put("drained", `{"us-east-1":{"since":"${since}"}}`);
    const commandFor = (cells: readonly { readonly name: string }[]) =>
      `drain in ${cells.map(({ name }) => name)}`;
    await expect(drain({ commandFor })).rejects.toThrow(
      /--force.*for the other cells only: drain in globex$/s,
    );
    storeOf("globex")?.put("drained", `{"eu-west-1":{"since":"${since}"}}`);
    await expect(drain({ commandFor })).rejects.not.toThrow("for the other cells only");
  });

  test("taken back leaves other regions drained", async () => {
    storeOf("globex")?.put("drained", `{"eu-west-1":{"since":"${since}","reason":"theirs"}}`);
    await drain({ force: true });
    await undrain();
    expect(drainedIn("globex")).toBe(`{"eu-west-1":{"since":"${since}","reason":"theirs"}}`);
  });

  test("is reported cell by cell, as soon as each is through", async () => {
    const events: string[] = [];
    bench.aws.before = ({ method, path }) => {
      const isSlow = method === "PUT" && path.includes(encodeURIComponent(bench.stores.globex ?? ""));
      if (isSlow && events.length < 2) throw new AwsError(429, "ThrottlingException", "slow down");
    };
    await drain({
      onBegin: async (cells) => void events.push(`begin ${cells.map(({ name }) => name)}`),
      onDone: ({ cell }) => events.push(cell.name),
    });
    expect(events).toEqual(["begin globex,initech", "initech", "globex"]);
  });

  test("is written nowhere where it is not wanted before the first write", async () => {
    const onBegin = () => Promise.reject(new Error("not approved"));
    await expect(drain({ onBegin })).rejects.toThrow("not approved");
    expect([drainedIn("globex"), drainedIn("initech")]).toEqual([undefined, undefined]);
  });

  test("asks nobody about cells that stay as they are", async () => {
    storeOf("globex")?.put("drained", `{"eu-central-1":{"since":"${since}"}}`);
    const begun: string[] = [];
    const onBegin = async (cells: readonly Cell[]) => void begun.push(cells.map(({ name }) => name).join());
    await drain({ onBegin });
    await drain({ onBegin });
    expect(begun).toEqual(["initech"]);
  });

  test("replaces what cannot be read, and says so", async () => {
    storeOf("globex")?.put("drained", "eu-west-1\u001b[31m");
    const [globex] = await drain();
    expect(globex).toMatchObject({
      changed: true,
      notes: [expect.stringMatching(/that no router can read.*was replaced: "eu-west-1\\u001b\[31m"/)],
    });
    expect(JSON.parse(drainedIn("globex") ?? "")).toEqual({ "eu-central-1": { since, reason: "disk full" } });
  });

  test("that is there already says that a new reason was not taken", async () => {
    await drain();
    const [again] = await drain({ drain: { ...disk, reason: "another" } });
    expect(again).toMatchObject({ notes: [expect.stringContaining("the reason was not changed")] });
    const [same] = await drain();
    expect(same).toMatchObject({ notes: [] });
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
      /another has no key-value store:.*not the one that is deployed.*npx cdktf deploy another_front.*--fleet/s,
    );
  });

  test("stops no other where its role cannot be assumed", async () => {
    const accounts = { ...file.accounts, initech: { id: "444444444444", deployRole: forbiddenWord } };
    const [globex, initech] = await drain({ fleet: fleetOf({ ...file, accounts }) });
    expect(globex).toMatchObject({ changed: true });
    expect(initech && summary(initech)[1]).toMatch(
      /role\/forbidden cannot be assumed: AccessDenied: not authorized/,
    );
  });

  test.each([
    [403, "AccessDeniedException", /allow deployer the actions .*PutKey/],
    [500, "InternalServerException", /service itself failed: try again/],
    [429, "ThrottlingException", /try again in a minute/],
  ])(
    "says what helps after %i %s",
    async (status, code, fix) => {
      bench.aws.before = ({ path }) => {
        if (path.includes("key-value-stores")) throw new AwsError(status, code, "no");
      };
      const [globex] = await openCells({ fleet, cells: fleet.cells.slice(0, 1) }, quietCaller);
      expect(globex && "error" in globex && globex.error.fix).toMatch(fix);
      if (status !== 403 && globex && "error" in globex) expect(globex.error.fix).not.toContain("PutKey");
    },
    10_000,
  );

  test("is of no account where the shell has no credentials: then nothing is tried", async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    const failure = drain();
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(
      /no working AWS credentials were found in this shell: .*aws sso login/s,
    );
    expect(bench.aws.calls).toEqual([]);
  });
});

test("a role is assumed once, with the session name that Terraform uses", async () => {
  const bodies: string[] = [];
  bench.aws.before = ({ body }) => bodies.push(body.toString());
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
