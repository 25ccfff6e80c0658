import { UserError } from "../../fleet/errors";
import type { StackKind } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import { listed } from "../../fleet/wording";
import { type DataThing, dataThing, isWorthNaming, type LostData } from "../plan/data-things";
import type { DataTypes } from "../plan/resource-types";
import type { StackJson } from "../plan/stack-json";
import { tableType } from "../plan/table-changes";
import type { StackState } from "../store/model";

/** What a state holds that must not go unless it is named. */
export function dataIn(
  stack: string,
  kind: StackKind,
  { resources }: StackState,
  { holdsData }: DataTypes,
): readonly DataThing[] {
  return resources
    .filter(({ mode, type }) => mode === "managed" && holdsData(type))
    .flatMap(({ instances, name, type }) =>
      instances
        .filter(({ attributes }) => isWorthNaming(type, kind, attributes))
        .map(({ attributes, index_key: key }) => {
          const address = `${type}.${name}${key === undefined ? "" : `[${JSON.stringify(key)}]`}`;
          return dataThing(stack, type, address, attributes);
        }),
    );
}

/** Attributes by which AWS keeps a thing from being deleted. */
const protections = ["deletion_protection", "deletion_protection_enabled", "disable_api_termination"];

/**
 * Addresses of what is kept from being destroyed: by `prevent_destroy` in the JSON, or by a setting in AWS. Every table is
 * protected in AWS: it goes where its name is said, and its protection with it.
 */
export function protectedIn({ resource }: StackJson, { resources }: StackState): readonly string[] {
  return resources
    .filter(({ instances, mode }) => mode === "managed" && instances.length > 0)
    .filter(
      ({ instances, name, type }) =>
        preventsDestroy(resource[type]?.[name]?.lifecycle) ||
        (type !== tableType &&
          instances.some(({ attributes }) => protections.some((key) => attributes?.[key] === true))),
    )
    .map(({ name, type }) => `${type}.${name}`);
}

function preventsDestroy(lifecycle: unknown): boolean {
  const [block] = Array.isArray(lifecycle) ? lifecycle : [lifecycle];
  return isMap(block) && block.prevent_destroy === true;
}

/** What of orphans has to be known to tell whether they may be destroyed. */
export interface Destroyable {
  readonly stack: { readonly name: string };
  readonly data: readonly DataThing[];
  readonly kept: readonly string[];
}

/**
 * Whether all of these may be destroyed.
 *
 * @param named what may go with its data: names, ids or addresses
 * @param others what else goes, and could be meant by a name
 * @throws {UserError} something is protected, or holds data and is not named
 */
export function requireDestroyable(
  orphans: readonly Destroyable[],
  named: readonly string[],
  others: readonly DataThing[] = [],
): void {
  const kept = orphans.filter((orphan) => orphan.kept.length > 0);
  if (kept.length > 0) {
    throw new UserError(
      `${kept.map(({ kept: addresses, stack }) => `${listed(addresses)} of ${stack.name}`).join("; ")} must not be destroyed`,
      "prevent_destroy, or a protection in AWS, was set so that no command can do it by accident",
      `put the stack back into the fleet file, or leave it out with --stack; if it really has to go, take the protection off by hand, and destroy it by hand`,
    );
  }
  const data = orphans.flatMap((orphan) => orphan.data);
  const all = [...data, ...others];
  const missing = unnamedData(data, named, all);
  if (missing.length === 0) return;
  throw new UserError(
    `nothing was changed: ${missing.map(({ name, stack }) => `${name} (${stack})`).join(", ")} would be destroyed with the data in ${missing.length === 1 ? "it" : "them"}`,
    "what it holds would be gone for good",
    `take a copy; then name what may go: ${deleteDataOptions(missing, all)}`,
  );
}

/**
 * Whether stacks that stay may lose this.
 *
 * @param named what may go with its data: names, ids or addresses
 * @param others what else goes, and could be meant by a name
 * @throws {UserError} something is not named
 */
export function requireNamed(
  lost: readonly LostData[],
  named: readonly string[],
  others: readonly DataThing[] = [],
): void {
  const all = [...lost, ...others];
  const missing = lost.filter((thing) => !isNamed(thing, named, all));
  if (missing.length === 0) return;
  const ends = ({ isReplaced }: LostData) =>
    isReplaced ? "be replaced by an empty one" : "be destroyed with the data in it";
  const tainted = missing.filter(({ isTainted }) => isTainted);
  throw new UserError(
    `nothing was changed: ${missing.map((thing) => `${thing.name} (${thing.stack}) would ${ends(thing)}`).join("; ")}`,
    "what it holds would be gone for good",
    tainted.length > 0
      ? `a deploy ended while it was made, and nothing else asks for a new one: keep it, with ${tainted.map(({ address, stack }) => `\`terraform untaint ${address}\` in cdktf.out/stacks/${stack}`).join(", ")}, and deploy again`
      : `keep it in the fleet file as it was; or take a copy, and name what may go: ${deleteDataOptions(missing, all)}`,
  );
}

/**
 * Whether each name is that of something that goes.
 *
 * @throws {UserError} a name means nothing: a slip of the pen
 */
export function requireKnown(data: readonly DataThing[], named: readonly string[]): void {
  const unknown = named.filter((name) => !data.some((thing) => isCalled(thing, name)));
  if (unknown.length === 0) return;
  throw new UserError(
    `nothing that would be destroyed has data and is called ${listed(unknown)}`,
    "--delete-data names a bucket, a table or the like that is to go with its data",
    data.length > 0
      ? `those that there are: ${data.map((thing) => nameOf(thing, data)).join(", ")}`
      : "leave out --delete-data: nothing that goes holds data; of an orphan it says so with --remove",
  );
}

/**
 * What is not named.
 *
 * @param all that goes, and could be meant by a name
 */
export function unnamedData(
  data: readonly DataThing[],
  named: readonly string[],
  all: readonly DataThing[],
): readonly DataThing[] {
  return data.filter((thing) => !isNamed(thing, named, all));
}

/**
 * As they are typed.
 *
 * @param all that goes, and could be meant by a name
 */
export function deleteDataOptions(things: readonly DataThing[], all: readonly DataThing[]): string {
  return things.map((thing) => `--delete-data ${nameOf(thing, all)}`).join(" ");
}

/** The shortest name that means things of one stack only: tables of different regions may share theirs. */
function nameOf(thing: DataThing, all: readonly DataThing[]): string {
  return isNamed(thing, [thing.name], all) ? thing.name : `${thing.stack}:${thing.name}`;
}

function isNamed(thing: DataThing, named: readonly string[], all: readonly DataThing[]): boolean {
  const isElsewhere = (name: string) =>
    all.some((other) => other.stack !== thing.stack && isCalled(other, name));
  return named.some((name) => isCalled(thing, name) && !isElsewhere(name));
}

/** Whether a name is a thing's, with or without its stack in front. */
function isCalled({ address, id, name, stack }: DataThing, called: string): boolean {
  return [name, id, address].some(
    (one) => one !== undefined && (called === one || called === `${stack}:${one}`),
  );
}

/** What lets Terraform delete a thing that is not empty, by type. */
export const emptying: Readonly<Record<string, string>> = {
  aws_backup_vault: "force_destroy",
  aws_ecr_repository: "force_delete",
  aws_s3_bucket: "force_destroy",
  aws_s3_directory_bucket: "force_destroy",
};

/**
 * The text of a stack's JSON with what lets these things be deleted though they are not empty; undefined where none of them
 * needs that.
 */
export function withEmptying(
  text: string,
  things: readonly Pick<DataThing, "type" | "address">[],
): { readonly text: string; readonly addresses: readonly string[] } | undefined {
  const json = JSON.parse(text) as { resource?: Record<string, Record<string, Record<string, unknown>>> };
  const addresses: string[] = [];
  for (const { address, type } of things) {
    const setting = emptying[type];
    const name = address.slice(type.length + 1).replace(/\[.*$/s, "");
    const block = json.resource?.[type]?.[name];
    if (setting === undefined || !block || block[setting] === true) continue;
    block[setting] = true;
    addresses.push(`${type}.${name}`);
  }
  return addresses.length === 0
    ? undefined
    : { text: JSON.stringify(json), addresses: [...new Set(addresses)] };
}
