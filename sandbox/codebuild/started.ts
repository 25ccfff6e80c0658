import { randomUUID } from "node:crypto";
import { runBatch } from "./batch";
import { type BuildRunnerOptions, type RunningBuild, runBuild } from "./build";
import type { BuildRequest, BuildResult } from "./builds";
import { type Batch, type Build, whyNot } from "./model";
import { type BuildPlace, invalidInput, type Project } from "./projects";

/** Builds and batches that were started, whether they are over or not. */
export interface Started {
  /** Begins a build, or a batch where the request says so. */
  readonly begin: (project: Project, request: BuildRequest) => Build | Batch;
  /** In the order in which they were started. */
  readonly builds: (place: BuildPlace) => readonly Build[];
  readonly batches: (place: BuildPlace) => readonly Batch[];
  /** Undefined where there is no such build or batch. */
  readonly ended: (id: string) => Promise<BuildResult> | undefined;
  /** Does nothing to what is over, or not there. */
  readonly stop: (id: string) => void;
  /** Kills all that runs. */
  readonly close: () => Promise<void>;
}

type Entry = { readonly running: RunningBuild } & (
  | { readonly kind: "build"; readonly record: Build }
  | { readonly kind: "batch"; readonly record: Batch }
);

/** Nothing was started at first. */
export function createStarted(options: BuildRunnerOptions): Started {
  const { minuteMs = 60_000 } = options;
  const entries = new Map<string, Entry>();
  const counts = new Map<string, number>();
  const next = (kind: Entry["kind"], { account, name, region }: Project) => {
    const key = [kind, account, region, name].join(" ");
    const number = (counts.get(key) ?? 0) + 1;
    counts.set(key, number);
    return number;
  };
  /** What a build and a batch have in common when they begin. */
  const beginning = (kind: Entry["kind"], project: Project, request: BuildRequest) => ({
    ...{ id: `${project.name}:${randomUUID()}`, number: next(kind, project), project, request },
    ...{ started: Date.now(), status: "IN_PROGRESS" as const, phases: [] },
  });

  function beginBuild(project: Project, request: BuildRequest, batch?: Build["batch"]) {
    const build: Build = { ...beginning("build", project, request), batch, exported: {} };
    const running = runBuild(build, options);
    entries.set(build.id, { kind: "build", record: build, running });
    return { build, running };
  }

  function beginBatch(project: Project, request: BuildRequest): Batch {
    const batch: Batch = { ...beginning("batch", project, request), builds: [] };
    const begin = (one: NonNullable<Build["batch"]>) => beginBuild(project, request, one);
    entries.set(batch.id, { kind: "batch", record: batch, running: runBatch(batch, { begin, minuteMs }) });
    return batch;
  }

  const isIn =
    ({ account, region }: BuildPlace) =>
    ({ project }: Build | Batch) =>
      project.account === account && project.region === region;

  return {
    begin(project, request) {
      if (!request.isBatch) return beginBuild(project, request).build;
      // https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html#batch_build_config
      if (!project.settings.buildBatchConfig?.serviceRole)
        throw invalidInput(`Project ${project.name} has no buildBatchConfig with a service role`);
      return beginBatch(project, request);
    },
    builds: (place) =>
      [...entries.values()]
        .flatMap((entry) => (entry.kind === "build" ? [entry.record] : []))
        .filter(isIn(place)),
    batches: (place) =>
      [...entries.values()]
        .flatMap((entry) => (entry.kind === "batch" ? [entry.record] : []))
        .filter(isIn(place)),
    ended(id) {
      const entry = entries.get(id);
      return entry && resultOf(entry);
    },
    stop: (id) => entries.get(id)?.running.stop("STOPPED"),
    async close() {
      // Batches first, so that none begins another build.
      const all = [...entries.values()].toSorted((a, b) => a.kind.localeCompare(b.kind));
      for (const { running } of all) running.stop("STOPPED", 0);
      await Promise.all(all.map(({ running }) => running.done));
    },
  };
}

async function resultOf({ kind, record, running }: Entry): Promise<BuildResult> {
  await running.done;
  const { phases, status } = record;
  return {
    status: status === "IN_PROGRESS" ? "FAULT" : status,
    exported: kind === "build" ? record.exported : {},
    why: whyNot(phases),
  };
}
