import { createHash } from "node:crypto";
import { type App, TerraformStack } from "cdktf";
import { fingerprintOutput } from "../fleet/names";
import { isMap } from "../fleet/values";

/**
 * Gives every stack of an app an output that says what it was deployed with: a hash of its own JSON, in which the hashes
 * of its bundles and the exact version of the provider stand, too.
 *
 * The output depends on every resource. Terraform sets an output only when all that it depends on is done, so the state
 * of a stack whose deploy failed half-way keeps the old one, whoever deployed it.
 */
export function addFingerprints(app: App): void {
  for (const stack of app.node.findAll().filter((construct) => TerraformStack.isStack(construct))) {
    const original = stack.toTerraform.bind(stack);
    stack.toTerraform = () => withFingerprint(original());
  }
}

/** JSON of a stack, as CDKTF hands it over to be written. */
interface StackJson {
  readonly output?: Readonly<Record<string, unknown>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function withFingerprint(stack: StackJson): StackJson {
  const output = {
    description: "What the stack was deployed with",
    value: createHash("sha256")
      .update(JSON.stringify(withoutNotes(stack)))
      .digest("hex"),
    depends_on: Object.entries(stack.resource ?? {})
      .flatMap(([type, resources]) => Object.keys(resources).map((name) => `${type}.${name}`))
      .sort(),
  };
  return { ...stack, output: { ...stack.output, [fingerprintOutput]: output } };
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
