import { fingerprintOutput } from "../fleet/names";
import { blocks, type JsonObject, object, text, texts } from "./json";
import { referenceParts } from "./references";

/** Account and region that a provider works in. */
export interface Place {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** A resource or a data source of a stack. */
export interface Block {
  readonly mode: "resource" | "data";
  readonly type: string;
  readonly name: string;
  /** As Terraform prints it, e.g. `aws_iam_role.hello` or `data.aws_region.here`. */
  readonly address: string;
  readonly attributes: JsonObject;
  /** Where its provider works; undefined where the JSON does not say. */
  readonly place?: Place;
}

/** A synthesized stack, as Terraform will read it. */
export interface Stack {
  readonly name: string;
  readonly blocks: readonly Block[];
  readonly outputs: JsonObject;
  readonly backend: Backend;
  /** A file that it names by a path relative to its own folder; undefined where there is none. */
  readonly file: (path: string) => Uint8Array | undefined;
}

/** Where a state lies: of a stack, or of one whose outputs a stack reads. */
export interface Backend {
  /** `local` or `s3`. */
  readonly kind: string;
  readonly config: JsonObject;
}

/**
 * Reads a stack's Terraform JSON.
 *
 * @param file reads what it names
 * @default file finds nothing
 */
export function parseStack(name: string, json: unknown, file: Stack["file"] = () => undefined): Stack {
  const { data, output, provider, resource, terraform } = object(json);
  const places = providerPlaces(object(provider));
  const [kind = "", config] = Object.entries(object(object(terraform).backend))[0] ?? [];
  return {
    name,
    blocks: [
      ...parseBlocks("resource", resource, places),
      // It is read so that Terraform waits, and asks nobody anything.
      ...parseBlocks("data", data, places).filter((block) => block.name !== fingerprintOutput),
    ],
    outputs: object(output),
    backend: { kind, config: object(config) },
    file,
  };
}

/** Where each provider works, by what a resource calls it: `aws.globex_eu_central_1`. */
function providerPlaces(providers: JsonObject): ReadonlyMap<string, Place> {
  const places = blocks(providers.aws).flatMap((provider) => {
    const [alias, region] = [text(provider.alias), text(provider.region)];
    const account = accountOf(provider);
    return alias && region && account ? [[`aws.${alias}`, { account, region }] as const] : [];
  });
  return new Map(places);
}

/** The only account that a provider may work in. Undefined where its role is another account's, which cannot work. */
function accountOf(provider: JsonObject): string | undefined {
  const allowed = texts(provider.allowed_account_ids);
  const roles = blocks(provider.assume_role).map((role) => text(role.role_arn)?.split(":")[4]);
  return allowed.length === 1 && roles.every((account) => account === allowed[0]) ? allowed[0] : undefined;
}

function parseBlocks(
  mode: Block["mode"],
  types: unknown,
  places: ReadonlyMap<string, Place>,
): readonly Block[] {
  return Object.entries(object(types)).flatMap(([type, named]) =>
    Object.entries(object(named)).map(([name, attributes]) => ({
      mode,
      type,
      name,
      address: `${mode === "data" ? "data." : ""}${type}.${name}`,
      attributes: object(attributes),
      place: places.get(text(object(attributes).provider) ?? ""),
    })),
  );
}

/** The blocks of one type. */
export function blocksOf(stack: Stack, type: string): readonly Block[] {
  return stack.blocks.filter((block) => block.type === type);
}

/** The resource of a stack that an expression such as `${aws_cloudfront_function.router.arn}` refers to. */
export function referredBlock(stack: Stack, expression: string | undefined): Block | undefined {
  const parts = referenceParts(expression) ?? [];
  const [mode, type, name] = parts[0] === "data" ? parts : ["resource", ...parts];
  return stack.blocks.find((block) => block.mode === mode && block.type === type && block.name === name);
}
