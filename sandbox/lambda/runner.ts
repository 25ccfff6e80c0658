import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { delimiter } from "node:path";
import type { Version } from "./configuration";
import { type Outcome, startInstance } from "./instance";
import type { Logs } from "./logs";
import { type FunctionId, functionArn } from "./names";
import { type BufferedOutcome, buffered, responseTooLarge } from "./payloads";
import { createPool } from "./pool";
import { type FunctionState, resolveVersion } from "./store";

/** Credentials for calls to AWS. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * The environment of a function's process: its own variables, what Lambda sets
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), and the way back to the sandbox. Nothing of
 * the sandbox's own environment but the PATH.
 */
function functionEnvironment(
  { region, name }: FunctionId,
  { version, settings, code }: Version,
  credentials: Credentials,
  endpoint: string,
  runtimeModules: readonly string[],
): Readonly<Record<string, string>> {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    TZ: ":UTC",
    NODE_OPTIONS: "--enable-source-maps",
    ...settings.Environment?.Variables,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.MemorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: settings.LoggingConfig.LogGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/${name}[${version}]${randomBytes(16).toString("hex")}`,
    LAMBDA_TASK_ROOT: code.folder,
    NODE_PATH: runtimeModules.join(delimiter),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_ENDPOINT_URL: endpoint,
    // The machine's Node.js stands in for the runtime. What the SDK says of its age would be in no log of AWS.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
}

/**
 * How many invocations of one function run at once; further ones wait. As many as the machine has cores, and a few where
 * it has hardly any: a handler that waits for an answer of its own function needs a second process.
 */
const processesPerFunction = Math.max(4, availableParallelism());

/** Runs functions. */
export interface Runner {
  /**
   * Runs what a qualifier stands for, with an event in JSON.
   *
   * @throws {TooManyRequests} when the function reserves a concurrency, and has as many invocations
   */
  readonly run: (
    state: FunctionState,
    qualifier: string | undefined,
    event: string,
    requestId: string,
  ) => Promise<{ readonly outcome: Outcome; readonly version: string }>;
  /** Like `run`, with an answer that is there as a whole, and not too large. */
  readonly runBuffered: (
    ...args: Parameters<Runner["run"]>
  ) => Promise<{ readonly outcome: BufferedOutcome; readonly version: string }>;
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
    return startInstance({
      functionProcess,
      handler: settings.Handler,
      folder: code.folder,
      memoryMegabytes: settings.MemorySize,
      environment: functionEnvironment(id, version, session, endpoint(), runtimeModules),
      onLine: (message, requestId) => log(id, version.version, message, requestId),
    });
  }, processesPerFunction);

  function log({ account, region, name }: FunctionId, version: string, message: string, requestId?: string) {
    const time = new Date().toISOString();
    logs.add({ time, account, region, function: name, version, requestId, message });
  }

  const runner: Runner = {
    async run(state, qualifier, event, requestId) {
      const version = resolveVersion(state, qualifier);
      const arn = functionArn(state.id, qualifier);
      const message = { requestId, event, functionArn: arn };
      const outcome = await pool.invoke(state.id, version, state.reservedConcurrency, message);
      return { outcome, version: version.version };
    },
    async runBuffered(state, qualifier, event, requestId) {
      const { outcome, version } = await runner.run(state, qualifier, event, requestId);
      const whole = await buffered(outcome);
      if (whole.kind === "failed" && whole.error.errorType === responseTooLarge) {
        // The words of AWS's runtime, and why.
        const words = "LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413.";
        log(state.id, version, words, requestId);
        log(state.id, version, `${responseTooLarge}: ${whole.error.errorMessage}`, requestId);
      }
      return { outcome: whole, version };
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
  return runner;
}
