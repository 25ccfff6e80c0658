import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../fleet/errors";
import type { FleetStack } from "../../fleet/stacks";
import { mapFew } from "../store/objects";
import type { Picture } from "./picture-schema";
import { isPlanThere } from "./plan-files";
import type { FleetPlan } from "./plan-fleet";
import type { PlannedStack } from "./plan-stack";

/** What a folder of plans says of them. */
interface SavedPlans {
  readonly version: 1;
  /** The role that they were made as, where that is not the deploy role: they can only be compared then, not applied. */
  readonly role?: string;
  readonly stacks: Readonly<
    Record<
      string,
      Pick<
        PlannedStack,
        "destroys" | "fingerprint" | "isCurrent" | "isNew" | "loses" | "toChange" | "withdraws"
      > & {
        /** Whether Terraform's plan is in the folder. */
        readonly hasFile: boolean;
        readonly actions: readonly (readonly [string, string])[];
      }
    >
  >;
  readonly failed: readonly { readonly stack: string; readonly why: string }[];
  readonly unchanged: readonly string[];
  readonly picture: Picture;
}

const index = "plans.json";

/**
 * Writes down what was reviewed, beside the plans.
 *
 * @param role that they were made as. @default the deploy roles
 */
export async function savePlans(
  folder: string,
  plan: FleetPlan,
  picture: Picture,
  role?: string,
): Promise<void> {
  const saved: SavedPlans = {
    version: 1,
    role,
    stacks: Object.fromEntries(
      [...plan.planned].map(([name, { actions, asRole: _as, file, stack: _, ...more }]) => [
        name,
        { ...more, hasFile: file !== undefined, actions: [...actions] },
      ]),
    ),
    failed: [...plan.failed.values()].map(({ stack, why }) => ({ stack: stack.name, why })),
    unchanged: plan.unchanged.map(({ name }) => name),
    picture,
  };
  await writeFile(join(folder, index), `${JSON.stringify(saved)}\n`, { mode: 0o600 });
}

/** Plans that were reviewed before. */
export interface LoadedPlans {
  readonly plan: FleetPlan;
  readonly picture: Picture;
  /** That they were made as; absent where they are applied as they are. */
  readonly role?: string;
  /** SHA-256, in hex, of what is said of them: the same for every build that deploys them. */
  readonly digest: string;
}

/**
 * Reads plans that were reviewed before.
 *
 * @param orphans names of those of the stacks that are orphans, and may be destroyed
 * @param now about a stack as it is synthesized now
 * @throws {UserError} there are none, they were used already, or the fleet has changed since
 */
export async function loadPlans(
  folder: string,
  stacks: readonly FleetStack[],
  orphans: ReadonlySet<string>,
  now: {
    readonly fingerprintOf: (stack: FleetStack) => Promise<string>;
    /** Whether its state says that it is deployed so already. */
    readonly isDeployed: (stack: FleetStack) => Promise<boolean>;
    /** Whether the fleet has a stack of that name, and it is not to be deployed now: its plan is left. @default it has none */
    readonly isLeft?: (name: string) => boolean;
  },
): Promise<LoadedPlans> {
  const text = await readFile(join(folder, index), "utf8").catch(() => undefined);
  if (text === undefined) {
    throw new UserError(
      `there are no plans in ${folder}`,
      "what was reviewed is what is deployed",
      `make them: npx meridian plan --out ${folder}`,
    );
  }
  const saved: SavedPlans = JSON.parse(text);
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const planned = new Map<string, PlannedStack>();
  const done = await doneOf(saved, byName, now.isDeployed);
  for (const [name, { actions, hasFile, ...more }] of Object.entries(saved.stacks)) {
    const { destroys, fingerprint } = more;
    const stack = byName.get(name);
    if (!stack && now.isLeft?.(name)) continue;
    // What was to be destroyed may be in the fleet file again by now.
    if (stack && orphans.has(name) !== (destroys ?? false)) throw outdated(folder, name);
    if (!stack && destroys) throw notRemoved(folder, name);
    if (!stack || (await now.fingerprintOf(stack)) !== fingerprint) throw outdated(folder, name);
    if (done.has(stack)) continue;
    const file = hasFile ? join(folder, `${name}.tfplan`) : undefined;
    if (file !== undefined && !isPlanThere(file, saved.role !== undefined)) throw used(folder, name);
    planned.set(name, { ...more, stack, file, actions: new Map(actions), asRole: saved.role });
  }
  const failed = saved.failed.flatMap(({ stack: name, why }) => {
    const stack = byName.get(name);
    return stack ? [[name, { stack, why }] as const] : [];
  });
  const unchanged = saved.unchanged.flatMap((name) => byName.get(name) ?? []);
  return {
    plan: { planned, unchanged: [...unchanged, ...done], failed: new Map(failed) },
    picture: saved.picture,
    role: saved.role,
    digest: createHash("sha256").update(text).digest("hex"),
  };
}

/**
 * What an earlier attempt has applied already, of plans that another role has made: only these can be used again, for each is
 * planned anew. What was as its JSON has it when it was planned says nothing of that.
 */
async function doneOf(
  { role, stacks }: SavedPlans,
  byName: ReadonlyMap<string, FleetStack>,
  isDeployed: (stack: FleetStack) => Promise<boolean>,
): Promise<ReadonlySet<FleetStack>> {
  const candidates = Object.entries(stacks).flatMap(([name, { destroys, isCurrent }]) => {
    const stack = byName.get(name);
    return role === undefined || destroys || isCurrent || !stack ? [] : [stack];
  });
  // A state that cannot be read now is no reason to hold up others: it is met again when its turn comes.
  const found = await mapFew(candidates, async (stack) =>
    (await isDeployed(stack).catch(() => false)) ? [stack] : [],
  );
  return new Set(found.flat());
}

function outdated(folder: string, stack: string): UserError {
  return new UserError(
    `the plan of ${stack} in ${folder} was made from another fleet`,
    "what was reviewed would not be what the fleet file says now",
    "plan again, or check out the commit that was planned",
  );
}

function notRemoved(folder: string, stack: string): UserError {
  return new UserError(
    `the plans in ${folder} destroy the orphan ${stack}`,
    "nothing is destroyed unless that is asked for, and only what is an orphan",
    "deploy them with --remove, and the same --delete-data as planned; if it is gone already, plan again",
  );
}

function used(folder: string, stack: string): UserError {
  return new UserError(
    `the plan of ${stack} is not in ${folder} any more`,
    "a plan is applied once",
    `plan again: npx meridian plan --out <another folder>`,
  );
}
