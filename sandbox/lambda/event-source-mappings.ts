import { randomUUID } from "node:crypto";
import { AwsError, type HttpResponse, notServed } from "../http";
import { parseQueueArn, type QueueId, type Queues } from "../sqs/queues";
import type { Body } from "./configuration";
import { listTags, tagResource, untagResource } from "./functions";
import { type FunctionId, functionArn } from "./names";
import { type OperationContext, ok, resolveVersion } from "./store";

/** Messages of a queue as events of a function. */
export interface Mapping {
  readonly uuid: string;
  readonly function: FunctionId;
  /** Version or alias that is called; absent for the function itself. */
  readonly qualifier?: string;
  readonly queue: QueueId;
  readonly queueArn: string;
  readonly settings: MappingSettings;
  readonly tags: Body;
  /** Seconds since 1970. */
  readonly lastModified: number;
}

interface MappingSettings {
  readonly enabled: boolean;
  readonly batchSize: number;
  /** Seconds. */
  readonly window: number;
  /** Whether the function's answer says which messages have failed. */
  readonly reportsFailures: boolean;
  /** What comes back as it was sent. */
  readonly echoed: Body;
}

/** The mappings of every account and region, by id. */
export type Mappings = Map<string, Mapping>;

/** What the operations of mappings work with. */
export interface MappingContext extends OperationContext {
  readonly mappings: Mappings;
  readonly queues: Queues;
}

/** An operation on mappings; it may have to ask SQS. */
export type MappingOperation = (context: MappingContext) => HttpResponse | Promise<HttpResponse>;

/** Fields that come back as they were sent, without effect. */
const echoedFields = [
  "FilterCriteria",
  "ScalingConfig",
  "KMSKeyArn",
  "MetricsConfig",
  "ProvisionedPollerConfig",
] as const;

function invalid(message: string): AwsError {
  return new AwsError(400, "InvalidParameterValueException", message);
}

/** The id in the ARN of a mapping, which tags are asked by; undefined for any other text. */
export function mappingIdOf(arn: string): string | undefined {
  return /^arn:aws:lambda:[a-z0-9-]+:\d{12}:event-source-mapping:([0-9a-f-]{36})$/.exec(arn)?.[1];
}

function mappingArn({ function: { account, region }, uuid }: Mapping): string {
  return `arn:aws:lambda:${region}:${account}:event-source-mapping:${uuid}`;
}

/** A mapping as Lambda's API shows it. */
function describe(mapping: Mapping): Body {
  const { lastModified, qualifier, queueArn, settings, uuid } = mapping;
  return {
    UUID: uuid,
    EventSourceMappingArn: mappingArn(mapping),
    EventSourceArn: queueArn,
    FunctionArn: functionArn(mapping.function, qualifier),
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.window,
    FunctionResponseTypes: settings.reportsFailures ? ["ReportBatchItemFailures"] : [],
    ...settings.echoed,
    State: settings.enabled ? "Enabled" : "Disabled",
    StateTransitionReason: "USER_INITIATED",
    LastModified: lastModified,
  };
}

/** What a request says, over what was there before. */
function settingsOf(body: Body, queue: QueueId, before?: MappingSettings): MappingSettings {
  const echoed = echoedFields.filter((field) => body[field] != null).map((field) => [field, body[field]]);
  const types = body.FunctionResponseTypes as readonly string[] | null | undefined;
  return checkBatches(queue, {
    enabled: (body.Enabled as boolean | undefined) ?? before?.enabled ?? true,
    batchSize: Number(body.BatchSize ?? before?.batchSize ?? 10),
    window: Number(body.MaximumBatchingWindowInSeconds ?? before?.window ?? 0),
    reportsFailures: types?.includes("ReportBatchItemFailures") ?? before?.reportsFailures ?? false,
    echoed: { ...before?.echoed, ...Object.fromEntries(echoed) },
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html; the words are the sandbox's. */
function checkBatches({ name }: QueueId, settings: MappingSettings): MappingSettings {
  const { batchSize, window } = settings;
  const isFifo = name.endsWith(".fifo");
  if (isFifo && window > 0) throw invalid("Batching window is not supported for FIFO queues");
  const most = isFifo ? 10 : 10_000;
  if (!(batchSize >= 1 && batchSize <= most))
    throw invalid(`BatchSize ${batchSize} is not within 1 and ${most}`);
  if (!(window >= 0 && window <= 300))
    throw invalid(`MaximumBatchingWindowInSeconds ${window} is not within 0 and 300`);
  if (batchSize > 10 && window === 0) {
    throw invalid(
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    );
  }
  return settings;
}

/**
 * Lambda does not take a queue that hands a message out again while the function may still work on it. That the role may
 * read the queue, which AWS asks first, is not asked here.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html; the words are those of
 * https://github.com/winglang/wing/issues/1507.
 */
async function checkQueue({ queues, store }: MappingContext, mapping: Mapping): Promise<void> {
  const { Timeout } = resolveVersion(store.get(mapping.function), mapping.qualifier).settings;
  const visibility = await queues.visibilityTimeout(mapping.queue);
  if (visibility === undefined) {
    throw invalid(
      `Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist: ${mapping.queueArn}`,
    );
  }
  if (visibility < Timeout) {
    throw invalid(
      `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${Timeout} seconds`,
    );
  }
}

function existing({ call, item, mappings }: MappingContext): Mapping {
  const mapping = mappings.get(item);
  const { account, region } = mapping?.function ?? {};
  if (mapping && account === call.account && region === call.region) return mapping;
  throw new AwsError(404, "ResourceNotFoundException", `The resource you requested does not exist: ${item}`);
}

const now = () => Math.floor(Date.now() / 1000);

/** CreateEventSourceMapping, of a queue in the function's region; of nothing else. */
export const createMapping: MappingOperation = async (context) => {
  const { body, id, mappings, qualifier } = context;
  const queueArn = String(body.EventSourceArn ?? "");
  const queue = parseQueueArn(queueArn);
  if (!queue) throw notServed(`event source mappings of '${queueArn}', only of SQS queues`);
  if (queue.region !== id.region)
    throw invalid(`The queue ${queueArn} is not in the function's region, ${id.region}`);
  const mapping: Mapping = {
    uuid: randomUUID(),
    function: id,
    qualifier,
    queue,
    queueArn,
    settings: settingsOf(body, queue),
    tags: (body.Tags ?? {}) as Body,
    lastModified: now(),
  };
  await checkQueue(context, mapping);
  const same = [...mappings.values()].find(
    (one) =>
      one.queueArn === queueArn && functionArn(one.function, one.qualifier) === functionArn(id, qualifier),
  );
  if (same) {
    throw new AwsError(
      409,
      "ResourceConflictException",
      `The event source arn (" ${queueArn} ") and function (" ${id.name} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${same.uuid}`,
    );
  }
  mappings.set(mapping.uuid, mapping);
  return ok(describe(mapping), 202);
};

/** UpdateEventSourceMapping; what the request leaves out stays. */
export const updateMapping: MappingOperation = async (context) => {
  const { body, id, mappings, qualifier } = context;
  const before = existing(context);
  const mapping: Mapping = {
    ...before,
    ...(body.FunctionName !== undefined && { function: id, qualifier }),
    settings: settingsOf(body, before.queue, before.settings),
    lastModified: now(),
  };
  await checkQueue(context, mapping);
  mappings.set(mapping.uuid, mapping);
  return ok(describe(mapping), 202);
};

/** GetEventSourceMapping. */
export const getMapping: MappingOperation = (context) => ok(describe(existing(context)));

/** ListEventSourceMappings of the caller's account and region, in one page; of one function or one queue where asked. */
export const listMappings: MappingOperation = ({ call, id, mappings, qualifier, query }) => {
  const source = query.get("EventSourceArn");
  const wanted = [...mappings.values()].filter(
    (one) =>
      one.function.account === call.account &&
      one.function.region === call.region &&
      (source === null || one.queueArn === source) &&
      (id.name === "" || (one.function.name === id.name && one.qualifier === qualifier)),
  );
  return ok({ EventSourceMappings: wanted.map(describe) });
};

/** DeleteEventSourceMapping. */
export const deleteMapping: MappingOperation = (context) => {
  const mapping = existing(context);
  context.mappings.delete(mapping.uuid);
  return ok({ ...describe(mapping), State: "Deleting" }, 202);
};

/** ListTags, of a mapping or a function. */
export const listTagsOf: MappingOperation = (context) =>
  context.item === "" ? listTags(context) : ok({ Tags: existing(context).tags });

/** TagResource, of a mapping or a function. */
export const tagAny: MappingOperation = (context) => {
  if (context.item === "") return tagResource(context);
  const mapping = existing(context);
  context.mappings.set(mapping.uuid, {
    ...mapping,
    tags: { ...mapping.tags, ...(context.body.Tags as Body) },
  });
  return ok(undefined, 204);
};

/** UntagResource, of a mapping or a function. */
export const untagAny: MappingOperation = (context) => {
  if (context.item === "") return untagResource(context);
  const mapping = existing(context);
  const gone = new Set(context.query.getAll("tagKeys"));
  const tags = Object.fromEntries(Object.entries(mapping.tags).filter(([key]) => !gone.has(key)));
  context.mappings.set(mapping.uuid, { ...mapping, tags });
  return ok(undefined, 204);
};
