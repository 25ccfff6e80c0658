import { ignoresEndpoints } from "./endpoint";
import { isUnreachable } from "./errors";
import type { Credentials } from "./role-credentials";
import { type Answer, signedRequest } from "./signed-request";

/** A question to a service that is asked so little that a client of the SDK for it would be too much to install. */
export interface PlainCommand<Output> {
  /** As the command of the SDK has it. */
  readonly input: object;
  /** Signing name, and what the endpoint begins with, e.g. `sns`. */
  readonly service: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Reads the text of an answer. */
  readonly read: (text: string) => Output;
}

/**
 * A question in AWS's JSON, which a header says the operation of.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export class JsonCommand<Output> implements PlainCommand<Output> {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;

  /**
   * @param target version of the API and operation, e.g. `CodeBuild_20161006.BatchGetBuilds`
   * @param version of the protocol
   */
  constructor(
    readonly service: string,
    target: string,
    readonly input: object,
    version: "1.0" | "1.1" = "1.1",
  ) {
    this.headers = { "content-type": `application/x-amz-json-${version}`, "x-amz-target": target };
    this.body = JSON.stringify(input);
  }

  readonly read = (text: string): Output => JSON.parse(text || "{}");
}

/** What a client is made with. */
interface PlainClientOptions {
  readonly region: string;
  readonly credentials?: () => Promise<Credentials>;
  /** `https://<host>`, or `http://127.0.0.1:<port>`. @default what the environment names for the service, and AWS's own */
  readonly endpoint?: string;
  /** Times that a question is asked where nobody is there to answer it. @default 1 */
  readonly maxAttempts?: number;
}

/** Sends {@link PlainCommand}s, and is to whoever asks like a client of the SDK. */
export class PlainClient {
  constructor(private readonly options: PlainClientOptions) {}

  /** @throws as the SDK does: an error with AWS's name for it, and the status */
  async send<Output>(
    command: PlainCommand<Output>,
    { abortSignal: signal }: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<Output> {
    const { maxAttempts = 1 } = this.options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.ask(command, signal);
      } catch (error) {
        if (attempt >= maxAttempts || signal?.aborted || !isUnreachable(error)) throw error;
      }
    }
  }

  private async ask<Output>(
    { body, headers, read, service }: PlainCommand<Output>,
    signal: AbortSignal | undefined,
  ): Promise<Output> {
    const { credentials, region } = this.options;
    if (!credentials) throw new Error(`there are no credentials to ask ${service} with`);
    const answer = await signedRequest({
      endpoint: this.options.endpoint ?? endpointOf(service, region, process.env),
      ...{ service, region, headers, body, signal, method: "POST", path: "/" },
      credentials: await credentials(),
    });
    if (answer.status !== 200) throw refusalOf(answer, service);
    return read(answer.text);
  }

  destroy(): void {}
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointOf(service: string, region: string, environment: NodeJS.ProcessEnv): string {
  const own = `AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll("-", "_")}`;
  const known = ignoresEndpoints(environment) ? {} : environment;
  return known[own] || known.AWS_ENDPOINT_URL || `https://${service}.${region}.amazonaws.com`;
}

/** AWS says it in JSON or in XML, and what stands between may say nothing at all. */
function refusalOf({ status, text }: Answer, service: string): Error {
  const { message, name } = inJson(text) ?? {
    ...{ name: elementOf(text, "Code"), message: elementOf(text, "Message") },
  };
  return Object.assign(new Error(message ?? `${service} answered with status ${status}`), {
    name: name ?? "Error",
    $metadata: { httpStatusCode: status },
  });
}

/** What a refusal in JSON says; undefined where it is none. Before the name there may stand a namespace and a `#`. */
function inJson(text: string): { readonly name?: string; readonly message?: string } | undefined {
  try {
    const refusal: Readonly<Record<string, unknown>> = Object(JSON.parse(text));
    const textAt = (...names: readonly string[]) =>
      names.map((name) => refusal[name]).find((value) => typeof value === "string");
    return { name: textAt("__type")?.split("#").at(-1), message: textAt("message", "Message") };
  } catch {
    return undefined;
  }
}

function elementOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
}

/**
 * Asks for a connection to where sources are. Older ones are of the service's older name.
 * https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_GetConnection.html
 */
export class GetConnectionCommand extends JsonCommand<{
  readonly Connection?: { readonly ConnectionStatus?: string };
}> {
  constructor(input: { readonly ConnectionArn: string }) {
    const isOld = input.ConnectionArn.startsWith("arn:aws:codestar-connections:");
    const [service, target] = isOld
      ? ["codestar-connections", "com.amazonaws.codestar.connections.CodeStar_connections_20191201"]
      : ["codeconnections", "com.amazonaws.codeconnections.CodeConnections_20231201"];
    super(service, `${target}.GetConnection`, input, "1.0");
  }
}

/** A subscription of a topic. */
export interface Subscription {
  /** `PendingConfirmation` until whoever it tells has agreed to it. */
  readonly SubscriptionArn?: string;
  /** The address of one by e-mail. */
  readonly Endpoint?: string;
}

/**
 * Lists the subscriptions of a topic, 100 at a time.
 * https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
 */
export class ListSubscriptionsByTopicCommand
  implements PlainCommand<{ readonly Subscriptions: readonly Subscription[]; readonly NextToken?: string }>
{
  readonly service = "sns";
  readonly headers = { "content-type": "application/x-www-form-urlencoded" };
  readonly body: string;

  constructor(readonly input: { readonly TopicArn: string; readonly NextToken?: string }) {
    const { NextToken, TopicArn } = input;
    const fields = { Action: "ListSubscriptionsByTopic", Version: "2010-03-31", TopicArn };
    this.body = new URLSearchParams({ ...fields, ...(NextToken && { NextToken }) }).toString();
  }

  readonly read = (xml: string) => ({
    Subscriptions: [...xml.matchAll(/<member>(.*?)<\/member>/gs)].map(([, member = ""]) => ({
      SubscriptionArn: elementOf(member, "SubscriptionArn"),
      Endpoint: elementOf(member, "Endpoint"),
    })),
    NextToken: elementOf(xml, "NextToken"),
  });
}
