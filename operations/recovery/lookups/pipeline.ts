import { unlessMissing } from "../../aws/answers";
import { PlainClient, type PlainCommand } from "../../aws/plain-client";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, tagsOf } from "./model";

/** A call in AWS's JSON. */
class JsonCommand<Output> implements PlainCommand<Output> {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly read: (text: string) => Output = JSON.parse;

  constructor(
    readonly service: string,
    target: string,
    readonly input: object,
  ) {
    this.headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
    this.body = JSON.stringify(input);
  }
}

/** A tag, as CodeBuild and CodePipeline spell it. */
interface Tag {
  readonly key: string;
  readonly value: string;
}

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipeline.html */
class GetPipelineCommand extends JsonCommand<{ readonly metadata?: { readonly pipelineArn?: string } }> {
  constructor(input: { readonly name: string }) {
    super("codepipeline", "CodePipeline_20150709.GetPipeline", input);
  }
}

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListTagsForResource.html */
class ListTagsForResourceCommand extends JsonCommand<{ readonly tags?: readonly Tag[] }> {
  constructor(input: { readonly resourceArn: string }) {
    super("codepipeline", "CodePipeline_20150709.ListTagsForResource", input);
  }
}

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html */
class BatchGetProjectsCommand extends JsonCommand<{
  readonly projects?: readonly { readonly tags?: readonly Tag[] }[];
}> {
  constructor(input: { readonly names: readonly string[] }) {
    super("codebuild", "CodeBuild_20161006.BatchGetProjects", input);
  }
}

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
