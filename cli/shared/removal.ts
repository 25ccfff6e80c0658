import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Selection, selectStacks } from "../../fleet/selection";
import type { FleetStack } from "../../fleet/stacks";
import { rewriteAs } from "../../operations/plan/as-role";
import type { LostData } from "../../operations/plan/data-things";
import { type FoundOrphans, findOrphans } from "../../operations/plan/orphans";
import type { FleetPlan } from "../../operations/plan/plan-fleet";
import { dataTypesOf } from "../../operations/plan/resource-types";
import { requireDestroyable, requireKnown, requireNamed } from "../../operations/removal/data";
import {
  type OrphanStack,
  placeholder,
  readOrphans,
  type UnusableOrphan,
} from "../../operations/removal/orphan-stacks";
import type { StackPlace } from "../../operations/store/model";
import { reason } from "../../operations/store/states";
import { type FleetWork, say } from "./fleet-work";

/** Options of commands that take orphans away, or show what that would be. */
export interface RemovalOptions {
  readonly remove?: boolean;
  /** Names of what may go with its data. */
  readonly deleteData?: readonly string[];
}

/** The orphans of a fleet, ready to be taken away. */
export interface Removal {
  readonly found: FoundOrphans;
  readonly orphans: readonly OrphanStack[];
  readonly unusable: readonly UnusableOrphan[];
  /** Laid out like the output folder, with the JSON of the orphans. */
  readonly outdir: string;
}

/**
 * Finds the orphans that a command is about and gets them ready, before the synth, which may remove what it does not
 * know. The selection is one of stacks of the fleet file and orphans alike.
 *
 * @throws {UserError} nothing is selected
 */
export async function openRemoval(
  work: FleetWork,
  selection: Selection,
): Promise<{ readonly work: FleetWork; readonly removal: Removal }> {
  const { as, fleet, stacks, store, synthesized: outdir } = work;
  const found = await findOrphans(fleet, store);
  // Beside the output folder, for the JSON names local state relative to where it lies.
  const folder = mkdtempSync(join(dirname(outdir), ".meridian-orphans-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const names = new Set(stacks.map(({ name }) => name));
  const dataTypes = dataTypesOf(fleet.extensions);
  const { unusable, usable } = await readOrphans(found.orphans, names, store, { outdir, folder }, dataTypes);
  if (as)
    await rewriteAs(
      folder,
      usable.map(({ stack }) => stack),
      as.swap,
    );
  const others = unusable.map(({ orphan }) => placeholder(orphan));
  const candidates = [...usable.map(({ stack }) => stack), ...others];
  const selected = new Set(selectStacks([...stacks, ...candidates], selection));
  return {
    work: {
      ...work,
      selected: stacks.filter((stack) => selected.has(stack)),
      close() {
        process.removeListener("exit", remove);
        remove();
        work.close();
      },
    },
    removal: {
      found,
      orphans: usable.filter(({ stack }) => selected.has(stack)),
      unusable: unusable.filter((_, index) => selected.has(others[index] as FleetStack)),
      outdir: folder,
    },
  };
}

/**
 * @throws {UserError} something that is to go is protected, or holds data and is not named
 */
export function requireRemovable({ orphans }: Removal, { deleteData = [] }: RemovalOptions): void {
  requireDestroyable(orphans, deleteData);
}

/**
 * What of stacks that stay is destroyed, or made again, with its data.
 *
 * @returns by stack, in the order of their names
 */
export function lostIn({ planned }: Pick<FleetPlan, "planned">): readonly LostData[] {
  return [...planned.values()].filter(({ destroys }) => !destroys).flatMap(({ loses }) => loses);
}

/**
 * @param orphans that are taken away
 * @throws {UserError} stacks that stay would lose data that is not named, or a name is that of nothing that goes
 */
export function requireLosses(
  plan: Pick<FleetPlan, "planned">,
  orphans: readonly OrphanStack[],
  { deleteData = [] }: RemovalOptions,
): void {
  const lost = lostIn(plan);
  const taken = orphans.flatMap(({ data }) => data);
  requireNamed(lost, deleteData, taken);
  // Before there was a plan, nobody knew of data of the same name in stacks that stay.
  requireDestroyable(orphans, deleteData, lost);
  requireKnown([...lost, ...taken], deleteData);
}

/** Removes the states in which nothing is any more, of stacks that the fleet file does not have. */
export async function removeEmptyStates(
  { store }: Pick<FleetWork, "store">,
  places: readonly StackPlace[],
): Promise<void> {
  for (const place of places) {
    try {
      await store.removeState(place);
      say(`Removed the state of ${place.stack}, in which nothing was any more.`);
    } catch (error) {
      say(`note: the empty state of ${place.stack} was not removed: ${reason(error)}`);
    }
  }
}
