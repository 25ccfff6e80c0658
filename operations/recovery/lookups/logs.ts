import { CloudWatchLogsClient, ListTagsForResourceCommand } from "@aws-sdk/client-cloudwatch-logs";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, unlessMissing } from "./model";

async function findLogGroup({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const client = asker.client(CloudWatchLogsClient, region);
  // Asked for its tags, as that is one call: a group that is not there has none, and CloudWatch says so.
  const resourceArn = `arn:aws:logs:${region}:${asker.account}:log-group:${name}`;
  const answer = asker.call(`asking CloudWatch Logs in ${region}`, (limit) =>
    client.send(new ListTagsForResourceCommand({ resourceArn }), limit),
  );
  const found = await unlessMissing(answer, "ResourceNotFoundException");
  return found ? [{ id: name, what: `the log group ${name} in ${region}`, tags: found.tags ?? {} }] : [];
}

/** What CloudWatch Logs refuses to make twice. */
export const logsLookups = {
  aws_cloudwatch_log_group: { identity: ["name"], find: findLogGroup },
} as const satisfies Readonly<Record<string, Lookup>>;
