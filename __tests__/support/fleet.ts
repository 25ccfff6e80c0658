import type { Bundle } from "../../bundles/bundle";
import type { Fleet } from "../../fleet/model";
import { resolveFleet } from "../../fleet/resolve";
import type { FleetFile } from "../../fleet/schema/fleet-file";

/** Stands for what esbuild would make: stacks only look at its name and hash. */
export const someBundle: Bundle = {
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
export function fleetOf(file: FleetFile): Fleet {
  return resolveFleet(file, () => someBundle);
}
