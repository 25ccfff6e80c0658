import { AwsError, type OwnService } from "../http";
import { mayBeAssumedBy } from "../iam/trust";
import { isMap, type JsonInput, jsonService, type Operation, requiredText } from "../protocols/json";
import type { BuildRunnerOptions } from "./build";
import type { BuildRequest, Builds } from "./builds";
import { createBuildCredentials } from "./credentials";
import { describeBatch, describeBuild } from "./descriptions";
import { type Batch, type Build, batchArn, buildArn } from "./model";
import {
  type BuildPlace,
  checkProjectName,
  describeProject,
  invalidInput,
  type Project,
  projectArn,
  readSettings,
  resourceNotFound,
} from "./projects";
import { createStarted } from "./started";

/** What CodeBuild takes of the sandbox. */
export interface CodeBuildOptions extends Omit<BuildRunnerOptions, "credentials"> {
  /** Who may assume a role, as its JSON; undefined where there is no such role, which then is not looked at. */
  readonly trustPolicy?: (roleArn: string) => Promise<string | undefined>;
}

/** CodeBuild: the API, and what runs the builds. */
export interface CodeBuild extends OwnService {
  readonly builds: Builds;
  /** What is answered to a build that asks for its credentials; undefined where the name or the token are none. */
  readonly credentials: (name: string, token: string | undefined) => object | undefined;
}

const service = "codebuild.amazonaws.com";

function alreadyExists(arn: string): AwsError {
  return new AwsError(400, "ResourceAlreadyExistsException", `Project already exists: ${arn}`);
}

/** A CodeBuild without projects, for all accounts and regions. */
export function createCodeBuild({ trustPolicy, ...options }: CodeBuildOptions): CodeBuild {
  const projects = new Map<string, Project>();
  const credentials = createBuildCredentials();
  const started = createStarted({ ...options, credentials });

  const projectsIn = ({ account, region }: BuildPlace) =>
    [...projects.values()].filter((one) => one.account === account && one.region === region);
  const find = (place: BuildPlace, nameOrArn: string) =>
    projectsIn(place).find((one) => one.name === nameOrArn || projectArn(one) === nameOrArn);

  function project(place: BuildPlace, name: string): Project {
    const found = find(place, name);
    if (found) return found;
    throw resourceNotFound(`Project cannot be found: ${projectArn({ ...place, name })}`);
  }

  async function put(made: Project): Promise<object> {
    const role = made.settings.serviceRole;
    const policy = await trustPolicy?.(role);
    // As AWS words it; the provider tries again for as long as a role may take to be known everywhere.
    // https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/codebuild/project.go
    if (policy !== undefined && !mayBeAssumedBy(policy, service))
      throw invalidInput(`CodeBuild is not authorized to perform: sts:AssumeRole on ${role}`);
    projects.set(projectArn(made), made);
    return { project: describeProject(made) };
  }

  /** Those that are there, and the names of those that are not. */
  function pick<T>(input: JsonInput, member: string, get: (id: string) => T | undefined) {
    const wanted = Array.isArray(input[member]) ? input[member].map(String) : [];
    if (wanted.length > 100) throw invalidInput(`${member}: at most 100`);
    const found = wanted.map((id) => [id, get(id)] as const);
    return {
      found: found.flatMap(([, one]) => (one === undefined ? [] : [one])),
      missing: found.flatMap(([id, one]) => (one === undefined ? [id] : [])),
    };
  }

  // By ARN, too, which is what EventBridge tells of a build, and how many ask:
  // https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html
  const build = (place: BuildPlace, id: string) =>
    started.builds(place).find((one) => one.id === id || buildArn(one) === id);
  const batch = (place: BuildPlace, id: string) =>
    started.batches(place).find((one) => one.id === id || batchArn(one) === id);

  /** Newest first, unless the request says otherwise. */
  function ids(list: readonly (Build | Batch)[], { sortOrder }: JsonInput): object {
    const sorted = list.map(({ id }) => id);
    return { ids: sortOrder === "ASCENDING" ? sorted : sorted.toReversed() };
  }

  function startByHand(place: BuildPlace, input: JsonInput, isBatch: boolean): Build | Batch {
    const found = project(place, requiredText(input, "projectName", "InvalidInputException"));
    return started.begin(found, requestByHand(found, input, isBatch));
  }

  const operations: Readonly<Record<string, Operation>> = {
    CreateProject(input, { account, region }) {
      const name = checkProjectName(requiredText(input, "name", "InvalidInputException"));
      if (find({ account, region }, name)) throw alreadyExists(projectArn({ account, region, name }));
      const settings = readSettings({ account, region }, input, undefined);
      const now = Date.now();
      return put({ account, region, name, settings, created: now, modified: now });
    },
    UpdateProject(input, place) {
      const before = project(place, requiredText(input, "name", "InvalidInputException"));
      const settings = readSettings(place, input, before.settings);
      return put({ ...before, settings, modified: Date.now() });
    },
    DeleteProject(input, place) {
      const found = find(place, requiredText(input, "name", "InvalidInputException"));
      if (found) projects.delete(projectArn(found));
      return {};
    },
    BatchGetProjects(input, place) {
      const { found, missing } = pick(input, "names", (name) => find(place, name));
      return { projects: found.map(describeProject), projectsNotFound: missing };
    },
    ListProjects: (_, place) => ({
      projects: projectsIn(place)
        .map(({ name }) => name)
        .toSorted(),
    }),
    StartBuild: (input, place) => ({ build: describeBuild(startByHand(place, input, false) as Build) }),
    StartBuildBatch: (input, place) => ({
      buildBatch: describeBatch(startByHand(place, input, true) as Batch),
    }),
    BatchGetBuilds(input, place) {
      const { found, missing } = pick(input, "ids", (id) => build(place, id));
      return { builds: found.map(describeBuild), buildsNotFound: missing };
    },
    BatchGetBuildBatches(input, place) {
      const { found, missing } = pick(input, "ids", (id) => batch(place, id));
      return { buildBatches: found.map(describeBatch), buildBatchesNotFound: missing };
    },
    ListBuilds: (input, place) => ids(started.builds(place), input),
    ListBuildsForProject(input, place) {
      const { name } = project(place, requiredText(input, "projectName", "InvalidInputException"));
      return ids(
        started.builds(place).filter((one) => one.project.name === name),
        input,
      );
    },
    ListBuildBatchesForProject(input, place) {
      const { name } = project(place, requiredText(input, "projectName", "InvalidInputException"));
      return ids(
        started.batches(place).filter((one) => one.project.name === name),
        input,
      );
    },
    StopBuild(input, place) {
      const id = requiredText(input, "id", "InvalidInputException");
      const found = build(place, id);
      if (!found) throw resourceNotFound(`Build ${id} does not exist`);
      started.stop(found.id);
      return { build: describeBuild(found) };
    },
    StopBuildBatch(input, place) {
      const id = requiredText(input, "id", "InvalidInputException");
      const found = batch(place, id);
      if (!found) throw resourceNotFound(`Build batch ${id} does not exist`);
      started.stop(found.id);
      return { buildBatch: describeBatch(found) };
    },
  };

  return {
    ...jsonService("codebuild", operations),
    credentials: credentials.answer,
    builds: {
      start(request) {
        return started.begin(project(request.project, request.project.name), request).id;
      },
      async ended(id) {
        const result = await started.ended(id);
        if (result) return result;
        throw new Error(`there is no build ${id}`);
      },
      stop: started.stop,
      close: started.close,
    },
  };
}

/** A build that a person starts: of the project's own source, without artifacts. */
function requestByHand(
  { account, name, region, settings }: Project,
  input: JsonInput,
  isBatch: boolean,
): BuildRequest {
  const { location = "", type } = settings.source;
  // https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html knows no such build; the pipeline has its sources.
  if (type === "CODEPIPELINE")
    throw invalidInput(`Project ${name} takes its sources from a pipeline, which alone can start it`);
  const [, bucket = "", key = ""] = /^([^/]+)\/(.+)$/.exec(location) ?? [];
  const overrides = Array.isArray(input.environmentVariablesOverride)
    ? input.environmentVariablesOverride
    : [];
  const environment = overrides
    .filter(isMap)
    .map((one) => ({ name: String(one.name), value: String(one.value) }));
  return {
    project: { account, region, name },
    sources: type === "S3" ? [{ name: "", bucket, key }] : [],
    artifacts: [],
    environment,
    isBatch,
    initiator: "sandbox",
  };
}
