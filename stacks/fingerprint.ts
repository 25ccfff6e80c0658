import { createHash } from "node:crypto";
import { type App, TerraformStack } from "cdktf";
import { begunOutput, fingerprintOutput } from "../fleet/names";
import { isMap } from "../fleet/values";

/**
 * Gives every stack of an app two outputs that say what it was deployed with: a hash of its own JSON, in which the hashes of
 * its bundles and the exact version of the provider stand, too.
 *
 * A value that the plan knows is in the state as soon as Terraform first writes it, whatever the output depends on: one
 * output says so what the last deploy began with. The other one goes through data that is only read when every resource is
 * done, so that no deploy that failed half-way or was killed shows it, whoever deployed.
 * https://developer.hashicorp.com/terraform/language/data-sources#dependencies
 */
export function addFingerprints(app: App): void {
  for (const stack of app.node.findAll().filter((construct) => TerraformStack.isStack(construct))) {
    const original = stack.toTerraform.bind(stack);
    stack.toTerraform = () => withFingerprint(original());
  }
}

/** Blocks by type and name. */
type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** What of a block matters here. */
interface Block {
  readonly provider?: string;
  readonly depends_on?: readonly string[];
}

/** JSON of a stack, as CDKTF hands it over to be written. */
interface StackJson {
  readonly data?: Blocks;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly resource?: Blocks;
}

/** What is read last. Its value is of no interest, and the provider has it without asking AWS. */
const last = { type: "aws_partition", name: "meridian_last" };

function withFingerprint(stack: StackJson): StackJson {
  const { data, output, resource = {} } = stack;
  const hash = createHash("sha256")
    .update(JSON.stringify(withoutNotes(stack)))
    .digest("hex");
  const begun = { description: "What its last deploy was begun with", value: hash };
  const description = "What it was deployed with";
  const resources = Object.entries(resource).flatMap(([type, blocks]) =>
    Object.entries(blocks).map(([name, { provider }]) => ({ address: `${type}.${name}`, provider })),
  );
  const provider = resources.find((one) => one.provider !== undefined)?.provider;
  const outputs = { ...output, [begunOutput]: begun };
  if (provider === undefined)
    return { ...stack, output: { ...outputs, [fingerprintOutput]: { description, value: hash } } };
  const depends_on = resources.map(({ address }) => address).sort();
  const value = `${hash}\${substr(data.${last.type}.${last.name}.id, 0, 0)}`;
  return {
    ...stack,
    data: { ...data, [last.type]: { ...data?.[last.type], [last.name]: { provider, depends_on } } },
    output: { ...outputs, [fingerprintOutput]: { description, value } },
  };
}

/**
 * The same data with the keys of every map in alphabetical order, for the order in which things were written is no
 * change, and without what CDKTF notes for itself: versions, paths, traces.
 */
function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (!isMap(value)) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) if (key !== "//") result[key] = withoutNotes(value[key]);
  return result;
}
