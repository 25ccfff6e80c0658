import type { Drain } from "../../fleet/drains";
import { UserError } from "../../fleet/errors";
import type { Cell, Fleet } from "../../fleet/model";
import { listed } from "../../fleet/wording";
import type { AwsSession } from "../aws/role-credentials";
import { changeCell } from "../drains/change-drains";
import { type Decide, drainRegion, undrainRegion } from "../drains/decision";
import { openCells } from "../drains/open-cells";
import type { LeavingRegions } from "../rollout/run-order";
import type { FleetStore } from "../store/model";
import { reason } from "../store/states";
import { originsOf } from "./deployed-fronts";
import type { OrphanStack } from "./orphan-stacks";

/** What {@link leavingRegions} works with. */
export interface LeavingContext {
  readonly fleet: Fleet;
  readonly orphans: readonly OrphanStack[];
  readonly store: Pick<FleetStore, "state">;
  readonly session: AwsSession;
  /** Id of the run, which the reason of each drain names. */
  readonly run: string;
  readonly say: (line: string) => void;
  /** @default the stores of AWS */
  readonly change?: ChangeDrains;
}

/** Changes the drains of a cell, in the store with this ARN; says whether anything had to be changed. */
export type ChangeDrains = (cell: Cell, arn: string, region: string, decide: Decide) => Promise<boolean>;

/** The front stack's output that holds the ARN of its key-value store. */
const storeOutput = "key_value_store";

/** Keeps viewers away from the regions of orphans, for as long as these are taken away. */
export function leavingRegions(context: LeavingContext): LeavingRegions {
  const { fleet, orphans, run, say, store } = context;
  const change = context.change ?? changeInAws(context);
  const why = `is taken away by ${run}`;
  /** Regions that this run has drained, by cell. */
  const own = new Map<string, Set<string>>();

  const cellOf = (name: string | undefined) => fleet.cells.find((cell) => cell.name === name);
  const leaving = (cell: Cell, from: readonly OrphanStack[]) => {
    const kept = new Set(cell.targets.map(({ region }) => region));
    return [...new Set(from.flatMap(({ stack }) => stack.regions))].filter((region) => !kept.has(region));
  };
  const deployed = async ({ front }: Cell) => {
    const state = await store.state(front);
    const arn = state?.outputs[storeOutput]?.value;
    return { origins: state ? originsOf(state) : new Set(), arn: typeof arn === "string" ? arn : undefined };
  };
  const takeBack = async (cell: Cell, region: string, onlyOwn: boolean) => {
    try {
      const { arn } = await deployed(cell);
      const decide: Decide = (_, drains) =>
        onlyOwn && !drains.some((drain) => drain.region === region && drain.reason === why)
          ? { kind: "keep" }
          : undrainRegion(region)(cell, drains);
      if (arn !== undefined && (await change(cell, arn, region, decide)))
        say(`Took the drain of ${region} in ${cell.name} back.`);
    } catch (error) {
      say(
        `note: ${region} is still drained in ${cell.name} (${reason(error)}); take that back: npx meridian undrain ${region} --cell ${cell.name}`,
      );
    }
    own.get(cell.name)?.delete(region);
  };

  return {
    async drain({ cell: name }) {
      const cell = cellOf(name);
      if (!cell || orphans.length === 0) return;
      const { arn, origins } = await deployed(cell);
      const regions = leaving(
        cell,
        orphans.filter(({ hosts }) => hosts.some((host) => origins.has(host))),
      );
      if (arn === undefined) return;
      for (const region of regions) {
        const drain: Drain = { region, since: new Date().toISOString().replace(/\.\d+Z$/, "Z"), reason: why };
        const decide: Decide = (_, drains) => {
          requireSomebody(cell, region, drains);
          return drainRegion(drain, false)(cell, drains);
        };
        if (await change(cell, arn, region, decide)) {
          own.set(cell.name, (own.get(cell.name) ?? new Set()).add(region));
          say(`Drained ${region} in ${cell.name}, before its front lets go of it.`);
        }
      }
    },
    async undo({ cell: name }) {
      const cell = cellOf(name);
      for (const region of cell ? [...(own.get(cell.name) ?? [])] : [])
        await takeBack(cell as Cell, region, true);
    },
    async finish(gone) {
      for (const cell of fleet.cells) {
        const taken = orphans.filter(({ stack }) => gone.has(stack.name) && stack.cell === cell.name);
        for (const region of leaving(cell, taken)) await takeBack(cell, region, false);
        for (const region of [...(own.get(cell.name) ?? [])]) await takeBack(cell, region, true);
      }
    },
  };
}

/** @throws {UserError} all other regions of some viewers are drained already */
function requireSomebody({ front, name }: Cell, region: string, drains: readonly Drain[]): void {
  const drained = new Set(drains.map((drain) => drain.region));
  const stranded = [...front.routing.values()].find(
    ({ regions }) => regions.length > 0 && regions.every((other) => drained.has(other)),
  );
  if (!stranded) return;
  throw new UserError(
    `${region} cannot be taken out of ${name}: ${listed(stranded.regions)}, which would be left, ${stranded.regions.length === 1 ? "is" : "are"} drained`,
    "viewers would be answered by nobody",
    `undrain one first: npx meridian undrain ${stranded.regions[0]} --cell ${name}`,
  );
}

function changeInAws({ fleet, session }: LeavingContext): ChangeDrains {
  return async (cell, arn, region, decide) => {
    const [open] = await openCells({ fleet, cells: [cell], store: arn, takenOut: region }, session);
    if (!open) return false;
    if ("error" in open) throw open.error;
    return (await changeCell(open, decide)).changed;
  };
}
