import type { Bundle } from "../../bundles/zip";
import type { CheckedFleet } from "../../check/load";
import { routersOf } from "../../check/routers";
import type { Fleet } from "../../fleet/model";
import { resolveFleet } from "../../fleet/resolve";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import type { Extension } from "../../stacks/extensions/extension";
import { factsOf } from "../../stacks/extensions/facts";

/** Stands for what esbuild would make: stacks only look at its name and hash. */
const someBundle: Bundle = {
  file: "hello.0123456789ab.zip",
  zip: Buffer.from("zip"),
  sha256: "c29tZSBzaGEyNTY=",
  unzippedSize: 3,
};

/** One cell with two targets in one account: the smallest fleet with a failover. */
export const smallFile: FleetFile = {
  fleet: "acme",
  accounts: { globex: { id: "333333333333" } },
  services: { hello: { source: "functions/hello/index.ts" } },
  cells: {
    globex: { stage: "production", tenant: "globex", targets: { globex: ["eu-central-1", "eu-west-1"] } },
  },
};

/** A fleet from a file that the checks would pass, without reading or bundling anything. */
export function fleetOf(file: FleetFile, extensions: readonly Extension[] = []): Fleet {
  return resolveFleet(file, extensions.map(factsOf));
}

/** What a synth needs of a fleet from {@link fleetOf}: its routers, and one bundle for all. */
export function checkedOf(fleet: Fleet): CheckedFleet {
  const places = fleet.cells.flatMap(({ name, services }) =>
    services.map((service) => `${name}/${service.name}`),
  );
  return { fleet, bundles: new Map(places.map((place) => [place, someBundle])), routers: routersOf(fleet) };
}
