import { lookupHost } from "../../../cli/run/aws-client";
import { openDrainStore } from "../../../cli/run/drain-store";
import { accountCredentials } from "../../../cli/run/signed-request";
import type { KeyValueStore } from "../../../sandbox/cloudfront/key-value-store";
import { type LocalAws, startLocalAws } from "../../support/local-aws";

const account = "333333333333";
const drained = { region: "eu-west-1", since: "2026-11-21T10:00:00Z" };
const before = { ...process.env };

let aws: LocalAws;
let values: KeyValueStore;
let store: ReturnType<typeof openDrainStore>;

beforeAll(async () => {
  aws = await startLocalAws();
  Object.assign(process.env, aws.env);
  const arn = await aws.createStore(account, "acme_globex");
  values = aws.cloudFront.keyValueStore(arn) as KeyValueStore;
  store = openDrainStore(arn, "eu-west-1", async () => accountCredentials(account));
});
afterAll(async () => {
  process.env = { ...before };
  await aws.close();
});
beforeEach(() => {
  aws.before = () => {};
  values.delete("drained");
});

const isThere = (found: readonly { readonly region: string }[]) => found.length === 1;

test("what is written is waited for until it can be read", async () => {
  setTimeout(() => values.put("drained", JSON.stringify({ [drained.region]: drained })), 250);
  const elapsed = await store.readBack(isThere);
  expect(elapsed).toBeGreaterThanOrEqual(240);
  expect(elapsed).toBeLessThan(5_000);
});

test("it is not waited for longer than the limit", async () => {
  const started = Date.now();
  expect(await store.readBack(isThere, 300)).toBeUndefined();
  expect(Date.now() - started).toBeLessThan(5_000);
});

test("the version is read before the value, so that a write in between is a conflict", async () => {
  aws.before = ({ path }) => {
    if (path.endsWith("/keys/drained")) values.put("drained", '{"us-east-1":{"since":"now"}}');
  };
  const { drains, version } = await store.read();
  aws.before = () => {};
  expect(drains).toEqual([{ region: "us-east-1", since: "now" }]);
  await expect(store.write([drained], version)).rejects.toThrow("Pre-Condition failed");
});

test("a store that is not there is an error, not a store without drains", async () => {
  const arn = `arn:aws:cloudfront::${account}:key-value-store/none`;
  const missing = openDrainStore(arn, "eu-west-1", async () => accountCredentials(account));
  await expect(missing.read()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("localhost and all below it is this machine, whatever the resolver says", () => {
  const found = jest.fn();
  lookupHost("333333333333.localhost", { all: true }, found);
  lookupHost("localhost", {}, found);
  expect(found.mock.calls).toEqual([
    [null, [{ address: "127.0.0.1", family: 4 }]],
    [null, "127.0.0.1", 4],
  ]);
});
