import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Fleet } from "../../../fleet/model";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { AssumeRole, Role } from "../../../operations/aws/role-credentials";
import type { FleetStore } from "../../../operations/store/model";
import { openStore } from "../../../operations/store/store";
import { quietCaller } from "../../support/caller";
import { fleetOf, smallFile } from "../../support/fleet";
import { type LocalAws, startLocalAws } from "../../support/local-aws";

/** A store, and a way around it to what lies there. */
export interface TestStore {
  readonly fleet: Fleet;
  readonly store: FleetStore;
  /** Of a stack of the account `globex`, below what is its part of the store. */
  put(key: string, text: string | Buffer): void;
  has(key: string): boolean;
  /** Key of Terraform's lock, or of what it writes about it. */
  readonly lockKey: (stack: string) => string;
  /** Roles that were assumed. */
  readonly assumed: readonly Role[];
  readonly aws?: LocalAws;
  /** A temporary folder; with local state, the one that holds the output folder. */
  readonly folder: string;
  close(): Promise<void>;
}

const before = { ...process.env };

/** A store in a temporary folder. */
export async function localStore(): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-store-"));
  process.env = { ...before, CDKTF_OUTPUT: join(folder, "cdktf.out") };
  const fleet = fleetOf(smallFile);
  const pathOf = (key: string) => join(folder, "terraform-state", key);
  return {
    ...{ fleet, folder, assumed: [] },
    store: openStore(fleet, {
      ...quietCaller,
      assumeRole: () => Promise.reject(new Error("no role is needed")),
    }),
    put(key, text) {
      mkdirSync(dirname(pathOf(key)), { recursive: true });
      writeFileSync(pathOf(key), text);
    },
    has: (key) => existsSync(pathOf(key)),
    lockKey: (stack) => `.${stack}.tfstate.lock.info`,
    async close() {
      process.env = { ...before };
      rmSync(folder, { recursive: true });
    },
  };
}

/** The fleet of {@link bucketStore}: `tools` owns the bucket, and `old` is not in the file any more. */
const bucketFile: FleetFile = {
  ...smallFile,
  accounts: {
    globex: { id: "333333333333", deployRole: "deployer", externalId: "ours" },
    tools: { id: "111111111111" },
  },
  state: { backend: "s3", bucket: "acme-state", region: "eu-west-3", account: "tools" },
};

/** A store in a bucket of which each account has a part; with `more`, as its settings say. */
export async function bucketStore(more: Partial<FleetFile> = {}): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-store-"));
  const aws = await startLocalAws();
  process.env = { ...before, ...aws.env };
  const assumed: Role[] = [];
  const fleet = fleetOf({ ...bucketFile, ...more });
  const assumeRole: AssumeRole = async (role) => {
    assumed.push(role);
    return { accessKeyId: role.arn.split(":")[4] ?? "", secretAccessKey: "test" };
  };
  const { state } = fleet;
  const part = state.backend === "s3" && state.perAccount ? "acme/333333333333" : "acme";
  const store = openStore(fleet, { ...quietCaller, assumeRole });
  return {
    ...{ fleet, folder, store, aws, assumed },
    put: (key, text) => void aws.objects.set(`acme-state/${part}/${key}`, text),
    has: (key) => aws.objects.has(`acme-state/${part}/${key}`),
    lockKey: (stack) => `${stack}.tfstate.tflock`,
    async close() {
      store.close();
      await aws.close();
      process.env = { ...before };
      rmSync(folder, { recursive: true });
    },
  };
}
