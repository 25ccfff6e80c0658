import { createHash } from "node:crypto";
import type { Account } from "../../fleet/account";
import type { Fleet } from "../../fleet/model";
import type { FleetStack } from "../../fleet/stacks";
import { count } from "../../fleet/wording";
import { changesAnything, reducePlan } from "./changes";
import { dataRefusals } from "./data-refusals";
import { putAsideIn } from "./local-words";
import { collisionsWith, createdThings, type Thing } from "./name-collisions";
import type { Change, FailedStack, Group, Picture, Risk, Severity } from "./picture-schema";
import { regionsIn, targetsAround } from "./places";
import { dataTypesOf } from "./resource-types";
import { riskOf, severityRank, sortedRisks } from "./risk";
import { stackRisks } from "./stack-risks";
import type { TerraformPlan } from "./terraform-plan";
import { titleOf } from "./wording";
import { lostZoneRisks } from "./zone-risks";

/** A stack that has resources in its state and is no longer in the fleet file. */
export interface Orphan {
  readonly stack: string;
  readonly account: Account;
  /** Where its targets were; none if it is no target's stack. */
  readonly regions: readonly string[];
  /** The zone that it was in, where its release or its tags still say so. */
  readonly zone?: { readonly name: string; readonly regions: readonly string[] };
  /** What its state holds: see {@link thingOf}. */
  readonly resources: readonly Thing[];
  /** Why it counts as one. */
  readonly why: string;
}

/** What one stack's plan came to. */
export interface StackSummary {
  readonly stack: string;
  /** Whether there is anything to apply. */
  readonly changed: boolean;
  /** Whether only outputs change. */
  readonly recordsOnly: boolean;
  /** How many resources and outputs change. */
  readonly changes: number;
  /** Of the worst risk. */
  readonly severity?: Severity;
  /** What would be made, as {@link collisionsWith} compares it. */
  readonly created: readonly Thing[];
}

/** What a picture is told besides the plans. */
export interface PictureEnd {
  /** Stacks that were not planned because their fingerprint has not changed. */
  readonly unchanged: readonly string[];
  readonly orphans: readonly Orphan[];
  readonly failed: readonly FailedStack[];
  /** Risks of what could not be planned. @default none */
  readonly risks?: readonly Risk[];
}

/** How a plan came about. */
export interface AddOptions {
  /** Whether it was read off the stack's JSON, because Terraform cannot plan it yet. @default false */
  readonly predicted?: boolean;
  /** Something to know about it; stacks with another note are another group. */
  readonly note?: string;
}

/** What a picture needs to know of the fleet's rollout. */
export interface PictureOptions {
  /** Whether a change of this stack reaches all viewers at once: one wave, and more than one region or cell in it. */
  readonly allAtOnce?: (stack: FleetStack) => boolean;
}

/** A picture that grows plan by plan. Of each plan it keeps what is new in it, and never the plan. */
export interface GrowingPicture {
  add(stack: FleetStack, plan: TerraformPlan, options?: AddOptions): StackSummary;
  finish(end: PictureEnd): Picture;
}

interface GrowingGroup {
  readonly stacks: string[];
  /** As in the only stack; let go of once there is a second one. */
  own?: { readonly changes: readonly Change[]; readonly risks: readonly Risk[] };
  readonly changes: readonly Change[];
  /** By their text, with the stacks that have them: where and how a stack is deployed makes risks of its own. */
  readonly risks: Map<string, { readonly risk: Risk; readonly stacks: string[] }>;
  readonly recordsOnly: boolean;
  readonly predicted: boolean;
  readonly notes: readonly string[];
}

/**
 * Begins the picture of a fleet's plan.
 *
 * @example
 * const picture = startPicture(fleet, { allAtOnce });
 * for (const stack of stacks) picture.add(stack, parsePlan(await show(stack)));
 * picture.finish({ unchanged, orphans, failed });
 */
export function startPicture(fleet: Fleet, options: PictureOptions = {}): GrowingPicture {
  const putAsideOf = putAsideIn(fleet);
  const targetsOf = targetsAround(fleet);
  const groups = new Map<string, GrowingGroup>();
  const unchanged: string[] = [];
  const made: { readonly stack: string; readonly things: readonly Thing[] }[] = [];
  const refusals: Risk[] = [];
  const dataTypes = dataTypesOf(fleet.extensions);
  const risksOf = stackRisks(fleet, options.allAtOnce ?? (() => false));

  return {
    add(stack, plan, { note, predicted = false } = {}) {
      if (!predicted && !changesAnything(plan)) {
        unchanged.push(stack.name);
        return { stack: stack.name, changed: false, recordsOnly: false, changes: 0, created: [] };
      }
      const putAside = putAsideOf(stack);
      const targets = targetsOf(stack);
      const regionOf = regionsIn(plan, stack, targets);
      const told = stack.regions.length > 1 ? regionOf : () => undefined;
      const aliases = targets.map(({ alias }) => alias);
      const { alike, changes, recordsOnly } = reducePlan(plan, putAside, told, aliases);
      const drafts = risksOf({ stack, plan, regionOf });
      const risks = uniqueRisks(drafts.map((draft) => riskOf(draft, putAside)));
      const ownRisks = uniqueRisks(drafts.map((draft) => riskOf(draft, (text) => text)));
      const notes = note === undefined ? [] : [note];
      const group = { changes: alike, recordsOnly, predicted, notes };
      const key = createHash("sha256").update(JSON.stringify(group)).digest("base64");
      const known = groups.get(key);
      const held: GrowingGroup = known ?? {
        ...group,
        risks: new Map(),
        stacks: [],
        own: { changes, risks: ownRisks },
      };
      if (known) known.own = undefined;
      else groups.set(key, held);
      held.stacks.push(stack.name);
      for (const risk of risks) {
        const text = JSON.stringify(risk);
        const alikeRisk = held.risks.get(text) ?? { risk, stacks: [] };
        alikeRisk.stacks.push(stack.name);
        held.risks.set(text, alikeRisk);
      }
      const created = createdThings(plan, stack.account, regionOf);
      if (created.length > 0) made.push({ stack: stack.name, things: created });
      refusals.push(...dataRefusals(stack, plan, aliases));
      const worst = sortedRisks(ownRisks)[0]?.severity;
      return {
        ...{ stack: stack.name, changed: true, recordsOnly, changes: changes.length },
        ...(worst !== undefined && { severity: worst }),
        created,
      };
    },

    finish({ failed, orphans, risks = [], unchanged: untouched }) {
      const finished = [...groups.values()].map(finishedGroup).sort(byUrgency);
      const collisions = made.flatMap(({ stack, things }) =>
        collisionsWith(stack, things, orphans, dataTypes),
      );
      const fleetRisks = [...risks, ...refusals, ...collisions, ...lostZoneRisks(orphans, fleet)];
      return {
        version: 1,
        changed: finished.flatMap(({ stacks }) => stacks).sort(),
        unchanged: [...new Set([...unchanged, ...untouched])].sort(),
        risks: [...sortedRisks(fleetRisks)],
        groups: finished,
        orphans: [...orphans].sort(byStack).map(({ account, resources, stack, why }) => ({
          ...{ stack, account: account.id, why },
          resources: resources.map(({ address, id, type }) => ({
            address,
            type,
            ...(id !== undefined && { id }),
          })),
        })),
        failed: [...failed].sort(byStack),
        ...(fleet.waiting.length > 0 && { waiting: fleet.waiting.map(({ name }) => name) }),
      };
    },
  };
}

function finishedGroup(group: GrowingGroup): Group {
  const { changes, notes, own, predicted, recordsOnly, risks } = group;
  const stacks = [...group.stacks].sort();
  const shown = own ?? { changes, risks: [...risks.values()].map((found) => risksOf(found, stacks.length)) };
  const where =
    stacks.length > 1 ? `the same in ${count(stacks.length, "stack")}` : `only in ${stacks[0] as string}`;
  return {
    title: `${titleOf(shown.changes, recordsOnly)}, ${where}`,
    stacks,
    changes: [...shown.changes],
    risks: [...sortedRisks(shown.risks)],
    ...{ recordsOnly, predicted, notes: [...notes] },
  };
}

/** A risk of a group, with the stacks that have it where that are not all. */
function risksOf(
  { risk, stacks }: { readonly risk: Risk; readonly stacks: readonly string[] },
  all: number,
): Risk {
  return stacks.length === all ? risk : { ...risk, stacks: [...stacks].sort() };
}

/** By risk, then what differs from the crowd. */
function byUrgency(a: Group, b: Group): number {
  return (
    severityRank(a.risks) - severityRank(b.risks) ||
    Number(a.recordsOnly) - Number(b.recordsOnly) ||
    a.stacks.length - b.stacks.length ||
    ((a.stacks[0] ?? "") < (b.stacks[0] ?? "") ? -1 : 1)
  );
}

/** Two targets of a stack may have the same risk. */
function uniqueRisks(risks: readonly Risk[]): readonly Risk[] {
  return sortedRisks([...new Map(risks.map((risk) => [JSON.stringify(risk), risk])).values()]);
}

function byStack(a: { readonly stack: string }, b: { readonly stack: string }): number {
  return a.stack < b.stack ? -1 : 1;
}
