import { type Credentials, functionEnvironment } from "./environment";
import { type Outcome, startInstance } from "./function-instance";
import type { Logs } from "./logs";
import { functionArn } from "./names";
import { createPool } from "./pool";
import { type FunctionState, resolveVersion } from "./store";

/** How many invocations of one function run at once when it reserves no concurrency; the machine is not a data centre. */
const DEFAULT_CONCURRENCY = 10;

/** Runs functions. */
export interface Runner {
  /**
   * Runs what a qualifier stands for, with an event in JSON.
   *
   * @throws {TooManyRequests} when the function already runs as often as it may
   */
  readonly run: (
    state: FunctionState,
    qualifier: string | undefined,
    event: string,
    requestId: string,
  ) => Promise<{ readonly outcome: Outcome; readonly version: string }>;
  /** Ends the processes of versions that a function no longer has; to be called when it was changed or deleted. */
  readonly retire: (before: FunctionState, after: FunctionState | undefined) => void;
  readonly close: () => Promise<void>;
}

/** What running functions takes. */
export interface RunnerOptions {
  readonly functionProcess: string;
  /** Folders in which handlers find what the runtime brings on AWS: the SDK, `@aws-sdk/*`. */
  readonly runtimeModules: readonly string[];
  readonly endpoint: () => string;
  /** Credentials for a session of a function's role. */
  readonly credentials: (roleArn: string, region: string) => Promise<Credentials>;
  readonly logs: Logs;
}

/** A runner without any process. */
export function createRunner(options: RunnerOptions): Runner {
  const { functionProcess, runtimeModules, endpoint, credentials, logs } = options;
  const pool = createPool(async (id, version) => {
    const { settings, code } = version;
    const session = await credentials(settings.Role, id.region);
    const { account, region, name } = id;
    return startInstance({
      functionProcess,
      handler: settings.Handler,
      folder: code.folder,
      memoryMegabytes: settings.MemorySize,
      environment: functionEnvironment(id, version, session, endpoint(), runtimeModules),
      onLine: (message, requestId) =>
        logs.add({
          time: new Date().toISOString(),
          account,
          region,
          function: name,
          version: version.version,
          requestId,
          message,
        }),
    });
  });

  return {
    async run(state, qualifier, event, requestId) {
      const version = resolveVersion(state, qualifier);
      const limit = state.reservedConcurrency ?? DEFAULT_CONCURRENCY;
      const arn = functionArn(state.id, qualifier);
      const outcome = await pool.invoke(state.id, version, limit, { requestId, event, functionArn: arn });
      return { outcome, version: version.version };
    },
    retire(before, after) {
      const kept = after ? [after.latest, ...after.published] : [];
      pool.retire(
        before.id,
        kept.map(({ revisionId }) => revisionId),
      );
    },
    close: () => pool.close(),
  };
}
