import { CloudFrontClient, DescribeKeyValueStoreCommand } from "@aws-sdk/client-cloudfront";
import { UserError } from "../../fleet/errors";
import { globalRegion } from "../../fleet/geography/regions";
import type { Cell, Fleet, State } from "../../fleet/model";
import { quoted } from "../../fleet/wording";
import { awsClientOptions, callAws } from "../aws/client";
import { describeError, isRefusal, isUnreachable, proxyHint } from "../aws/errors";
import { type AwsSession, deployRole } from "../aws/role-credentials";
import { localStateFile } from "../store/local-objects";
import { readOutputs } from "../store/store";

/** The front stack's output that holds the ARN of its key-value store. */
const storeOutput = "key_value_store";

/** Where a cell's key-value store is. */
export interface StoreArn {
  readonly arn: string;
  /** Whether it was read off Terraform's state, because CloudFront's control plane does not answer. */
  readonly isFromState: boolean;
}

/**
 * Finds a cell's key-value store: by its name, or in Terraform's state while CloudFront's control plane is down.
 *
 * @throws {UserError} there is none, or it cannot be found out
 */
export async function findStoreArn(fleet: Fleet, cell: Cell, session: AwsSession): Promise<StoreArn> {
  const credentials = () => session.assumeRole(deployRole(fleet.name, cell.front.account));
  await credentials();
  const client = new CloudFrontClient({ ...awsClientOptions(globalRegion), credentials });
  try {
    const command = new DescribeKeyValueStoreCommand({ Name: cell.front.keyValueStore });
    const what = `asking CloudFront's control plane in ${globalRegion} for the store of ${cell.name}`;
    const { KeyValueStore } = await callAws(session, what, (limit) => client.send(command, limit));
    if (KeyValueStore?.ARN === undefined) throw notDeployed(cell);
    return { arn: KeyValueStore.ARN, isFromState: false };
  } catch (error) {
    if (isRefusal(error, "EntityNotFound")) throw notDeployed(cell);
    if (!isUnreachable(error)) throw error;
    return { arn: await arnInState(fleet, cell, session, error), isFromState: true };
  } finally {
    client.destroy();
  }
}

/**
 * The ARN that the caller gave for a cell's store.
 *
 * @throws {UserError} it is none, or of another account than the cell's front
 */
export function givenStoreArn(text: string, cells: readonly Cell[]): string {
  const [cell] = cells;
  if (cells.length !== 1 || !cell) {
    throw new UserError(
      `--store names the store of one cell, but this command concerns ${cells.length} cells: ${cells.map(({ name }) => name).join(", ")}`,
      "every cell has a key-value store of its own",
      "name the cell of that store with --cell",
    );
  }
  const account = /^arn:aws:cloudfront::(\d{12}):key-value-store\/[\w-]+$/.exec(text)?.[1];
  if (account === cell.front.account.id) return text;
  throw new UserError(
    account === undefined
      ? `${quoted(text)} is not the ARN of a key-value store`
      : `the store ${text} is in account ${account}, but the front of ${cell.name} is in ${cell.front.account.id}`,
    "the cell's router reads one store, in the account of its front",
    `\`terraform output ${storeOutput}\` of ${cell.front.stack} prints it: arn:aws:cloudfront::${cell.front.account.id}:key-value-store/…`,
  );
}

async function arnInState(fleet: Fleet, cell: Cell, session: AwsSession, cause: unknown): Promise<string> {
  const { environment } = session;
  const { front } = cell;
  const unread = (state: string) =>
    new UserError(
      `the key-value store of ${cell.name} cannot be found: CloudFront's control plane in ${globalRegion} does not answer (${describeError(cause)}), and ${state}`,
      "its ARN is needed to write to it",
      `give the ARN, from your notes or from \`terraform output ${storeOutput}\`: --cell ${cell.name} --store <arn>; ${otherwise(fleet.state, cell, environment)}${proxyHint(environment)}`,
    );
  const outputs = await readOutputs(fleet, front, session).catch((error: unknown) => {
    throw unread(`the state of ${front.stack} cannot be read (${describeError(error)})`);
  });
  // No state where the front was never deployed; no such output where it was deployed before it had a store.
  const arn = outputs?.[storeOutput];
  if (typeof arn !== "string") throw unread(`the state of ${front.stack} does not name it`);
  return arn;
}

/** How else Terraform's state can be found. */
function otherwise(state: State, { front }: Cell, environment: NodeJS.ProcessEnv): string {
  if (state.backend === "s3") {
    return `or try again once the bucket ${state.bucket} in ${state.region} can be read`;
  }
  return `or run this from where the fleet was deployed: the state is expected in ${localStateFile(front.stack, environment.CDKTF_OUTPUT)} (if CDKTF_OUTPUT was set for the deploy, set it here too)`;
}

function notDeployed({ front, name }: Cell): UserError {
  return new UserError(
    `${name} has no key-value store: there is no ${front.keyValueStore} in account ${front.account.id}`,
    "the front's stack creates it; either that is not deployed yet, or this fleet file is not the one that is deployed",
    `if it is not, deploy it: npx cdktf deploy ${front.stack}; if it is, name the fleet file of that deploy with --fleet`,
  );
}
