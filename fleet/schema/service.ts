import { z } from "zod";
import { architectures, limits, methods, retentionDays, runtimes, tableAccesses } from "../limits";
import { layerVersion, record } from "./parts";
import { duration, secret, secretName } from "./secret";

const permission = z
  .strictObject({
    actions: z.array(z.string().regex(/^(\*|[a-z0-9-]+:[\w*?]+)$/i, "service:Action")).min(1),
    resources: z
      .array(z.string())
      .min(1)
      .describe("ARNs. {region} and {account} stand for the target's own."),
    conditions: z
      .record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())])))
      .optional()
      .describe("Condition operators, keys and values, as in an IAM policy."),
  })
  .describe("An IAM statement (Allow) for the function's role.");

const route = z
  .string()
  .max(limits.routeLength)
  .regex(/^\/[\w\-.*$/~"'@:+&?]*$/, 'a path pattern that starts with "/", with * and ? as wildcards');

const routeEntry = z.union([
  route,
  z.strictObject({
    path: route.describe('The path pattern, e.g. "/assets/*".'),
    cache: z
      .strictObject({
        ttl: z
          .int()
          .min(limits.ttl.min)
          .max(limits.ttl.max)
          .describe(
            "Seconds for which CloudFront may answer a read itself, unless the service says no-store.",
          ),
      })
      .optional()
      .describe(
        "Lets CloudFront keep answers to reads. Default: they are kept for a second at most, if asked.",
      ),
    methods: z
      .array(z.enum(methods))
      .min(1)
      .optional()
      .describe("The methods that the service takes; the front answers others with 405. Default: all."),
  }),
]);

const serviceFields = {
  source: z
    .string()
    .min(1)
    .describe("The handler's file, relative to the fleet file. TypeScript or JavaScript."),
  handler: z
    .string()
    .regex(/^[\w-]+\.[\w$]+$/, "file.export, e.g. index.handler")
    .optional()
    .describe("File and export of the handler in the bundle. Default: index.handler."),
  runtime: z.enum(runtimes).optional().describe("Default: nodejs22.x."),
  architecture: z.enum(architectures).optional().describe("Default: arm64."),
  memory: z
    .int()
    .min(limits.memory.min)
    .max(limits.memory.max)
    .optional()
    .describe("MB; CPU grows with it. Default: 256."),
  timeout: z
    .int()
    .min(limits.timeout.min)
    .max(limits.timeout.max)
    .optional()
    .describe("Seconds. Default: 10."),
  environment: z
    .record(
      // https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
      z.string().regex(/^[A-Za-z]\w+$/, "at least two characters: a letter, then letters, digits and _"),
      z.string(),
    )
    .optional()
    .describe("Environment variables. Not for secrets: they are readable in the state and in the console."),
  routes: z
    .array(routeEntry)
    .optional()
    .describe(
      'Path patterns, most specific first, or maps of "path", "cache" and "methods". []: no request comes to it, only events. Default: ["/*"].',
    ),
  logRetentionDays: z
    .literal(retentionDays)
    .optional()
    .describe("Days to keep logs: one of the values that CloudWatch accepts. Default: 30."),
  reservedConcurrency: z
    .int()
    .min(0)
    .optional()
    .describe("Most executions at once, reserved from the account's."),
  tracing: z.enum(["Active", "PassThrough"]).optional().describe("X-Ray. Default: PassThrough."),
  layers: z
    .array(layerVersion)
    .max(limits.layers)
    .optional()
    .describe("Layer version ARNs. {region} and {account} stand for the target's own."),
  permissions: z.array(permission).optional(),
  ephemeralStorage: z
    .int()
    .min(limits.ephemeralStorage.min)
    .max(limits.ephemeralStorage.max)
    .optional()
    .describe("MB of /tmp. Default: 512."),
  keepVersions: z
    .int()
    .min(1)
    .optional()
    .describe("Published versions of the function that a deploy keeps, the newest. Default: 5."),
  streaming: z
    .boolean()
    .optional()
    .describe(
      "Whether answers are passed on as they come; the handler is one of awslambda.streamifyResponse. Default: false.",
    ),
  secrets: z
    .record(secretName, secret)
    .optional()
    .describe(
      "What the handler finds in meridian/secrets, by name, and where it lies in the target's region.",
    ),
  secretsRefresh: duration
    .optional()
    .describe("How old values of secrets may become before they are read again. Default: 5m."),
  tables: record(z.enum(tableAccesses))
    .optional()
    .describe("Tables that it works with: read, write or read-write. TABLE_<NAME> says how AWS calls each."),
};

/** A service, with the settings that hold in every cell. */
export const service = z.strictObject(serviceFields);

/** What differs of a service in one cell. */
export const serviceOverride = service.partial();
