import { randomBytes } from "node:crypto";
import { delimiter } from "node:path";
import type { Version } from "./configuration";
import type { FunctionId } from "./names";

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
export function functionEnvironment(
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
  };
}
