import { setTimeout as sleep } from "node:timers/promises";
import { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import type { Account } from "../../fleet/account";
import { type AccountAsker, openAccountAsker } from "../aws/account-asker";
import { unlessMissing } from "../aws/answers";
import { describeError } from "../aws/errors";
import { type AwsSession, deployRole } from "../aws/role-credentials";
import type { DataThing } from "../plan/data-things";
import { tableType } from "../plan/table-changes";

/** Who lifts protections. */
export interface LiftContext {
  /** The fleet's name. */
  readonly fleet: string;
  readonly session: AwsSession;
  /** @default AWS, asked with the account's deploy role */
  readonly open?: () => AccountAsker;
  /** Milliseconds between two looks at a table that changes. @default 1000 */
  readonly pause?: number;
}

/** Lifts what keeps these things of an account from being deleted. */
export type Unprotect = (account: Account, things: readonly DataThing[]) => Promise<void>;

/** Looks at a table that changes: AWS says that such an update takes seconds. */
const mostLooks = 60;

/**
 * Lifts the deletion protection of tables that are to go, in each region that they are in: it is a setting of each replica.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-bestpractices.html
 *
 * To be called right before they are destroyed, and only with what was named. What is no table is passed over.
 *
 * @throws with the table that it could not be lifted of, and why
 */
export async function liftProtection(
  { fleet, open, pause = 1000, session }: LiftContext,
  account: Account,
  things: readonly DataThing[],
): Promise<void> {
  const tables = things.filter(({ type }) => type === tableType);
  if (tables.length === 0) return;
  const asker = open?.() ?? openAccountAsker(() => session.assumeRole(deployRole(fleet, account)), session);
  try {
    for (const { name, regions = [] } of tables) {
      for (const region of regions) {
        try {
          await liftIn(asker, region, name, pause);
        } catch (error) {
          throw new Error(
            `the deletion protection of ${name} in ${region} could not be lifted: ${describeError(error)}`,
          );
        }
      }
    }
  } finally {
    asker.close();
  }
}

async function liftIn(asker: AccountAsker, region: string, TableName: string, pause: number): Promise<void> {
  const client = asker.client(DynamoDBClient, region);
  const asking = `asking DynamoDB in ${region}`;
  const look = async () => {
    const answer = asker.call(asking, (limit) => client.send(new DescribeTableCommand({ TableName }), limit));
    return (await unlessMissing(answer, "ResourceNotFoundException"))?.Table;
  };
  if ((await look())?.DeletionProtectionEnabled !== true) return;
  const update = new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false });
  await asker.call(asking, (limit) => client.send(update, limit));
  // While a table is UPDATING, AWS refuses the next change of it:
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
  for (let looks = 0; looks < mostLooks; looks++) {
    const table = await look();
    if (table?.TableStatus !== "UPDATING" && table?.DeletionProtectionEnabled !== true) return;
    await sleep(pause);
  }
  throw new Error("it is still being changed");
}
