/**
 * The fleet file to work on: `--fleet`, else the environment variable MERIDIAN_FLEET, else `fleet.yaml` in the
 * working directory.
 */
export function fleetPath(option?: string): string {
  return option ?? (process.env.MERIDIAN_FLEET || "fleet.yaml");
}
