import type { AwsCall, HttpResponse, ServiceHandler } from "../http";
import { actionOf } from "../protocols/errors";
import { isMap, type JsonInput } from "../protocols/json";

/** Which queues may use this one as their dead-letter queue: the attribute that moto 5.2.1 has no word of. */
const forgotten = "RedriveAllowPolicy";

/** JSON, which moto writes with spaces and SQS without; the provider compares the text. */
const redrive = "RedrivePolicy";

/**
 * Gives back which queues may send their dead letters to a queue as it was put: the provider waits for minutes to read it.
 * It is not enforced. Where a queue sends its own is given back as SQS writes it.
 *
 * @param moto who serves SQS otherwise
 */
export function withQueueAttributes(moto: ServiceHandler): ServiceHandler {
  const kept = new Map<string, string>();

  async function put(call: AwsCall, input: JsonInput): Promise<HttpResponse> {
    const { [forgotten]: policy, ...others } = isMap(input.Attributes) ? input.Attributes : {};
    if (policy === undefined) return moto(call);
    const response = await moto(withInput(call, { ...input, Attributes: others }));
    if (response.status === 200) kept.set(keyOf(call, input), String(policy));
    return response;
  }

  async function get(call: AwsCall, input: JsonInput): Promise<HttpResponse> {
    const names: readonly unknown[] = Array.isArray(input.AttributeNames) ? input.AttributeNames : [];
    const isAsked = (...attributes: readonly string[]) =>
      names.some((name) => name === "All" || attributes.some((attribute) => attribute === name));
    if (!isAsked(forgotten, redrive)) return moto(call);
    // moto refuses a name that it does not know, and still has to say whether there is such a queue.
    const others = names.filter((name) => name !== forgotten);
    const AttributeNames = others.length > 0 ? others : ["QueueArn"];
    const response = await moto(withInput(call, { ...input, AttributeNames }));
    if (response.status !== 200) return response;
    const { Attributes = {} } = JSON.parse(response.body.toString()) as {
      readonly Attributes?: Readonly<Record<string, string>>;
    };
    const target = Attributes[redrive];
    const policy = isAsked(forgotten) ? kept.get(keyOf(call, input)) : undefined;
    const shown = {
      ...(others.length > 0 && Attributes),
      ...(target && { [redrive]: JSON.stringify(JSON.parse(target)) }),
      ...(policy && { [forgotten]: policy }),
    };
    return withBody(response, { Attributes: shown });
  }

  return async (call) => {
    if (call.service !== "sqs") return moto(call);
    const input = inputOf(call);
    switch (input && actionOf(call)) {
      case "CreateQueue":
      case "SetQueueAttributes":
        return put(call, input as JsonInput);
      case "GetQueueAttributes":
        return get(call, input as JsonInput);
      case "DeleteQueue":
        kept.delete(keyOf(call, input as JsonInput));
        return moto(call);
      default:
        return moto(call);
    }
  };
}

function inputOf({ body }: AwsCall): JsonInput | undefined {
  try {
    const input: unknown = JSON.parse(body.toString());
    return isMap(input) ? input : undefined;
  } catch {
    return undefined;
  }
}

/** A queue by its name, which is also the end of its address. */
function keyOf({ account, region }: AwsCall, { QueueName, QueueUrl }: JsonInput): string {
  return `${account}/${region}/${QueueName ?? String(QueueUrl).split("/").at(-1)}`;
}

const withInput = (call: AwsCall, input: JsonInput): AwsCall => ({
  ...call,
  body: Buffer.from(JSON.stringify(input)),
});

function withBody(response: HttpResponse, content: object): HttpResponse {
  const body = Buffer.from(JSON.stringify(content));
  return { ...response, headers: { ...response.headers, "content-length": String(body.length) }, body };
}
