import { AwsError } from "../http";
import type { Code } from "./code";
import { type FunctionId, functionArn } from "./names";

/**
 * What a version of a function is set to, by the names of Lambda's API, as sent: what is read back must be what was
 * sent, or Terraform plans to change it for ever. Only the fields that the sandbox itself needs are spelled out.
 */
export interface Settings {
  readonly Role: string;
  readonly Handler: string;
  readonly Runtime: string;
  readonly Description: string;
  /** Seconds. */
  readonly Timeout: number;
  /** MB. */
  readonly MemorySize: number;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly Architectures: readonly string[];
  readonly LoggingConfig: { readonly LogFormat: string; readonly LogGroup: string };
  readonly EphemeralStorage: { readonly Size: number };
  readonly TracingConfig: { readonly Mode: string };
  readonly Layers?: readonly string[];
  readonly [echoed: string]: unknown;
}

/** A JSON object of a request. */
export type Body = Readonly<Record<string, unknown>>;

/** Fields that come back as they were sent. */
const echoedFields = [
  "DeadLetterConfig",
  "FileSystemConfigs",
  "KMSKeyArn",
  "VpcConfig",
  "SnapStart",
] as const;

const settableFields = [
  ...["Role", "Handler", "Runtime", "Description", "Timeout", "MemorySize", "Environment", "LoggingConfig"],
  ...["EphemeralStorage", "TracingConfig", "Layers", ...echoedFields],
];

/** Lambda sets these itself. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const reservedVariables = new Set([
  ...["_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"],
  ...["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"],
  ...["AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"],
  ...[
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
  ],
  ...["LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"],
]);

function invalid(message: string): AwsError {
  return new AwsError(400, "InvalidParameterValueException", message);
}

/**
 * Refuses a number outside of Lambda's limits, in AWS's words.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
function checkWithin(name: string, value: unknown, least: number, most: number): void {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new AwsError(400, "SerializationException", `${name} '${value}' is not a whole number`);
  }
  if (value >= least && value <= most) return;
  const limit = value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  throw new AwsError(
    400,
    "ValidationException",
    `1 validation error detected: Value '${value}' at '${name[0]?.toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must have value ${limit}`,
  );
}

function check(settings: Settings): Settings {
  const { Runtime, Handler, Role, MemorySize, Timeout, Environment } = settings;
  if (!/^nodejs\d+\.x$/.test(Runtime ?? "")) {
    throw invalid(`Runtime '${Runtime}': the sandbox runs Node.js functions only`);
  }
  if (typeof Handler !== "string" || Handler === "") throw invalid("Handler is required");
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(Role ?? ""))
    throw invalid(`Role '${Role}' is not the ARN of a role`);
  checkWithin("MemorySize", MemorySize, 128, 10_240);
  checkWithin("Timeout", Timeout, 1, 900);
  const variables = Environment?.Variables ?? {};
  const reserved = Object.keys(variables).filter((name) => reservedVariables.has(name));
  if (reserved.length > 0) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > 4096) {
    throw invalid(
      "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.",
    );
  }
  return settings;
}

/**
 * The settings of a new function: Lambda's defaults under what the request says.
 *
 * @throws {AwsError} 400 for what Lambda would refuse, and for runtimes other than Node.js
 */
export function newSettings(id: FunctionId, body: Body): Settings {
  const defaults = {
    Description: "",
    Timeout: 3,
    MemorySize: 128,
    Architectures: ["x86_64"],
    EphemeralStorage: { Size: 512 },
    TracingConfig: { Mode: "PassThrough" },
    LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${id.name}` },
  };
  const { Architectures = defaults.Architectures } = body;
  return changedSettings({ ...defaults, Architectures } as unknown as Settings, body);
}

/**
 * The settings after an UpdateFunctionConfiguration: a field that the request leaves out stays as it was.
 *
 * @throws {AwsError} as {@link newSettings} does
 */
export function changedSettings(before: Settings, body: Body): Settings {
  const sent = Object.fromEntries(
    settableFields.filter((field) => body[field] != null).map((field) => [field, body[field]]),
  );
  const LoggingConfig = { ...before.LoggingConfig, ...(sent.LoggingConfig as object | undefined) };
  return check({ ...before, ...sent, LoggingConfig } as Settings);
}

/** One version of a function: settings and code, which never change once it has a number. */
export interface Version {
  /** `$LATEST`, or a number. */
  readonly version: string;
  readonly settings: Settings;
  readonly code: Code;
  /** In Lambda's format, `2024-01-31T12:00:00.000+0000`. */
  readonly lastModified: string;
  readonly revisionId: string;
}

/** A time as Lambda writes it in a function's configuration. */
export function lambdaTime(time: Date): string {
  return time.toISOString().replace("Z", "+0000");
}

/**
 * A version as Lambda's API shows it (the FunctionConfiguration shape).
 *
 * @param qualifier what the caller asked by, which the ARN then ends with
 */
export function describeVersion(id: FunctionId, version: Version, qualifier?: string): Body {
  const { Layers, Environment, VpcConfig, SnapStart, ...settings } = version.settings;
  const hasVariables = Object.keys(Environment?.Variables ?? {}).length > 0;
  return {
    FunctionName: id.name,
    FunctionArn: functionArn(id, qualifier ?? version.version),
    ...settings,
    ...(hasVariables && { Environment: { Variables: Environment?.Variables } }),
    ...(Layers && { Layers: Layers.map((Arn) => ({ Arn, CodeSize: 0 })) }),
    ...(VpcConfig ? { VpcConfig } : {}),
    SnapStart: { ApplyOn: "None", ...(SnapStart ?? {}), OptimizationStatus: "Off" },
    PackageType: "Zip",
    CodeSize: version.code.size,
    CodeSha256: version.code.sha256,
    Version: version.version,
    LastModified: version.lastModified,
    RevisionId: version.revisionId,
    State: "Active",
    LastUpdateStatus: "Successful",
  };
}
