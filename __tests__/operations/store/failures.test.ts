import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { localBacking } from "../../../operations/store/backing";
import type { RunRecord, StackPlace } from "../../../operations/store/model";
import type { Objects } from "../../../operations/store/objects";
import { storeOn } from "../../../operations/store/store";
import { AwsError } from "../../../sandbox/http";
import { bucketStore, localStore, type TestStore } from "./stores";

const stack = "globex_front";
let on: TestStore;
let place: StackPlace;
const begin = async (opened: Promise<TestStore>) => {
  on = await opened;
  const front = on.fleet.cells[0]?.front;
  if (!front) throw new Error("no front");
  place = { stack, account: front.account };
};
afterEach(() => on.close());

test.each([0, 1, 2])("a crash after %d writes leaves no release that is not whole", async (whole) => {
  await begin(localStore());
  const out = join(on.folder, "cdktf.out");
  mkdirSync(join(out, "stacks", stack), { recursive: true });
  mkdirSync(join(out, "bundles"));
  writeFileSync(join(out, "stacks", stack, "cdk.tf.json"), '{"filename":"../../bundles/a.zip"}');
  writeFileSync(join(out, "bundles/a.zip"), "zip");
  const backing = localBacking(process.env.CDKTF_OUTPUT);
  let left = whole;
  const crashing = (objects: Objects): Objects => ({
    ...objects,
    write: async (key, bytes) => {
      if (left-- === 0) throw new Error("crashed");
      await objects.write(key, bytes);
    },
  });
  const store = storeOn(on.fleet, {
    ...backing,
    objectsOf: (account) => crashing(backing.objectsOf(account)),
  });
  const release = { fingerprint: "ab12cd34", at: "2026-11-26T17:20:00Z", by: "ann@build", folder: out };
  await expect(store.saveRelease(place, release)).rejects.toThrow("crashed");
  expect(await store.releases(place)).toEqual([]);
  // What had been written is taken up by the next attempt.
  const saved = await store.saveRelease(place, release);
  expect(await store.releases(place)).toEqual([saved]);
  expect(readdirSync(join(on.folder, "terraform-state/releases/blobs"))).toHaveLength(2);
});

test("a run that could not be written keeps no later one back", async () => {
  await begin(localStore());
  const backing = localBacking(process.env.CDKTF_OUTPUT);
  let isDown = true;
  const runs: Objects = {
    ...backing.runs,
    write: async (key, bytes) => {
      if (isDown) throw new Error("down");
      await backing.runs.write(key, bytes);
    },
  };
  const store = storeOn(on.fleet, { ...backing, runs });
  const run: RunRecord = {
    ...{ version: 1, id: "a", command: "deploy", arguments: [], fleet: "acme", started: "" },
    ...{ by: "", host: { name: "", pid: 1, started: "" }, stacks: {} },
  };
  await expect(store.saveRun(run)).rejects.toThrow("down");
  isDown = false;
  await store.saveRun({ ...run, outcome: "failed" });
  expect(await store.run("a")).toMatchObject({ outcome: "failed" });
});

describe("in a bucket", () => {
  const lockKey = `acme-state/acme/333333333333/${stack}.tfstate.tflock`;

  test("a lock that somebody else takes at the last moment stays", async () => {
    await begin(bucketStore());
    on.put(on.lockKey(stack), '{"ID":"4a"}');
    const { aws } = on;
    if (!aws) throw new Error("no AWS");
    aws.before = ({ method }) => {
      if (method === "DELETE") aws.objects.set(lockKey, '{"ID":"5b"}');
    };
    await expect(on.store.removeLock(place, "4a")).rejects.toThrow(/somebody else holds one by now/);
    expect(aws.objects.get(lockKey)).toBe('{"ID":"5b"}');
  });

  test("a lock that its holder releases at the last moment is gone, which is well", async () => {
    await begin(bucketStore());
    on.put(on.lockKey(stack), '{"ID":"4a"}');
    const { aws } = on;
    if (!aws) throw new Error("no AWS");
    aws.before = ({ method }) => {
      if (method === "DELETE") aws.objects.delete(lockKey);
    };
    await on.store.removeLock(place, "4a");
  });

  test("a state that is written at the last moment stays", async () => {
    await begin(bucketStore());
    on.put(`${stack}.tfstate`, '{"resources":[]}');
    const { aws } = on;
    if (!aws) throw new Error("no AWS");
    aws.before = ({ method }) => {
      if (method === "DELETE") on.put(`${stack}.tfstate`, '{"resources":[{}]}');
    };
    await expect(on.store.removeState(place)).rejects.toThrow(/changed meanwhile/);
    expect(on.has(`${stack}.tfstate`)).toBe(true);
  });

  test("what AWS refuses is said as it is, and not taken for nothing", async () => {
    await begin(bucketStore());
    const { aws } = on;
    if (!aws) throw new Error("no AWS");
    aws.before = () => {
      throw new AwsError(403, "AccessDenied", "denied");
    };
    await expect(on.store.state(place)).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(on.store.lock(place)).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(on.store.runs()).rejects.toMatchObject({ name: "AccessDenied" });
  });
});
