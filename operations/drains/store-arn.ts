import { CloudFrontClient, DescribeKeyValueStoreCommand } from "@aws-sdk/client-cloudfront";
import { UserError } from "../../fleet/errors";
import type { Cell, Fleet, State } from "../../fleet/model";
import { quoted } from "../../fleet/wording";
import { awsClientOptions, callAws } from "../aws/client";
import { describeError, isRefusal, isUnreachable, proxyHint } from "../aws/errors";
import { type AssumeRole, deployRole } from "../aws/role-credentials";
import { localStateFile } from "../terraform/stack-outputs";
import { storeArnInState } from "./front-state";

/** CloudFront is managed through us-east-1: https://docs.aws.amazon.com/general/latest/gr/cf_region.html */
const controlPlane = "us-east-1";

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
export async function findStoreArn(fleet: Fleet, cell: Cell, assumeRole: AssumeRole): Promise<StoreArn> {
  const credentials = () => assumeRole(deployRole(fleet.name, cell.front.account));
  await credentials();
  const client = new CloudFrontClient({ ...awsClientOptions(controlPlane), credentials });
  try {
    const command = new DescribeKeyValueStoreCommand({ Name: cell.front.keyValueStore });
    const what = `asking CloudFront's control plane in ${controlPlane} for the store of ${cell.name}`;
    const { KeyValueStore } = await callAws(what, (limit) => client.send(command, limit));
    if (KeyValueStore?.ARN === undefined) throw notDeployed(cell);
    return { arn: KeyValueStore.ARN, isFromState: false };
  } catch (error) {
    if (isRefusal(error, "EntityNotFound")) throw notDeployed(cell);
    if (!isUnreachable(error)) throw error;
    return { arn: await arnInState(fleet, cell, assumeRole, error), isFromState: true };
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
      `--store names the store of one cell, and these are ${cells.length}: ${cells.map(({ name }) => name).join(", ")}`,
      "every cell has a key-value store of its own",
      "name the cell of that store with --cell",
    );
  }
  const account = /^arn:aws:cloudfront::(\d{12}):key-value-store\/[\w-]+$/.exec(text)?.[1];
  if (account === cell.front.account.id) return text;
  throw new UserError(
    account === undefined
      ? `${quoted(text)} is no ARN of a key-value store`
      : `the store ${text} is in account ${account}, and the front of ${cell.name} in ${cell.front.account.id}`,
    "the cell's router reads one store, in the account of its front",
    `\`terraform output key_value_store\` of ${cell.front.stack} says it: arn:aws:cloudfront::${cell.front.account.id}:key-value-store/…`,
  );
}

async function arnInState(fleet: Fleet, cell: Cell, assumeRole: AssumeRole, cause: unknown): Promise<string> {
  const unread = (state: string) =>
    new UserError(
      `the key-value store of ${cell.name} cannot be found: CloudFront's control plane in ${controlPlane} does not answer (${describeError(cause)}), and ${state}`,
      "its ARN is needed to write to it",
      `give the ARN, from your notes or from \`terraform output key_value_store\`: --cell ${cell.name} --store <arn>; ${otherwise(fleet.state, cell)}${proxyHint(process.env)}`,
    );
  const arn = await storeArnInState(fleet, cell, assumeRole).catch((error: unknown) => {
    throw unread(`the state of ${cell.front.stack} cannot be read (${describeError(error)})`);
  });
  if (arn === undefined) throw unread(`the state of ${cell.front.stack} does not name it`);
  return arn;
}

/** How else Terraform's state can be found. */
function otherwise(state: State, { front }: Cell): string {
  if (state.backend === "s3") {
    return `or try again once the bucket ${state.bucket} in ${state.region} can be read`;
  }
  return `or run this where the fleet was deployed from: the state is looked for in ${localStateFile(front.stack)} (CDKTF_OUTPUT, if it was set for the deploy, must be set here, too)`;
}

function notDeployed({ front, name }: Cell): UserError {
  return new UserError(
    `${name} has no key-value store: there is no ${front.keyValueStore} in account ${front.account.id}`,
    "the front's stack makes it, and its router reads it; either it is not deployed yet, or this fleet file is not the one that is deployed",
    `if it is not, deploy it: npx cdktf deploy ${front.stack}; if it is, name the fleet file of that deploy with --fleet`,
  );
}
