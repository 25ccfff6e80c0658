import type { BuildRequest, EndedStatus } from "./builds";
import type { BatchTask } from "./buildspec";
import type { Project } from "./projects";

/** How something is going, or how it went. */
export type BuildStatus = EndedStatus | "IN_PROGRESS";

/** A phase of a build or of a batch, as it is or was. */
export interface Phase {
  /** As the API calls it, e.g. `DOWNLOAD_SOURCE`. */
  readonly type: string;
  /** In milliseconds since 1970. */
  readonly started: number;
  ended?: number;
  status?: BuildStatus;
  /** What went wrong. */
  context?: { readonly code: string; readonly message: string };
}

/** A build that runs, or has run. */
export interface Build {
  /** `<project>:<uuid>`. */
  readonly id: string;
  readonly number: number;
  readonly project: Project;
  readonly request: BuildRequest;
  /** The batch that it belongs to. */
  readonly batch?: { readonly arn: string; readonly task: BatchTask };
  readonly started: number;
  ended?: number;
  status: BuildStatus;
  readonly phases: Phase[];
  exported: Readonly<Record<string, string>>;
}

/** A batch of builds. */
export interface Batch {
  readonly id: string;
  readonly number: number;
  readonly project: Project;
  readonly request: BuildRequest;
  readonly started: number;
  ended?: number;
  status: BuildStatus;
  readonly phases: Phase[];
  readonly builds: Build[];
}

/** The part of an id that no other build has. */
export function uuidOf(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}

/** The ARN of a build. */
export function buildArn({ id, project: { account, region } }: Pick<Build, "id" | "project">): string {
  return `arn:aws:codebuild:${region}:${account}:build/${id}`;
}

/** The ARN of a batch of builds. */
export function batchArn({ id, project: { account, region } }: Pick<Batch, "id" | "project">): string {
  return `arn:aws:codebuild:${region}:${account}:build-batch/${id}`;
}

/** What somebody needs to know of how it went, in one line; undefined where all went well. */
export function whyNot(phases: readonly Phase[]): string | undefined {
  const failed = phases.find(({ context }) => context !== undefined);
  return failed?.context && `${failed.type}: ${failed.context.message}`;
}
