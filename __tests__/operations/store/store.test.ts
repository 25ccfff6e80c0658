import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lockFile } from "../../../fleet/provider-lock";
import type { NewRelease, Release, RunRecord, StackPlace } from "../../../operations/store/model";
import { currentRelease } from "../../../operations/store/releases";
import { bucketStore, localStore, type TestStore } from "./stores";

const stack = "globex_globex_eu-west-1";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const stateWith = (...resources: readonly object[]) =>
  JSON.stringify({
    ...{ version: 4, serial: 7, lineage: "9f", resources },
    outputs: { meridian_fingerprint: { value: "ab12cd34ef" }, token: { value: "s", sensitive: true } },
  });
const bucketResource = (mode: "managed" | "data" = "managed") => ({
  ...{ mode, type: "aws_lambda_function", name: "hello", provider: "p" },
  instances: [{ attributes: { arn: "arn:aws:lambda:eu-west-1:444444444444:function:hello" } }],
});
const lockText = (ID: string) =>
  JSON.stringify({ ID, Operation: "OperationTypeApply", Who: "ann@build", Created: "2026-11-26T17:20:00Z" });

const runOf = (id: string, more: Partial<RunRecord> = {}): RunRecord => ({
  ...{ version: 1, id, command: "deploy", arguments: [], fleet: "acme", started: "2026-11-26T17:20:00Z" },
  ...{ by: "ann@build", host: { name: "build", pid: 1, started: "1" }, stacks: {} },
  ...more,
});

describe.each([
  ["in a folder", localStore],
  ["in a bucket with a part for each account", bucketStore],
  ["in a bucket for all accounts", () => bucketStore({ state: ownBucket })],
])("a store %s", (kind, open) => {
  let on: TestStore;
  let place: StackPlace;
  let out: string;
  beforeEach(async () => {
    on = await open();
    const account = on.fleet.cells[0]?.targets[0]?.account;
    if (!account) throw new Error("no account");
    place = { stack, account };
    out = join(on.folder, "cdktf.out");
  });
  afterEach(() => on.close());

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  };
  const synth = (name = stack) => {
    const filename = "../../bundles/hello.0123.zip";
    const json = {
      resource: { aws_lambda_function: { a: { filename }, b: { filename } } },
      terraform: { backend: { local: { path: "../../../outside/x.tfstate" } } },
      description: "a/b is no file",
    };
    write(`stacks/${name}/cdk.tf.json`, JSON.stringify(json));
    write("bundles/hello.0123.zip", "zip");
    write("bundles/other.0123.zip", "other");
    write("../outside/x.tfstate", "not the stack's own");
    return JSON.stringify(json);
  };
  const newRelease = (at: string, fingerprint = "ab12cd34ef"): NewRelease => ({
    ...{ fingerprint, at, by: "ann@build", run: "r1", folder: out },
  });

  describe("states", () => {
    test("are read, with what is sensitive marked", async () => {
      expect(await on.store.state(place)).toBeUndefined();
      on.put(`${stack}.tfstate`, stateWith(bucketResource()));
      expect(await on.store.state(place)).toEqual({
        ...{ serial: 7, lineage: "9f", resources: [bucketResource()] },
        outputs: { meridian_fingerprint: { value: "ab12cd34ef" }, token: { value: "s", sensitive: true } },
      });
    });

    test("that Terraform has only locked yet are none", async () => {
      on.put(`${stack}.tfstate`, "");
      expect(await on.store.state(place)).toBeUndefined();
    });

    test("that are damaged are not taken for none", async () => {
      on.put(`${stack}.tfstate`, '{"serial": 7, "resou');
      await expect(on.store.state(place)).rejects.toThrow(/globex_globex_eu-west-1\.tfstate is damaged/);
    });

    test("are removed once nothing is in them", async () => {
      on.put(`${stack}.tfstate`, stateWith(bucketResource()));
      await expect(on.store.removeState(place)).rejects.toThrow(/holds resources/);
      expect(on.has(`${stack}.tfstate`)).toBe(true);
      on.put(`${stack}.tfstate`, stateWith(bucketResource("data")));
      on.put(`${stack}.tfstate.backup`, stateWith(bucketResource()));
      await on.store.removeState(place);
      expect([on.has(`${stack}.tfstate`), on.has(`${stack}.tfstate.backup`)]).toEqual([false, false]);
      await on.store.removeState(place);
    });
  });

  describe("locks", () => {
    test("say who holds them", async () => {
      expect(await on.store.lock(place)).toBeUndefined();
      on.put(on.lockKey(stack), lockText("4a"));
      expect(await on.store.lock(place)).toMatchObject({
        ...{ id: "4a", operation: "OperationTypeApply", who: "ann@build", created: "2026-11-26T17:20:00Z" },
      });
    });

    test("are removed by their id only", async () => {
      await on.store.removeLock(place, "4a");
      on.put(on.lockKey(stack), lockText("5b"));
      await expect(on.store.removeLock(place, "4a")).rejects.toThrow(/somebody else holds one by now/);
      expect(on.has(on.lockKey(stack))).toBe(true);
      await on.store.removeLock(place, "5b");
      expect(on.has(on.lockKey(stack))).toBe(false);
    });
  });

  describe("releases", () => {
    test("hold the JSON and what it names, and can be restored elsewhere", async () => {
      const json = synth();
      const release = await on.store.saveRelease(place, newRelease("2026-11-26T17:20:00.123Z"));
      expect(release).toEqual({
        ...{ id: "2026-11-26T17-20-00Z-ab12cd34", stack, account: place.account },
        ...{ fingerprint: "ab12cd34ef", at: "2026-11-26T17:20:00.123Z", by: "ann@build", run: "r1" },
        json: sha256(json),
        bundles: [{ path: "bundles/hello.0123.zip", sha256: sha256("zip") }],
      });
      expect(await on.store.releases(place)).toEqual([release]);

      const elsewhere = join(on.folder, "restored");
      await on.store.restore(place, release, elsewhere);
      expect(readFileSync(join(elsewhere, "stacks", stack, "cdk.tf.json"), "utf8")).toBe(json);
      expect(readFileSync(join(elsewhere, "bundles/hello.0123.zip"), "utf8")).toBe("zip");
      expect(readdirSync(join(elsewhere, "bundles"))).toEqual(["hello.0123.zip"]);
    });

    test("hold the lock file of the stack, where that is the project's", async () => {
      synth();
      write(`stacks/${stack}/${lockFile}`, "lock");
      const at = "2026-11-26T17:20:00Z";
      const without = await on.store.saveRelease(place, newRelease(at));
      expect(without.bundles).toHaveLength(1);
      const release = await on.store.saveRelease(place, { ...newRelease(at), keepsProviderLock: true });
      const elsewhere = join(on.folder, "restored");
      await on.store.restore(place, release, elsewhere);
      expect(readFileSync(join(elsewhere, "stacks", stack, lockFile), "utf8")).toBe("lock");
    });

    test("are listed with the newest first, each stack's own", async () => {
      synth();
      synth("globex_front");
      await on.store.saveRelease({ ...place, stack: "globex_front" }, newRelease("2026-11-26T17:20:00Z"));
      for (const minute of ["22", "20", "21", "23"]) {
        await on.store.saveRelease(place, newRelease(`2026-11-26T17:${minute}:00Z`, `f${minute}`));
      }
      const prints = async (most?: number) =>
        (await on.store.releases(place, most)).map(({ fingerprint }) => fingerprint);
      expect(await prints()).toEqual(["f23", "f22", "f21", "f20"]);
      expect(await prints(1)).toEqual(["f23"]);
    });

    test("are known for the one that a stack has now, by its state", async () => {
      synth();
      for (const [minute, print] of [
        ["20", "ab12cd34ef"],
        ["21", "f21"],
      ] as const)
        await on.store.saveRelease(place, newRelease(`2026-11-26T17:${minute}:00Z`, print));
      const releases = await on.store.releases(place);
      on.put(`${stack}.tfstate`, stateWith());
      expect(currentRelease(await on.store.state(place), releases)?.id).toBe("2026-11-26T17-20-00Z-ab12cd34");
      on.put(`${stack}.tfstate`, stateWith().replace("ab12cd34ef", "other"));
      expect(currentRelease(await on.store.state(place), releases)).toBeUndefined();
      expect(currentRelease(undefined, releases)).toBeUndefined();
    });

    test("remember whether they were verified", async () => {
      synth();
      const { id } = await on.store.saveRelease(place, newRelease("2026-11-26T17:20:00Z"));
      await on.store.markRelease(place, id, "failed");
      expect(await on.store.releases(place)).toMatchObject([{ id, verification: "failed" }]);
      await expect(on.store.markRelease(place, "none", "passed")).rejects.toThrow(/has no release none/);
    });

    test("that are damaged are not restored", async () => {
      synth();
      const release = await on.store.saveRelease(place, newRelease("2026-11-26T17:20:00Z"));
      const restore = (from: Release = release) => on.store.restore(place, from, join(on.folder, "restored"));
      on.put(`releases/blobs/${sha256("zip")}`, "zap");
      await expect(restore()).rejects.toThrow(/hello\.0123\.zip .* is not what was kept/);
      await expect(restore({ ...release, json: "0".repeat(64) })).rejects.toThrow(/is not what was kept/);
      const outside = [{ path: "../../outside", sha256: sha256("zip") }];
      await expect(restore({ ...release, bundles: outside })).rejects.toThrow(/leads out of it/);
      const missing = [{ path: "bundles/a.zip", sha256: "1".repeat(64) }];
      await expect(restore({ ...release, bundles: missing })).rejects.toThrow(/is missing/);
    });

    test("mend what was kept in part, for its length is another", async () => {
      synth();
      on.put(`releases/blobs/${sha256("zip")}`, "z");
      const release = await on.store.saveRelease(place, newRelease("2026-11-26T17:20:00Z"));
      await on.store.restore(place, release, join(on.folder, "restored"));
    });
  });

  describe("runs", () => {
    test("are kept as they were said last, and listed with the newest first", async () => {
      const first = runOf("2026-11-26T17-20-00Z-000001");
      const states = ["waiting", "planned", "applying", "applied", "verified"] as const;
      await Promise.all(
        states.map((state) => on.store.saveRun({ ...first, stacks: { a: { account: "1", state } } })),
      );
      expect(await on.store.run(first.id)).toMatchObject({ stacks: { a: { state: "verified" } } });
      const ids = ["4", "2", "5", "3"].map((n) => `2026-11-26T17-20-00Z-00000${n}`);
      for (const id of ids) await on.store.saveRun(runOf(id));
      expect((await on.store.runs()).map(({ id }) => id.at(-1))).toEqual(["5", "4", "3", "2", "1"]);
      expect((await on.store.runs(2)).map(({ id }) => id.at(-1))).toEqual(["5", "4"]);
      expect(await on.store.run("none")).toBeUndefined();
    });
  });

  test("what is kept in a folder can be read by its owner only", async () => {
    if (kind !== "in a folder") return;
    synth();
    await on.store.saveRelease(place, newRelease("2026-11-26T17:20:00Z"));
    const root = join(on.folder, "terraform-state");
    const entries = readdirSync(root, { recursive: true, encoding: "utf8" });
    expect(entries.filter((name) => name.endsWith(".part"))).toEqual([]);
    for (const name of entries) expect(statSync(join(root, name)).mode & 0o077).toBe(0);
  });
});

const ownBucket = { backend: "s3", bucket: "acme-state", region: "eu-west-3" } as const;
