import { cp } from "node:fs/promises";
import type { Fleet } from "../../fleet/model";
import { dataStackName, frontStackName, logStackName, targetDataStackName } from "../../fleet/names";
import type { FleetStack, StackKind } from "../../fleet/stacks";
import { foundationStacks } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import type { DataThing } from "../plan/data-things";
import type { Orphan } from "../plan/picture";
import { type DataTypes, dataTypesOf } from "../plan/resource-types";
import { parseStack, readStackText, readsIn, type StackJson, stackFolder } from "../plan/stack-json";
import type { FleetStore, StackState } from "../store/model";
import { mapFew } from "../store/objects";
import { currentRelease } from "../store/releases";
import { reason } from "../store/states";
import { lockIn } from "../terraform/provider-lock";
import { dataIn, protectedIn } from "./data";
import { hostsOf } from "./deployed-fronts";

/** An orphan, with what it takes to destroy it. */
export interface OrphanStack {
  readonly orphan: Orphan;
  /** As the fleet file had it. `after`: the stacks whose outputs it reads. */
  readonly stack: FleetStack;
  /** Host names of its function URLs. */
  readonly hosts: readonly string[];
  /** What of it is only destroyed by name. */
  readonly data: readonly DataThing[];
  /** Whether its JSON is of a release that was deployed with a provider lock file, which is beside it. @default false */
  readonly keepsProviderLock?: boolean;
  /** Addresses of what Terraform or AWS keeps from being destroyed. */
  readonly kept: readonly string[];
}

/** An orphan that cannot be destroyed. */
export interface UnusableOrphan {
  readonly orphan: Orphan;
  readonly why: string;
}

/** Orphans as far as they can be destroyed. */
export interface OrphanStacks {
  readonly usable: readonly OrphanStack[];
  readonly unusable: readonly UnusableOrphan[];
}

/** Where the JSON of orphans is found, and where it is put. */
export interface OrphanFolders {
  /** Output folder of the fleet's synth: a stack that no release was kept of may still lie there. */
  readonly outdir: string;
  /** Laid out like the output folder, and beside it. */
  readonly folder: string;
}

/** Releases that are looked through for the one that an orphan has. */
const releasesLookedAt = 50;

/**
 * Gets orphans ready to be destroyed. None needs an old fleet file: JSON, backend and providers are those of the release
 * that the orphan has, or else of the newest; where there is none, those that still lie in the output folder.
 *
 * @param dataTypes with what the fleet's extensions say. @default what is known without any
 */
export async function readOrphans(
  orphans: readonly Orphan[],
  known: ReadonlySet<string>,
  store: FleetStore,
  folders: OrphanFolders,
  dataTypes: DataTypes = dataTypesOf([]),
): Promise<OrphanStacks> {
  const read = await mapFew(orphans, async (orphan): Promise<OrphanStack | UnusableOrphan> => {
    try {
      if (known.has(orphan.stack)) return { orphan, why: sameName };
      const why = await provideJson(orphan, store, folders);
      if (why !== undefined) return { orphan, why };
      const text = await readStackText(folders.folder, orphan.stack);
      const state = await store.state(orphan);
      const keepsProviderLock = lockIn(stackFolder(folders.folder, orphan.stack)) !== undefined;
      return { ...orphanStack(orphan, text, state, dataTypes), keepsProviderLock };
    } catch (error) {
      return { orphan, why: `it cannot be read: ${reason(error)}` };
    }
  });
  return {
    usable: read.flatMap((one) => ("why" in one ? [] : [one])),
    unusable: read.flatMap((one) => ("why" in one ? [one] : [])),
  };
}

const sameName =
  "the fleet file has a stack of this name in another account; take the cell out of the file, deploy with --remove, and put it back in then";

/** Puts the JSON of an orphan into its folder; says why not, where there is none. */
async function provideJson(
  orphan: Orphan,
  store: FleetStore,
  { folder, outdir }: OrphanFolders,
): Promise<string | undefined> {
  const releases = await store.releases(orphan, releasesLookedAt);
  const release = currentRelease(await store.state(orphan), releases) ?? releases[0];
  if (release) {
    await store.restore(orphan, release, folder);
    return undefined;
  }
  const text = await readStackText(outdir, orphan.stack).catch(() => undefined);
  if (text === undefined || !isOfAccount(parseStack(text), orphan.account.id)) return noJson;
  const from = stackFolder(outdir, orphan.stack);
  await cp(`${from}/cdk.tf.json`, `${stackFolder(folder, orphan.stack)}/cdk.tf.json`, { recursive: true });
  return undefined;
}

const noJson =
  "no release of it was kept, and its JSON is not in the output folder any more; by hand: check out the commit that still has it in the fleet file, run `npx cdktf synth`, then `terraform init` and `terraform destroy` in cdktf.out/stacks/<stack>";

function isOfAccount({ provider }: StackJson, id: string): boolean {
  return (provider.aws ?? []).every(({ allowed_account_ids: ids }) => Array.isArray(ids) && ids.includes(id));
}

/** An orphan as its JSON and its state tell it. */
export function orphanStack(
  orphan: Orphan,
  text: string,
  state: StackState | undefined,
  dataTypes: DataTypes,
): OrphanStack {
  const json = parseStack(text);
  const providers = json.provider.aws ?? [];
  const tags = tagsOf(providers[0]);
  const regions = providers.flatMap(({ region }) => (typeof region === "string" ? [region] : []));
  const [cell, stage, tenant] = ["cell", "stage", "tenant"].map((name) => tags[`meridian:${name}`]);
  const stack: FleetStack = {
    name: orphan.stack,
    kind: kindOf(orphan, cell, regions, json),
    account: orphan.account,
    regions: [...new Set(regions)].sort(),
    ...{ cell, stage, tenant },
    after: [...new Set(readsIn(text).map((read) => read.stack))],
  };
  return {
    ...{ orphan, stack },
    hosts: state ? hostsOf(state) : [],
    data: state ? dataIn(orphan.stack, stack.kind, state, dataTypes) : [],
    kept: state ? protectedIn(json, state) : [],
  };
}

function tagsOf(provider: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, string>> {
  const [block] = Array.isArray(provider?.default_tags) ? provider.default_tags : [provider?.default_tags];
  const tags = isMap(block) ? block.tags : undefined;
  if (!isMap(tags)) return {};
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
  );
}

const foundation: ReadonlySet<string> = new Set(Object.values(foundationStacks));

function kindOf(
  { account, stack: name }: Orphan,
  cell: string | undefined,
  regions: readonly string[],
  { resource }: StackJson,
): StackKind {
  if (foundation.has(name)) return name as StackKind;
  if (cell !== undefined && name === frontStackName(cell)) return "front";
  if (cell !== undefined && regions.some((region) => name === logStackName(cell, region)))
    return "front-logs";
  if (cell !== undefined) {
    const own = regions.map((region) => targetDataStackName(cell, account.name, region));
    if ([dataStackName(cell), ...own].includes(name)) return "data";
  }
  return resource.aws_cloudfront_distribution ? "front" : "target";
}

/** All of some orphans, whether they can be destroyed or not. */
export function stacksOfOrphans({
  orphans,
  unusable,
}: {
  readonly orphans: readonly OrphanStack[];
  readonly unusable: readonly UnusableOrphan[];
}): readonly FleetStack[] {
  return [...orphans.map(({ stack }) => stack), ...unusable.map(({ orphan }) => placeholder(orphan))];
}

/** An orphan of which little is known. */
export function placeholder({ account, regions, stack }: Orphan): FleetStack {
  return { name: stack, kind: "target", account, regions, after: [] };
}

/**
 * Those of some orphans whose accounts the fleet file does not have any more.
 *
 * @param stacks all of the fleet file
 */
export function inLeavingAccounts<T extends Pick<Orphan, "account">>(
  { fleet, stacks }: { readonly fleet: Fleet; readonly stacks: readonly FleetStack[] },
  orphans: readonly T[],
): readonly T[] {
  const accounts = accountsIn(fleet, stacks);
  return orphans.filter(({ account }) => !accounts.has(account.id));
}

/** Accounts that the fleet file still has. Those of others lose their part of the state, and their deploy roles. */
function accountsIn(fleet: Fleet, stacks: readonly FleetStack[]): ReadonlySet<string> {
  const { stateBucket } = fleet;
  const kept = stateBucket ? [stateBucket.account, ...stateBucket.readers] : [];
  return new Set([...stacks.map(({ account }) => account), ...kept].map(({ id }) => id));
}
