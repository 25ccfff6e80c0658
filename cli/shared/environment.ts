import { assemblyRoot } from "../../fleet/project";
import type { Caller } from "../../operations/aws/client";
import { assemblyFleet } from "./assembly";

/**
 * The fleet file to work on: `--fleet`, else the environment variable MERIDIAN_FLEET, else `fleet.yaml` in the
 * working directory. An assembly has one of its own.
 *
 * @throws {UserError} another one is named in an assembly
 */
export function fleetPath(option?: string): string {
  if (assemblyRoot !== undefined) return assemblyFleet(assemblyRoot, option ?? process.env.MERIDIAN_FLEET);
  return option ?? (process.env.MERIDIAN_FLEET || "fleet.yaml");
}

/** This process, for operations that ask AWS: what takes long is said on standard error. */
export const caller: Caller = {
  environment: process.env,
  onSlow: (what) => process.stderr.write(`${what} …\n`),
};
