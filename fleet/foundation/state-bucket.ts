import { hasBootstrappedRole, planRoleName, resolveAccount } from "../accounts";
import type { FleetFile } from "../schema/fleet-file";
import { sortBy } from "../values";
import type { StateBucket } from "./model";

/** Beginning of the keys of Terraform's state, without a slash at its end. */
export function statePrefix({ fleet, state }: FleetFile): string {
  return state?.prefix ?? fleet;
}

/** Name of the second bucket, in another region. */
export function replicaName(bucket: string): string {
  return `${bucket}-replica`;
}

/** The bucket for Terraform's state; undefined where the fleet file names no account to make it in. */
export function resolveStateBucket(file: FleetFile): StateBucket | undefined {
  const { state } = file;
  if (state?.account === undefined || state.bucket === undefined || state.region === undefined)
    return undefined;
  if (!file.accounts[state.account]?.id) return undefined;
  const { bucket, region, replica } = state;
  const open = Object.entries(file.accounts).filter(([, { closed, id }]) => !closed && id !== undefined);
  return {
    account: resolveAccount(file, state.account),
    bucket,
    region,
    prefix: statePrefix(file),
    replica: replica === undefined ? undefined : { bucket: replicaName(bucket), region: replica },
    readers: sortBy(open, ([name]) => name).map(([name]) => resolveAccount(file, name)),
    planners: planners(
      file,
      open.map(([name]) => name),
    ),
  };
}

/** `meridian role` makes the management account's, whatever its deploy role is called. */
function planners(file: FleetFile, open: readonly string[]): readonly string[] {
  const { bootstrap, organization } = file;
  const made = open.filter(
    (name) => hasBootstrappedRole(file, name) || (bootstrap && name === organization?.management),
  );
  return [...new Set(made.map((name) => planRoleName(resolveAccount(file, name).deployRole)))].sort();
}
