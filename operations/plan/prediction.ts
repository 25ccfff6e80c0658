import { isMap } from "../../fleet/values";
import type { StackState } from "../store/model";
import { isRest, type ReviewOptions } from "./reviewed";
import { type OutputRead, readsIn, type StackJson } from "./stack-json";
import type { PlanAction, ResourceChange, TerraformPlan } from "./terraform-plan";

/** What a stack is compared with where Terraform cannot plan it yet. */
export interface PredictionInput {
  readonly json: StackJson;
  /** Undefined where it was never deployed. */
  readonly state: StackState | undefined;
  /** JSON of what it was last deployed with, if that is known. */
  readonly before: StackJson | undefined;
  /** Outputs that will be others than those that it was deployed with. */
  readonly changing: readonly OutputRead[];
}

/**
 * What will become of a stack that reads outputs which are not there yet, such as a front whose targets are new: worked
 * out from its JSON. What is not in the state will be made, what is in the state alone will go, and what is written
 * otherwise than in the last release, or reads an output that changes, will be updated. Without a release, all that is
 * there may be.
 *
 * Values are those that stand in the JSON; the others are known when the stack's turn comes.
 */
export function predictPlan({ before, changing, json, state }: PredictionInput): TerraformPlan {
  const deployed = deployedBlocks(state);
  const changes: ResourceChange[] = [];
  for (const [type, blocks] of Object.entries(json.resource)) {
    for (const [name, block] of Object.entries(blocks)) {
      const there = deployed.delete(`${type}.${name}`);
      const action = there ? changeOf(block, before?.resource[type]?.[name], before, changing) : "create";
      changes.push(change(type, name, action, block));
    }
  }
  for (const address of deployed) {
    const [type = "", name = ""] = address.split(".");
    changes.push(change(type, name, "delete", {}));
  }
  return { format_version: "1.2", resource_changes: changes };
}

/** `<type>.<name>` of what a state holds. */
function deployedBlocks(state: StackState | undefined): Set<string> {
  const managed = (state?.resources ?? []).filter(
    ({ instances, mode }) => mode === "managed" && instances.length > 0,
  );
  return new Set(managed.map(({ name, type }) => `${type}.${name}`));
}

function changeOf(
  block: unknown,
  earlier: unknown,
  before: StackJson | undefined,
  changing: readonly OutputRead[],
): "no-op" | "update" {
  if (before === undefined) return "update";
  const text = JSON.stringify(block);
  if (text !== JSON.stringify(earlier)) return "update";
  const readsChange = readsIn(text).some(({ output, stack }) =>
    changing.some((read) => read.stack === stack && read.output === output),
  );
  return readsChange ? "update" : "no-op";
}

function change(
  type: string,
  name: string,
  action: PlanAction,
  block: Readonly<Record<string, unknown>>,
): ResourceChange {
  const { known, unknown } = literals(block);
  return {
    address: `${type}.${name}`,
    mode: "managed",
    type,
    name,
    change: {
      actions: [action],
      before: action === "create" ? null : {},
      after: action === "delete" ? null : known,
      after_unknown: action === "delete" ? {} : unknown,
      before_sensitive: {},
      after_sensitive: {},
    },
  };
}

/** Arguments of a block that are Terraform's own, and no attribute. */
const metaArguments: ReadonlySet<string> = new Set([
  "//",
  "provider",
  "depends_on",
  "lifecycle",
  "for_each",
  "count",
]);

/** What of a block's attributes stands there, and what is only known later. */
function literals(block: Readonly<Record<string, unknown>>) {
  const known: Record<string, unknown> = {};
  const unknown: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(block)) {
    if (metaArguments.has(key)) continue;
    if (hasReference(value)) unknown[key] = true;
    else known[key] = value;
  }
  return { known, unknown };
}

function hasReference(value: unknown): boolean {
  if (typeof value === "string") return value.includes("${");
  if (Array.isArray(value)) return value.some(hasReference);
  return isMap(value) && Object.values(value).some(hasReference);
}

/** What is to become of each resource of a stack, by `<type>.<name>`: what a later plan is held against. */
export type Actions = ReadonlyMap<string, string>;

/**
 * The actions of a plan, without those that change nothing. Of several instances of a resource, all count. What is taken
 * over because it is there already comes to be like what is created.
 */
export function actionsOf(plan: TerraformPlan): Actions {
  const actions = new Map<string, Set<string>>();
  for (const { change, mode, name, type } of plan.resource_changes ?? []) {
    const word = change.importing ? "create" : change.actions.join("-");
    if (mode !== "managed" || word === "no-op" || word === "read") continue;
    const address = `${type}.${name}`;
    actions.set(address, (actions.get(address) ?? new Set()).add(word));
  }
  return new Map([...actions].map(([address, words]) => [address, [...words].sort().join(", ")]));
}

/**
 * In what a plan does other things than were reviewed. That less happens is no difference: a predicted update may find
 * nothing to update.
 *
 * @param options.hasBegun whether an earlier attempt may have left things half-made. @default false
 *
 * @returns one line for each, e.g. `aws_cloudfront_distribution.front: delete-create, and not update`
 */
export function differences(
  reviewed: Actions,
  actual: Actions,
  { hasBegun = false }: Partial<ReviewOptions> = {},
): readonly string[] {
  return [...actual].flatMap(([address, word]) => {
    const expected = reviewed.get(address);
    if (expected === word || (hasBegun && expected !== undefined && isRest(expected, word))) return [];
    return [
      `${address}: ${word}${expected === undefined ? ", which was not in the plan" : `, and not ${expected}`}`,
    ];
  });
}
