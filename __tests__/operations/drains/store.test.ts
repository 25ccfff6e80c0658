import { accountCredentials } from "../../../cli/shared/sandbox-request";
import type { Drain } from "../../../fleet/drains";
import { Conflict, openDrainStore } from "../../../operations/drains/store";
import type { KeyValueStore } from "../../../sandbox/cloudfront/key-value-store";
import { AwsError, Unreachable } from "../../../sandbox/http";
import { quietCaller } from "../../support/caller";
import { type LocalAws, startLocalAws } from "../../support/local-aws";

const account = "333333333333";
const drained = { region: "eu-west-1", since: "2026-11-21T10:00:00Z" };
const access = { ...quietCaller, credentials: async () => accountCredentials(account) };
const before = { ...process.env };

let aws: LocalAws;
let values: KeyValueStore;
let store: ReturnType<typeof openDrainStore>;

beforeAll(async () => {
  aws = await startLocalAws();
  Object.assign(process.env, aws.env);
  const arn = await aws.createStore(account, "acme_globex");
  values = aws.cloudFront.keyValueStore(arn) as KeyValueStore;
  store = openDrainStore(arn, "eu-west-1", access);
});
afterAll(async () => {
  process.env = { ...before };
  await aws.close();
});
beforeEach(() => {
  aws.before = () => {};
  values.delete("drained");
});

const value = (drains: readonly object[]) =>
  JSON.stringify(
    Object.fromEntries(drains.map((drain) => [drained.region, { ...drain, region: undefined }])),
  );
const isPart = (path: string, name: string) => decodeURIComponent(path).endsWith(name);
const written = (version = "ours") => ({
  drains: [drained],
  version,
  holds: (found: readonly Drain[]) =>
    found.some(({ region, since }) => region === drained.region && since === drained.since),
});

describe("what is written", () => {
  test("is waited for until it can be read", async () => {
    setTimeout(() => values.put("drained", value([drained])), 250);
    const elapsed = await store.readBack(written());
    expect(elapsed).toBeGreaterThanOrEqual(240);
    expect(elapsed).toBeLessThan(5_000);
  });

  test("is not waited for longer than the limit", async () => {
    const started = Date.now();
    expect(await store.readBack(written(), 300)).toBeUndefined();
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  test("is not there where the region was drained at another time, or others are drained besides", async () => {
    values.put("drained", value([{ since: "2020-01-01T00:00:00Z" }]));
    expect(await store.readBack(written(), 250)).toBeUndefined();
    const both = { "eu-west-1": { since: drained.since }, "us-east-1": { since: "x" } };
    values.put("drained", JSON.stringify(both));
    expect(await store.readBack(written(values.etag), 250)).toBeUndefined();
  });

  test("is there, too, where others have written since", async () => {
    const both = { "eu-west-1": { since: drained.since }, "us-east-1": { since: "x" } };
    values.put("drained", JSON.stringify(both));
    expect(await store.readBack(written("an earlier version"), 250)).toBeLessThan(5_000);
  });

  test("is still waited for after an answer that was none", async () => {
    values.put("drained", value([drained]));
    let cut = 0;
    aws.before = ({ path }) => {
      // Twice: the SDK tries once more by itself.
      if (isPart(path, "/keys/drained") && cut++ < 2) throw new Unreachable("cut");
    };
    expect(await store.readBack(written(), 10_000)).toBeGreaterThan(0);
    expect(cut).toBe(3);
  });
});

describe("a reading", () => {
  test("is of one version: a write in between is seen", async () => {
    let changed = 0;
    aws.before = ({ path }) => {
      if (isPart(path, "/keys/drained") && changed++ < 2)
        values.put("drained", `{"us-east-1":{"since":"${changed}"}}`);
    };
    const { drains, version } = await store.read();
    expect(drains).toEqual([{ region: "us-east-1", since: "2" }]);
    expect(version).toBe(values.etag);
    expect(changed).toBe(3);
  });

  test("of a store that changes all the time is given up", async () => {
    let changes = 0;
    aws.before = ({ path }) => {
      if (isPart(path, "/keys/drained")) values.put("drained", `{"us-east-1":{"since":"${changes++}"}}`);
    };
    await expect(store.read()).rejects.toThrow("at each of 6 readings");
  }, 15_000);

  test("without our key, of a store that has one, is tried again", async () => {
    values.put("drained", value([drained]));
    let missing = 0;
    aws.before = ({ path }) => {
      if (isPart(path, "/keys/drained") && missing++ < 1)
        throw new AwsError(404, "ResourceNotFoundException", "stale");
    };
    expect((await store.read()).drains).toEqual([drained]);
  });

  test("of a store with keys of others only is one without drains", async () => {
    values.put("theirs", "1");
    expect((await store.read()).drains).toEqual([]);
    values.delete("theirs");
  });

  test("says what cannot be read", async () => {
    values.put("drained", "eu-west-1, please");
    expect(await store.read()).toMatchObject({ drains: [], unreadable: "eu-west-1, please" });
    values.put("drained", "{}");
    expect((await store.read()).unreadable).toBeUndefined();
  });
});

test.each([
  ["ConflictException", 409, "other version"],
  ["ValidationException", 400, "Pre-Condition failed"],
])("a write to another version is a conflict: %s", async (name, status, message) => {
  aws.before = ({ method }) => {
    if (method === "PUT") throw new AwsError(status, name, message);
  };
  await expect(store.write([drained], values.etag)).rejects.toBeInstanceOf(Conflict);
});

test("another refusal of a write is no conflict", async () => {
  aws.before = ({ method }) => {
    if (method === "PUT") throw new AwsError(400, "ValidationException", "value too long");
  };
  await expect(store.write([drained], values.etag)).rejects.not.toBeInstanceOf(Conflict);
});

test("a store that is not there is an error, not a store without drains", async () => {
  const arn = `arn:aws:cloudfront::${account}:key-value-store/none`;
  const missing = openDrainStore(arn, "eu-west-1", access);
  await expect(missing.read()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});
