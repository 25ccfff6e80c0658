import { begunOutput, fingerprintOutput } from "../../fleet/names";
import { changedAttributes, retold } from "./attributes";
import { type PutAside, withoutHash } from "./local-words";
import type { Change } from "./picture-schema";
import type { ResourceChange, TerraformPlan, ValueChange } from "./terraform-plan";
import { subjectOf } from "./wording";

/** Whether there is anything to apply, be it only the fingerprint. */
export function changesAnything({ output_changes = {}, resource_changes = [] }: TerraformPlan): boolean {
  return resource_changes.some(isChange) || Object.values(output_changes).some((change) => !isNoOp(change));
}

/** What a plan comes to: as it is, and as it would read in any other stack. */
export interface ReducedPlan {
  readonly changes: readonly Change[];
  readonly alike: readonly Change[];
  /** Whether no resource changes. */
  readonly recordsOnly: boolean;
}

/** Outputs that say what a stack is deployed with: they change with every deploy. */
const ownOutputs: ReadonlySet<string> = new Set([begunOutput, fingerprintOutput]);

/** The changes of a plan, without its values that nobody may see; everything else of the plan can be let go of then. */
export function reducePlan(
  plan: TerraformPlan,
  putAside: PutAside,
  regionOf: (change: ResourceChange) => string | undefined,
  aliases: readonly string[],
): ReducedPlan {
  const resources = (plan.resource_changes ?? []).filter(isChange);
  const outputs = Object.entries(plan.output_changes ?? {});
  const shownOutputs = outputs.filter(([name, change]) => !ownOutputs.has(name) && !isNoOp(change));
  const changes = [
    ...resources.map((resource) => changeOf(resource, regionOf(resource), aliases)),
    ...shownOutputs.map(([name, change]) => outputChange(name, change)),
  ].sort((a, b) => (a.address < b.address ? -1 : 1));
  return {
    changes: changes.map((change) => withRetoldTexts(change, (text) => text)).map(withoutRegion),
    alike: merged(changes.map((change) => withRetoldTexts(change, putAside, true))),
    recordsOnly: resources.length === 0,
  };
}

/** Whether something happens to a resource. Reading data changes nothing. */
export function isChange({ change, mode, previous_address }: ResourceChange): boolean {
  if (mode === "data" || change.actions.includes("read")) return false;
  return !isNoOp(change) || change.importing !== undefined || previous_address !== undefined;
}

function isNoOp({ actions }: ValueChange): boolean {
  return actions.every((action) => action === "no-op");
}

function changeOf(resource: ResourceChange, region: string | undefined, aliases: readonly string[]): Change {
  const { address, change, deposed, previous_address, type } = resource;
  return {
    address: deposed === undefined ? address : `${address} (left over from a replacement)`,
    subject: subjectOf(address, aliases),
    type,
    actions: [...change.actions],
    attributes: [...changedAttributes(change)],
    ...(region !== undefined && { region }),
    ...(change.importing && { importing: change.importing.id ?? "" }),
    ...(previous_address !== undefined && { previousAddress: previous_address }),
  };
}

function outputChange(name: string, change: ValueChange): Change {
  const attributes = [...changedAttributes(change, "value")];
  return {
    address: `output.${name}`,
    subject: `output ${name}`,
    type: "output",
    actions: [...change.actions],
    attributes,
  };
}

function withRetoldTexts(change: Change, say: (text: string) => string, dropsHash = false): Change {
  const { address, attributes, importing, previousAddress, subject } = change;
  const named = (text: string) => say(dropsHash ? withoutHash(text) : text);
  return {
    ...change,
    address: named(address),
    subject: say(subject),
    attributes: attributes.map((attribute) => retold(attribute, say)),
    ...(importing !== undefined && { importing: say(importing) }),
    ...(previousAddress !== undefined && { previousAddress: named(previousAddress) }),
  };
}

function withoutRegion({ region: _, ...change }: Change): Change {
  return change;
}

/**
 * One change for those that are the same in each target of a stack. Where a target does otherwise than another, both say
 * where they are.
 */
function merged(changes: readonly Change[]): readonly Change[] {
  const places = new Set(changes.flatMap(({ region }) => (region === undefined ? [] : [region])));
  const byText = new Map<string, Change[]>();
  for (const change of changes) {
    const text = JSON.stringify(withoutRegion(change));
    byText.set(text, [...(byText.get(text) ?? []), change]);
  }
  return [...byText.values()].flatMap((same) => {
    const isAlike = same.length >= places.size || places.size === 0;
    return isAlike ? [withoutRegion(same[0] as Change)] : same;
  });
}
