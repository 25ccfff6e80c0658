import type { Fleet } from "../../fleet/model";
import { fleetStacks } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import type {
  FleetStore,
  StackPlace,
  StackState,
  StateInstance,
  StateResource,
  Unreadable,
} from "../store/model";
import { type Thing, thingOf } from "./name-collisions";
import type { Orphan } from "./picture";

/** Stacks that exist, and that the fleet file does not have. */
export interface FoundOrphans {
  readonly orphans: readonly Orphan[];
  /** States of others in which nothing is any more, as a removal leaves them that is killed at its end. */
  readonly empty: readonly StackPlace[];
  /** Parts of the store that could not be looked at. */
  readonly unreadable: readonly Unreadable[];
}

/**
 * Stacks with resources in their states that are no longer in the fleet file, found by what lies beside the states of the
 * others. A stack whose state is empty is none: nothing of it is left.
 */
export async function findOrphans(fleet: Fleet, store: FleetStore): Promise<FoundOrphans> {
  const known = new Set(fleetStacks(fleet).map(({ account, name }) => `${account.id} ${name}`));
  const { places, unreadable } = await store.states();
  const orphans: Orphan[] = [];
  const empty: StackPlace[] = [];
  const failed: Unreadable[] = [...unreadable];
  for (const place of places) {
    const { account, stack } = place;
    // Where all states lie in one folder, the same name is the same state, whatever the account.
    if (known.has(`${account.id} ${stack}`)) continue;
    try {
      const state = await store.state(place);
      if (!state) continue;
      const resources = managed(state).flatMap((resource) => thingsOf(resource, account));
      if (resources.length === 0) {
        empty.push(place);
        continue;
      }
      const zone = zoneOf(fleet, state);
      orphans.push({
        ...{ stack, account, resources, regions: regionsOf(state), ...(zone && { zone }) },
        why: "its state has resources, and the fleet file has no such stack",
      });
    } catch (error) {
      failed.push({ where: stack, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { orphans, empty, unreadable: failed };
}

function managed({ resources }: StackState): readonly StateResource[] {
  return resources.filter(({ mode }) => mode === "managed");
}

function thingsOf({ instances, name, type }: StateResource, account: Orphan["account"]): readonly Thing[] {
  return instances.map(({ attributes, index_key: key }) => {
    const index = key === undefined ? "" : `[${JSON.stringify(key)}]`;
    return thingOf({ address: `${type}.${name}${index}`, type }, attributes, account, regionIn(attributes));
  });
}

/** Regions of a target's stack: where its functions are. */
function regionsOf(state: StackState): readonly string[] {
  const functions = managed(state).filter(({ type }) => type === "aws_lambda_function");
  const regions = functions.flatMap(({ instances }) =>
    instances.flatMap(({ attributes }) => regionIn(attributes) ?? []),
  );
  return [...new Set(regions)].sort();
}

function regionIn(attributes: StateInstance["attributes"]): string | undefined {
  const arn = attributes?.arn;
  return typeof arn === "string" ? arn.split(":")[3] || undefined : undefined;
}

/** The zone whose tag a resource still has. */
function zoneOf(fleet: Fleet, state: StackState): Orphan["zone"] {
  for (const { instances } of managed(state)) {
    for (const { attributes } of instances) {
      const tags = attributes?.tags_all;
      const name = isMap(tags) ? tags["meridian:zone"] : undefined;
      if (typeof name !== "string") continue;
      const zone = fleet.cells.flatMap(({ zones }) => zones).find((candidate) => candidate.name === name);
      return { name, regions: zone?.regions ?? [] };
    }
  }
  return undefined;
}
