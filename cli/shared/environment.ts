import type { Caller } from "../../operations/aws/client";

/**
 * The fleet file to work on: `--fleet`, else the environment variable MERIDIAN_FLEET, else `fleet.yaml` in the
 * working directory.
 */
export function fleetPath(option?: string): string {
  return option ?? (process.env.MERIDIAN_FLEET || "fleet.yaml");
}

/** This process, for operations that ask AWS: what takes long is said on standard error. */
export const caller: Caller = {
  environment: process.env,
  onSlow: (what) => process.stderr.write(`${what} …\n`),
};
