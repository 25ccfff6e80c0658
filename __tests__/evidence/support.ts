import { parseStack } from "../../evidence/stack";
import type { Synthesized } from "../../evidence/synthesized";
import type { Cell, Fleet } from "../../fleet/model";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { hashBundle } from "../../stacks/hash-bundle";
import { fleetOf } from "../support/fleet";
import { synthTexts } from "../support/synth";

/** A cell that serves two zones and the rest of the world, with a route that is cached. */
export const twoZones: FleetFile = {
  fleet: "acme",
  zones: {
    eu: { regions: ["eu-central-1", "eu-west-1", "eu-west-3"], countries: ["EU"] },
    us: { regions: ["us-east-1", "us-west-2"], countries: ["US"] },
  },
  accounts: { main: { id: "333333333333" } },
  services: {
    hello: { source: "index.ts", routes: ["/*", { path: "/static/*", cache: { ttl: 60 } }] },
  },
  cells: {
    world: {
      stage: "production",
      zones: ["eu", "us"],
      targets: { main: ["eu-central-1", "eu-west-1", "us-east-1"] },
    },
  },
};

/** A cell that must stay inside one zone. */
export const closedZone: FleetFile = {
  ...twoZones,
  services: { hello: { source: "index.ts" } },
  cells: {
    globex: { stage: "production", zone: "eu", targets: { main: ["eu-central-1", "eu-west-1"] } },
  },
};

/** Terraform JSON that a test may spoil. */
// biome-ignore lint/suspicious/noExplicitAny: what is spoiled has no type.
export type Spoiled = any;

/** What each fleet is synthesized to, once. */
const texts = new WeakMap<Fleet, ReadonlyMap<string, string>>();

/** The synthesized JSON of a fleet as a drill reads it, after a test has had its way with it. */
export function synthesizedOf(
  fleet: Fleet,
  spoil: (stacks: Readonly<Record<string, Spoiled>>) => void = () => {},
  zip: Uint8Array = hashBundle().zip,
): Synthesized {
  // What extensions add is what the test spoils.
  const idle = fleet.extensions.map(({ name }) => ({ name, cell: () => {} }));
  const known = texts.get(fleet) ?? synthTexts(fleet, idle);
  texts.set(fleet, known);
  const stacks = Object.fromEntries([...known].map(([name, text]) => [name, JSON.parse(text)]));
  spoil(stacks);
  const file = (path: string) => (path.includes("/hash-bodies.") ? zip : undefined);
  return new Map(Object.entries(stacks).map(([name, json]) => [name, parseStack(name, json, file)]));
}

/** The only cell of a fleet, and the fleet. */
export function onlyCell(file: FleetFile): { readonly fleet: Fleet; readonly cell: Cell } {
  const fleet = fleetOf(file);
  const [cell] = fleet.cells;
  if (!cell) throw new Error("the fleet has no cell");
  return { fleet, cell };
}

/** The only resource of a type in a stack, to be spoiled. */
export function onlyOf(stack: Spoiled, type: string): Spoiled {
  const [found, ...others] = Object.values(stack.resource[type] ?? {});
  if (!found || others.length > 0) throw new Error(`not one ${type}`);
  return found;
}
