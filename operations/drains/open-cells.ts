import { UserError } from "../../fleet/errors";
import { globalRegion } from "../../fleet/geography/regions";
import type { Cell, Fleet } from "../../fleet/model";
import type { Caller } from "../aws/client";
import { describeError, isThrottled, isUnreachable, proxyHint, statusOf } from "../aws/errors";
import { type AwsSession, awsSession, deployRole, NoCredentials, stsRegions } from "../aws/role-credentials";
import { type DrainStore, openDrainStore, type Reading } from "./store";
import { findStoreArn, givenStoreArn } from "./store-arn";

/** A cell's store, and what it said. */
export interface OpenCell {
  readonly cell: Cell;
  readonly store: DrainStore;
  readonly reading: Reading;
  /** What the user should know about how it was reached. */
  readonly notes: readonly string[];
}

/** A cell that could not be worked on. */
export interface FailedCell {
  readonly cell: Cell;
  readonly error: UserError;
}

/** Where a command finds the stores of its cells. */
export interface StoreLookup {
  readonly fleet: Fleet;
  readonly cells: readonly Cell[];
  /** A region that may be down. */
  readonly takenOut?: string;
  /** ARN of the store of the only cell, where it must not be looked for. */
  readonly store?: string;
}

/**
 * Reads the drains of cells, all at once.
 *
 * @throws {UserError} `store` is not that of the only cell; {@link NoCredentials}
 */
export async function openCells(
  { cells, fleet, store, takenOut }: StoreLookup,
  caller: Caller,
): Promise<readonly (OpenCell | FailedCell)[]> {
  const given = store === undefined ? undefined : givenStoreArn(store, cells);
  const regions = stsRegions(fleet, takenOut);
  const session = awsSession(regions, caller);
  const open = async (cell: Cell): Promise<OpenCell> => {
    const { arn, isFromState } =
      given === undefined ? await findStoreArn(fleet, cell, session) : { arn: given, isFromState: false };
    return openCell({ fleet, cell, arn, isFromState, region: regions[0] ?? globalRegion, session });
  };
  return Promise.all(cells.map((cell) => open(cell).catch(failed(cell, caller))));
}

async function openCell({
  arn,
  cell,
  fleet,
  isFromState,
  region,
  session,
}: {
  readonly fleet: Fleet;
  readonly cell: Cell;
  readonly arn: string;
  readonly isFromState: boolean;
  readonly region: string;
  readonly session: AwsSession;
}): Promise<OpenCell> {
  const role = deployRole(fleet.name, cell.front.account);
  const store = openDrainStore(arn, region, { ...session, credentials: () => session.assumeRole(role) });
  const notes = isFromState
    ? [
        `CloudFront's control plane in ${globalRegion} does not answer, so the store's ARN was taken from Terraform's state`,
      ]
    : [];
  return { cell, store, reading: await store.read(), notes };
}

/** What could not be done in a cell; without credentials nothing can be done in any, so that is thrown on. */
export function failed(cell: Cell, { environment }: Caller): (error: unknown) => FailedCell {
  return (error) => {
    if (error instanceof NoCredentials) throw error;
    if (error instanceof UserError) return { cell, error };
    return {
      cell,
      error: new UserError(
        `the key-value store of ${cell.name} cannot be used: ${describeError(error)}`,
        `drains are written there, in account ${cell.front.account.id}`,
        fixFor(cell, error, environment),
      ),
    };
  };
}

function fixFor({ front }: Cell, error: unknown, environment: NodeJS.ProcessEnv): string {
  const status = statusOf(error) ?? 0;
  if (isThrottled(error)) return "AWS is throttling requests: try again in a minute";
  if (status >= 500) return "the service itself failed: try again";
  if (isUnreachable(error)) {
    return `check this machine's connection to AWS, and try again${proxyHint(environment)}`;
  }
  if (status === 404)
    return "a store that was given with --store, or named in the state, may be gone: deploy the front, or correct the ARN";
  if (status === 401 || status === 403) {
    return `allow ${front.account.deployRole} the actions cloudfront:DescribeKeyValueStore, and DescribeKeyValueStore, GetKey and PutKey of cloudfront-keyvaluestore`;
  }
  return "try again";
}
