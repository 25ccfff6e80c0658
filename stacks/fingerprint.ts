import { createHash } from "node:crypto";
import { type App, TerraformStack } from "cdktf";
import { begunOutput, fingerprintOutput } from "../fleet/names";
import { isMap } from "../fleet/values";

/**
 * Gives every stack of an app two outputs with a fingerprint, which is a hash of its own JSON, in which the hashes of its
 * bundles and the exact version of the provider stand, too. One is set as soon as a deploy begins, the other when all of it
 * is done, whoever deploys. So a stack is as its JSON says where both say the same: one whose deploy failed half-way is
 * neither what it was nor what it was to be.
 */
export function addFingerprints(app: App): void {
  for (const stack of app.node.findAll().filter((construct) => TerraformStack.isStack(construct))) {
    const original = stack.toTerraform.bind(stack);
    stack.toTerraform = () => withFingerprint(original());
  }
}

type Blocks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** JSON of a stack, as CDKTF hands it over to be written. */
interface StackJson {
  readonly output?: Readonly<Record<string, unknown>>;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly provider?: { readonly aws?: readonly { readonly alias?: string }[] };
}

/** A data source that asks nobody anything: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/data-sources/partition */
const type = "aws_partition";

/**
 * Terraform sets an output whose value it knows from the plan whatever becomes of what it depends on
 * (https://github.com/hashicorp/terraform/issues/16609). So the one that comes last is made to wait for a data source, which
 * is read when all that it depends on is done; in a plan without changes, at once.
 */
function withFingerprint(stack: StackJson): StackJson {
  const fingerprint = createHash("sha256")
    .update(JSON.stringify(withoutNotes(stack)))
    .digest("hex");
  const all = Object.entries(stack.resource ?? {})
    .flatMap(([resourceType, resources]) => Object.keys(resources).map((name) => `${resourceType}.${name}`))
    .sort();
  const begun = { description: "What the last deploy began with", value: fingerprint };
  const description = "What the stack was deployed with, to the end";
  const alias = stack.provider?.aws?.[0]?.alias;
  if (alias === undefined || all.length === 0) {
    const done = { description, value: fingerprint };
    return { ...stack, output: { ...stack.output, [begunOutput]: begun, [fingerprintOutput]: done } };
  }
  const last = { provider: `aws.${alias}`, depends_on: all };
  const done = {
    description,
    value: `\${data.${type}.${fingerprintOutput}.id == "" ? "" : "${fingerprint}"}`,
  };
  return {
    ...stack,
    data: { ...stack.data, [type]: { ...stack.data?.[type], [fingerprintOutput]: last } },
    output: { ...stack.output, [begunOutput]: begun, [fingerprintOutput]: done },
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
