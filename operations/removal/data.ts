import { UserError } from "../../fleet/errors";
import type { StackKind } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import { listed } from "../../fleet/wording";
import { holdsData } from "../plan/resource-types";
import type { StackJson } from "../plan/stack-json";
import type { StackState } from "../store/model";

/** A thing that holds data: it is only destroyed where its name is said. */
export interface DataThing {
  readonly stack: string;
  /** Terraform's address. */
  readonly address: string;
  readonly type: string;
  /** What people call it: of a bucket or a table its name, else its id. */
  readonly name: string;
  readonly id?: string;
}

/** What a state holds that must not go unless it is named. */
export function dataIn(stack: string, kind: StackKind, { resources }: StackState): readonly DataThing[] {
  return resources
    .filter(({ mode, type }) => mode === "managed" && holdsData(type) && !isOrdinary(type, kind))
    .flatMap(({ instances, name, type }) =>
      instances
        .filter(({ attributes }) => !(type === logGroup && isOfFunction(attributes?.name)))
        .map(({ attributes, index_key: key }) => {
          const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
          const id = text(attributes?.id);
          const address = `${type}.${name}${key === undefined ? "" : `[${JSON.stringify(key)}]`}`;
          const called = text(attributes?.bucket) ?? text(attributes?.name) ?? id ?? address;
          return { stack, address, type, name: called, ...(id !== undefined && { id }) };
        }),
    );
}

const logGroup = "aws_cloudwatch_log_group";

/** A front's store says which regions are drained, and nothing else. */
function isOrdinary(type: string, kind: StackKind): boolean {
  return type === "aws_cloudfront_key_value_store" && kind === "front";
}

function isOfFunction(name: unknown): boolean {
  return typeof name === "string" && name.startsWith("/aws/lambda/");
}

/** Attributes by which AWS keeps a thing from being deleted. */
const protections = ["deletion_protection", "deletion_protection_enabled", "disable_api_termination"];

/** Addresses of what is kept from being destroyed: by `prevent_destroy` in the JSON, or by a setting in AWS. */
export function protectedIn({ resource }: StackJson, { resources }: StackState): readonly string[] {
  return resources
    .filter(({ instances, mode }) => mode === "managed" && instances.length > 0)
    .filter(
      ({ instances, name, type }) =>
        preventsDestroy(resource[type]?.[name]?.lifecycle) ||
        instances.some(({ attributes }) => protections.some((key) => attributes?.[key] === true)),
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
 * @throws {UserError} something is protected, or holds data and is not named, or a name means nothing: a slip of the pen
 */
export function requireDestroyable(orphans: readonly Destroyable[], named: readonly string[]): void {
  const kept = orphans.filter((orphan) => orphan.kept.length > 0);
  if (kept.length > 0) {
    throw new UserError(
      `${kept.map(({ kept: addresses, stack }) => `${listed(addresses)} of ${stack.name}`).join("; ")} must not be destroyed`,
      "prevent_destroy, or a protection in AWS, was set so that no command can do it by accident",
      `put the stack back into the fleet file, or leave it out with --stack; if it really has to go, take the protection off by hand, and destroy it by hand`,
    );
  }
  const data = orphans.flatMap((orphan) => orphan.data);
  const unknown = named.filter((name) => !data.some((thing) => isNamed(thing, [name])));
  if (unknown.length > 0) {
    throw new UserError(
      `no orphan has data called ${listed(unknown)}`,
      "--delete-data names a bucket, a table or the like that is to go with its data",
      data.length > 0
        ? `those that there are: ${data.map(({ name }) => name).join(", ")}`
        : "leave out --delete-data: none of the orphans holds data",
    );
  }
  const missing = unnamedData(orphans, named);
  if (missing.length === 0) return;
  throw new UserError(
    `nothing was changed: ${missing.map(({ name, stack }) => `${name} (${stack})`).join(", ")} would be destroyed with the data in ${missing.length === 1 ? "it" : "them"}`,
    "what it holds would be gone for good",
    `take a copy; then name what may go: ${deleteDataOptions(missing)}`,
  );
}

/** What holds data and is not named. */
export function unnamedData(
  orphans: readonly Pick<Destroyable, "data">[],
  named: readonly string[],
): readonly DataThing[] {
  return orphans.flatMap(({ data }) => data).filter((thing) => !isNamed(thing, named));
}

/** As they are typed. */
export function deleteDataOptions(things: readonly DataThing[]): string {
  return things.map(({ name }) => `--delete-data ${name}`).join(" ");
}

function isNamed({ address, id, name }: DataThing, named: readonly string[]): boolean {
  return named.some((one) => one === name || one === id || one === address);
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
