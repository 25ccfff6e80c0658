import { CloudFrontClient, DescribeKeyValueStoreCommand } from "@aws-sdk/client-cloudfront";
import { UserError } from "../../fleet/errors";
import type { Cell, Fleet } from "../../fleet/model";
import { awsClientOptions, describeError, isRefusal, isUnreachable } from "./aws-client";
import { storeArnInState } from "./front-state";
import { type AssumeRole, deployRole } from "./role-credentials";

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
  const client = new CloudFrontClient({ ...awsClientOptions(controlPlane), credentials });
  try {
    const answer = await client.send(new DescribeKeyValueStoreCommand({ Name: cell.front.keyValueStore }));
    const arn = answer.KeyValueStore?.ARN;
    if (arn === undefined) throw notDeployed(cell);
    return { arn, isFromState: false };
  } catch (error) {
    if (isRefusal(error, "EntityNotFound")) throw notDeployed(cell);
    if (!isUnreachable(error)) throw error;
    return { arn: await arnInState(fleet, cell, assumeRole, error), isFromState: true };
  } finally {
    client.destroy();
  }
}

async function arnInState(fleet: Fleet, cell: Cell, assumeRole: AssumeRole, cause: unknown): Promise<string> {
  const unread = (state: string) =>
    new UserError(
      `the key-value store of ${cell.name} cannot be found: CloudFront's control plane in ${controlPlane} does not answer (${describeError(cause)}), and ${state}`,
      "its ARN is needed to write to it",
      "try again; if CDKTF_OUTPUT was set for the deploy, set it here, too",
    );
  const arn = await storeArnInState(fleet, cell, assumeRole).catch((error: unknown) => {
    throw unread(`the state of ${cell.front.stack} cannot be read (${describeError(error)})`);
  });
  if (arn === undefined) throw unread(`the state of ${cell.front.stack} does not name it`);
  return arn;
}

function notDeployed({ front, name }: Cell): UserError {
  return new UserError(
    `${name} has no key-value store yet: there is no ${front.keyValueStore} in account ${front.account.id}`,
    "the front's stack makes it, and its router reads it",
    `deploy the front first: npx cdktf deploy ${front.stack}`,
  );
}
