import { isDeepStrictEqual } from "node:util";
import { TerraformBackend, TerraformProvider, type TerraformStack } from "cdktf";
import { isMap } from "../../fleet/values";
import type { Mistake } from "./errors";
import { writtenOut } from "./expressions";

type Settings = Readonly<Record<string, unknown>>;

/** What a stack says of where its resources and its state go. */
interface StackSettings {
  /** The `terraform` block with its backend. */
  backend?: unknown;
  /** Providers of AWS, by the path of their construct. */
  readonly providers: Map<string, Settings>;
}

const before = new WeakMap<TerraformStack, StackSettings>();

/**
 * Keeps what a stack says of its providers and its state, to hold what is written against it: before the first hook runs in
 * a place, and once its stack is made. What has been kept stays.
 */
export function keepSettings(stack: TerraformStack): void {
  const kept = before.get(stack) ?? { providers: new Map<string, Settings>() };
  before.set(stack, kept);
  for (const construct of stack.node.findAll()) {
    if (TerraformBackend.isBackend(construct)) kept.backend ??= backendIn(written(stack, construct));
    if (!TerraformProvider.isTerraformProvider(construct) || kept.providers.has(construct.node.path))
      continue;
    for (const provider of providersIn(written(stack, construct)))
      kept.providers.set(construct.node.path, provider);
  }
}

/** Written out now, so that no later change of a construct reaches it. */
function written(stack: TerraformStack, element: TerraformBackend | TerraformProvider): unknown {
  return writtenOut(stack, element.toTerraform());
}

/**
 * What hooks, aspects and overrides have changed of a stack that decides where its resources or its state go.
 *
 * @param json what will be deployed
 * @returns the mistake, and the path of what was changed
 */
export function settingsMistake(
  stack: TerraformStack,
  json: unknown,
): { readonly path: string; readonly mistake: Mistake } | undefined {
  const kept = before.get(stack);
  if (!kept) throw new Error(`the settings of ${stack.node.path} were not kept`);
  const name = stack.node.path;
  if (!isDeepStrictEqual(backendIn(json), kept.backend)) return { path: name, mistake: otherState };
  const providers = providersIn(json);
  const paths = [...kept.providers.keys()];
  const changed = paths.findIndex(
    (path, index) => keysApart(kept.providers.get(path), providers[index]).length,
  );
  if (changed >= 0) {
    const path = paths[changed] ?? name;
    return { path, mistake: changedProvider(keysApart(kept.providers.get(path), providers[changed])) };
  }
  return providers.length > paths.length ? { path: name, mistake: addedProvider } : undefined;
}

/** `cloud` is the other way to say where a state lies: https://developer.hashicorp.com/terraform/language/terraform#terraform-cloud */
function backendIn(json: unknown): unknown {
  const terraform = isMap(json) && isMap(json.terraform) ? json.terraform : {};
  const { backend, cloud } = terraform;
  return { backend, cloud };
}

/**
 * Settings of a provider that say how it asks, and not whom, where or as whom: those may be changed.
 * https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs#argument-reference
 */
const harmless: ReadonlySet<string> = new Set([
  "ignore_tags",
  "max_retries",
  "retry_mode",
  "token_bucket_rate_limiter_capacity",
]);

function providersIn(json: unknown): readonly Settings[] {
  const aws = isMap(json) && isMap(json.provider) ? json.provider.aws : undefined;
  return (Array.isArray(aws) ? aws : [aws]).filter(isMap);
}

function keysApart(one: Settings = {}, other: Settings = {}): readonly string[] {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].filter((key) => !harmless.has(key) && !isDeepStrictEqual(one[key], other[key])).sort();
}

const otherState: Mistake = {
  what: "it changes where the state of the stack lies",
  why: "Terraform would find no state there, and make everything a second time",
  fix: "leave `terraform.backend` as it is; `state` in the fleet file says where states lie",
};

const addedProvider: Mistake = {
  what: "it adds a provider of AWS to the JSON",
  why: "account, region and tags of a place, and the right to be there, come with the provider of the context",
  fix: "remove the override, and pass the context's provider",
};

function changedProvider(keys: readonly string[]): Mistake {
  return {
    what: `it changes ${keys.map((key) => `\`${key}\``).join(", ")} of the provider`,
    why: "all that is made with it, Meridian's own, too, would be in another place, or nobody would find it by its tags",
    fix: "leave the provider as it is; account, region and tags of a place are in the fleet file",
  };
}
