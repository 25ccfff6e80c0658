import { unlessMissing } from "../../aws/answers";
import { BatchGetProjectsCommand } from "../../aws/code-build";
import { GetPipelineCommand, ListTagsForResourceCommand, type Tag } from "../../aws/code-pipeline";
import { PlainClient } from "../../aws/plain-client";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, tagsOf } from "./model";

async function findPipeline({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const asking = `asking CodePipeline in ${region}`;
  const client = asker.client(PlainClient, region);
  const answer = asker.call(asking, (limit) => client.send(new GetPipelineCommand({ name }), limit));
  const found = await unlessMissing(answer, "PipelineNotFoundException");
  if (!found) return [];
  const resourceArn =
    found.metadata?.pipelineArn ?? `arn:aws:codepipeline:${region}:${asker.account}:${name}`;
  const { tags } = await asker.call(asking, (limit) =>
    client.send(new ListTagsForResourceCommand({ resourceArn }), limit),
  );
  return [{ id: name, what: `the pipeline ${name} in ${region}`, tags: ownTags(tags) }];
}

async function findProject({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const client = asker.client(PlainClient, region);
  const { projects = [] } = await asker.call(`asking CodeBuild in ${region}`, (limit) =>
    client.send(new BatchGetProjectsCommand({ names: [name] }), limit),
  );
  return projects.map(({ tags }) => ({
    id: name,
    what: `the project ${name} in ${region}`,
    tags: ownTags(tags),
  }));
}

function ownTags(tags: readonly Tag[] = []): Found["tags"] {
  return tagsOf(tags.map(({ key: Key, value: Value }) => ({ Key, Value })));
}

/** What CodePipeline and CodeBuild refuse to make twice. */
export const pipelineLookups = {
  aws_codepipeline: { identity: ["name"], find: findPipeline },
  aws_codebuild_project: { identity: ["name"], find: findProject },
} as const satisfies Readonly<Record<string, Lookup>>;
