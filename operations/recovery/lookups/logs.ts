import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import type { Found, Lookup } from "./model";

async function findLogGroup({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const client = asker.client(CloudWatchLogsClient, region);
  const what = `asking CloudWatch Logs in ${region}`;
  // Groups come in the order of their names, so that of those that begin with it, it is the first:
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
  const { logGroups = [] } = await asker.call(what, (limit) =>
    client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name, limit: 1 }), limit),
  );
  if (logGroups[0]?.logGroupName !== name) return [];
  const resourceArn = `arn:aws:logs:${region}:${asker.account}:log-group:${name}`;
  const { tags = {} } = await asker.call(what, (limit) =>
    client.send(new ListTagsForResourceCommand({ resourceArn }), limit),
  );
  return [{ id: name, what: `the log group ${name} in ${region}`, tags }];
}

/** What CloudWatch Logs refuses to make twice. */
export const logsLookups = {
  aws_cloudwatch_log_group: { identity: ["name"], find: findLogGroup },
} as const satisfies Readonly<Record<string, Lookup>>;
