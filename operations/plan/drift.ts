import { createHash } from "node:crypto";
import type { Fleet } from "../../fleet/model";
import type { FleetStack } from "../../fleet/stacks";
import { count } from "../../fleet/wording";
import { reducePlan } from "./changes";
import { putAsideIn } from "./local-words";
import { observedChanges } from "./observed-changes";
import type { Change, FailedStack } from "./picture-schema";
import { regionsIn, targetsAround } from "./places";
import type { TerraformPlan } from "./terraform-plan";
import { titleOf } from "./wording";

/** What is no longer as deployed: the form of `meridian drift --json`. */
export interface DriftPicture {
  readonly version: 1;
  /** Stacks with anything that was changed or taken away since their deploy, sorted. */
  readonly drifted: readonly string[];
  /** Stacks that are as deployed, sorted. */
  readonly asDeployed: readonly string[];
  /** Stacks that were never deployed, and so cannot drift; sorted. */
  readonly notDeployed: readonly string[];
  /** What differs from the crowd first. */
  readonly groups: readonly DriftGroup[];
  /** Stacks that could not be asked about, by name. */
  readonly failed: readonly FailedStack[];
}

/** What was changed in the same way in all these stacks, names and places put aside. */
export interface DriftGroup {
  /** For people, e.g. `memory of hello 256 to 1024, only in acme_blue_eu-west-1`. */
  readonly title: string;
  /** Sorted. */
  readonly stacks: readonly string[];
  /** `before`: as deployed, `after`: as it is in the cloud now; the action `delete`: it is gone. */
  readonly changes: readonly Change[];
}

/** What a picture of the drift is told besides the plans. */
export type DriftEnd = Pick<DriftPicture, "asDeployed" | "failed" | "notDeployed">;

/** A picture that grows plan by plan. */
export interface GrowingDrift {
  /**
   * @param plan of `terraform plan -refresh-only`
   * @returns how many resources are no longer as deployed
   */
  add(stack: FleetStack, plan: TerraformPlan): number;
  finish(end: DriftEnd): DriftPicture;
}

interface GrowingGroup {
  readonly stacks: string[];
  readonly changes: readonly Change[];
  /** As in the only stack; let go of once there is a second one. */
  own?: readonly Change[];
}

/** Begins the picture of what is no longer as deployed. */
export function startDrift(fleet: Fleet): GrowingDrift {
  const putAsideOf = putAsideIn(fleet);
  const targetsOf = targetsAround(fleet);
  const groups = new Map<string, GrowingGroup>();
  const asDeployed: string[] = [];

  return {
    add(stack, plan) {
      const targets = targetsOf(stack);
      const regionOf = regionsIn(plan, stack, targets);
      const told = stack.regions.length > 1 ? regionOf : () => undefined;
      const aliases = targets.map(({ alias }) => alias);
      const { alike, changes } = reducePlan(
        { ...plan, resource_changes: observedChanges(plan), output_changes: {} },
        putAsideOf(stack),
        told,
        aliases,
      );
      const [drift, shared] = [changes, alike].map((list) => list.filter(isDrift)) as [Change[], Change[]];
      if (drift.length === 0) {
        asDeployed.push(stack.name);
        return 0;
      }
      const key = createHash("sha256").update(JSON.stringify(shared)).digest("base64");
      const known = groups.get(key);
      if (known) {
        known.stacks.push(stack.name);
        known.own = undefined;
      } else {
        groups.set(key, { stacks: [stack.name], changes: shared, own: drift });
      }
      return drift.length;
    },

    finish({ failed, notDeployed, ...end }) {
      const finished = [...groups.values()].map(finishedGroup).sort(byCrowd);
      return {
        version: 1,
        drifted: finished.flatMap(({ stacks }) => stacks).sort(),
        asDeployed: [...new Set([...asDeployed, ...end.asDeployed])].sort(),
        notDeployed: [...notDeployed].sort(),
        groups: finished,
        failed: [...failed].sort((a, b) => (a.stack < b.stack ? -1 : 1)),
      };
    },
  };
}

/** Where nothing differs that anybody could tell, Terraform only reads another form of the same. */
function isDrift({ actions, attributes }: Change): boolean {
  return attributes.length > 0 || actions.includes("delete");
}

function finishedGroup({ changes, own = changes, stacks }: GrowingGroup): DriftGroup {
  const where =
    stacks.length > 1 ? `the same in ${count(stacks.length, "stack")}` : `only in ${stacks[0] as string}`;
  return {
    title: `${titleOf(own, false, { destroy: "gone: " })}, ${where}`,
    stacks: [...stacks].sort(),
    changes: own,
  };
}

/** What is gone, then what differs from the crowd. */
function byCrowd(a: DriftGroup, b: DriftGroup): number {
  return (
    Number(hasGone(b)) - Number(hasGone(a)) ||
    a.stacks.length - b.stacks.length ||
    ((a.stacks[0] ?? "") < (b.stacks[0] ?? "") ? -1 : 1)
  );
}

function hasGone({ changes }: DriftGroup): boolean {
  return changes.some(({ actions }) => actions.includes("delete"));
}
