import type { RunningBuild, StopStatus } from "./build";
import { BuildError, batchTasks, isInline, readBuildspec } from "./buildspec";
import { type Batch, type Build, batchArn, type Phase, whyNot } from "./model";

/** What running a batch takes. */
export interface BatchOptions {
  /** Begins one of its builds. */
  readonly begin: (batch: NonNullable<Build["batch"]>) => {
    readonly build: Build;
    readonly running: RunningBuild;
  };
  /** Milliseconds of a minute of a time limit. */
  readonly minuteMs: number;
}

/**
 * Runs the builds of a batch side by side: https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html
 *
 * It fails where one of them does whose failure is not to be ignored; with `fast-fail`, the others are stopped then.
 */
export function runBatch(batch: Batch, { begin, minuteMs }: BatchOptions): RunningBuild {
  let stopped: StopStatus | undefined;
  const running: RunningBuild[] = [];
  const stop: RunningBuild["stop"] = (status, grace) => {
    if (batch.status !== "IN_PROGRESS") return;
    stopped ??= status;
    // Each knows whether that leaves it less time.
    for (const one of running) one.stop("STOPPED", grace);
  };
  const { buildBatchConfig, source } = batch.project.settings;
  const limit = buildBatchConfig?.timeoutInMins ?? 480;
  const timer = setTimeout(() => stop("TIMED_OUT"), limit * minuteMs);

  async function phase(type: string, work: () => Promise<void> | void): Promise<boolean> {
    if (stopped) return false;
    const one: Phase = { type, started: Date.now(), status: "IN_PROGRESS" };
    batch.phases.push(one);
    try {
      await work();
      one.status = "SUCCEEDED";
    } catch (error) {
      one.status = "FAILED";
      const [code, message] =
        error instanceof BuildError ? [error.code, error.message] : ["INTERNAL_SERVICE_ERROR", String(error)];
      one.context = { code, message };
    }
    one.ended = Date.now();
    return one.status === "SUCCEEDED";
  }

  async function run(): Promise<void> {
    let tasks: ReturnType<typeof batchTasks> = [];
    let isFast = false;
    const isRead = await phase("DOWNLOAD_BATCHSPEC", () => {
      const setting = source.buildspec ?? "";
      if (!isInline(setting))
        throw new BuildError(
          "YAML_FILE_ERROR",
          "the sandbox reads a batch only from the project's own buildspec",
        );
      const spec = readBuildspec(setting);
      isFast = spec.batch?.["fast-fail"] ?? false;
      tasks = batchTasks(spec);
      const most = buildBatchConfig?.restrictions?.maximumBuildsAllowed ?? 100;
      if (tasks.length > most)
        throw new BuildError(
          "CLIENT_ERROR",
          `${tasks.length} builds are more than the ${most} that are allowed`,
        );
    });
    if (!isRead) return;
    await phase("IN_PROGRESS", async () => {
      const arn = batchArn(batch);
      const failed: Build[] = [];
      await Promise.all(
        tasks.map(async (task) => {
          const { build, running: one } = begin({ arn, task });
          batch.builds.push(build);
          running.push(one);
          await one.done;
          if (build.status === "SUCCEEDED" || task.ignoreFailure) return;
          failed.push(build);
          if (isFast) for (const other of running) other.stop("STOPPED");
        }),
      );
      if (failed.length === 0 || stopped) return;
      const reasons = failed.map(
        ({ batch: own, id, phases, status }) =>
          `${own?.task.identifier} (${id}) ${status}: ${whyNot(phases) ?? "no phase failed"}`,
      );
      throw new BuildError("BATCH_FAILED", reasons.join("; "));
    });
  }

  const done = run().then(() => {
    clearTimeout(timer);
    const failed = batch.phases.some(({ status }) => status === "FAILED");
    batch.status = stopped ?? (failed ? "FAILED" : "SUCCEEDED");
    batch.ended = Date.now();
    // The last phase of a batch is called as it went.
    const type = batch.status === "TIMED_OUT" ? "FAILED" : batch.status;
    batch.phases.push({ type, started: batch.ended, ended: batch.ended, status: batch.status });
  });
  return { done, stop };
}
