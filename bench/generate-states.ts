import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { begunOutput, fingerprintOutput } from "../fleet/names";
import { isMap } from "../fleet/values";

type Block = Readonly<Record<string, unknown>>;
type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** What of a stack's JSON its state is made of. */
interface Written {
  readonly provider: {
    readonly aws: readonly { readonly default_tags?: readonly { readonly tags: Block }[] }[];
  };
  readonly resource: Blocks;
  readonly data?: Blocks;
  readonly output: Readonly<Record<string, { readonly value: unknown }>>;
}

/** Arguments that are Terraform's own: a state does not have them. */
const metaArguments: ReadonlySet<string> = new Set(["//", "provider", "depends_on", "lifecycle"]);

/**
 * Writes a state for every stack of a synth, as a deploy leaves it: in the form of Terraform's, of about its size, with the
 * fingerprint of the JSON. What AWS would have decided is made up.
 *
 * @param outdir output folder of the synth; local states lie beside it
 * @returns how many there are
 */
export function writeStates(outdir: string): number {
  const states = join(outdir, "..", "terraform-state");
  mkdirSync(states, { recursive: true });
  const stacks = readdirSync(join(outdir, "stacks"));
  for (const stack of stacks) {
    const written: Written = JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8"));
    writeFileSync(join(states, `${stack}.tfstate`), `${JSON.stringify(stateOf(written), null, 2)}\n`);
  }
  return stacks.length;
}

function stateOf({ data = {}, output, provider, resource }: Written): unknown {
  const tags = provider.aws[0]?.default_tags?.[0]?.tags ?? {};
  const addresses = each(resource, (type, name) => `${type}.${name}`);
  const managed = each(resource, (type, name, block, index) => ({
    ...{ mode: "managed", type, name },
    provider: `provider["registry.terraform.io/hashicorp/aws"].${String(block.provider).slice("aws.".length)}`,
    instances: [
      {
        schema_version: 0,
        attributes: {
          ...attributesOf(block),
          arn: `arn:aws:made-up:eu-central-1:111111111111:${type}/${name}`,
          id: name,
          tags: {},
          tags_all: tags,
          timeouts: null,
        },
        sensitive_attributes: [],
        private: "bnVsbA==",
        dependencies: addresses.slice(0, index),
      },
    ],
  }));
  const read = each(data, (type, name, block) => ({
    ...{ mode: "data", type, name, provider: 'provider["terraform.io/builtin/terraform"]' },
    instances: [{ schema_version: 0, attributes: attributesOf(block), sensitive_attributes: [] }],
  }));
  // Terraform works it out once everything is done.
  const done = { ...output, [fingerprintOutput]: output[begunOutput] ?? { value: "" } };
  const outputs = Object.entries(done).map(([name, { value }]) => [name, { value, type: typeOf(value) }]);
  return {
    ...{
      version: 4,
      terraform_version: "1.11.4",
      serial: 9,
      lineage: "6f1c0b7e-0000-4000-8000-000000000000",
    },
    outputs: Object.fromEntries(outputs),
    resources: [...read, ...managed],
    check_results: null,
  };
}

function each<T>(
  blocks: Blocks,
  make: (type: string, name: string, block: Block, index: number) => T,
): readonly T[] {
  return Object.entries(blocks)
    .flatMap(([type, named]) => Object.entries(named).map(([name, block]) => ({ type, name, block })))
    .map(({ block, name, type }, index) => make(type, name, block, index));
}

function attributesOf(block: Block): Block {
  return Object.fromEntries(Object.entries(block).filter(([key]) => !metaArguments.has(key)));
}

/** As Terraform writes types down. */
function typeOf(value: unknown): unknown {
  if (Array.isArray(value)) return ["tuple", value.map(typeOf)];
  if (!isMap(value)) return typeof value === "boolean" ? "bool" : typeof value;
  return ["object", Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typeOf(one)]))];
}
