import { ignoresEndpoints } from "./endpoint";
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

/** What a client is made with. */
interface PlainClientOptions {
  readonly region: string;
  readonly credentials?: () => Promise<Credentials>;
}

/** Sends {@link PlainCommand}s, and is to whoever asks like a client of the SDK. */
export class PlainClient {
  constructor(private readonly options: PlainClientOptions) {}

  /** @throws as the SDK does: an error with AWS's name for it, and the status */
  async send<Output>(
    { body, headers, read, service }: PlainCommand<Output>,
    { abortSignal: signal }: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<Output> {
    const { credentials, region } = this.options;
    if (!credentials) throw new Error(`there are no credentials to ask ${service} with`);
    const answer = await signedRequest({
      endpoint: endpointOf(service, region, process.env),
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

/** AWS says it in JSON (`__type`, after a `#` in some) or in XML, and what stands between may say nothing at all. */
function refusalOf({ status, text }: Answer, service: string): Error {
  const [, type] = /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(text) ?? [];
  const [, message = elementOf(text, "Message")] = /"[Mm]essage"\s*:\s*"([^"]*)"/.exec(text) ?? [];
  return Object.assign(new Error(message ?? `${service} answered with status ${status}`), {
    name: type ?? elementOf(text, "Code") ?? "Error",
    $metadata: { httpStatusCode: status },
  });
}

function elementOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
}

/**
 * Asks for a connection to where sources are. Older ones are of the service's older name.
 * https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_GetConnection.html
 */
export class GetConnectionCommand
  implements PlainCommand<{ readonly Connection?: { readonly ConnectionStatus?: string } }>
{
  readonly service: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly read = JSON.parse;

  constructor(readonly input: { readonly ConnectionArn: string }) {
    const isOld = input.ConnectionArn.startsWith("arn:aws:codestar-connections:");
    this.service = isOld ? "codestar-connections" : "codeconnections";
    this.headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": isOld
        ? "com.amazonaws.codestar.connections.CodeStar_connections_20191201.GetConnection"
        : "com.amazonaws.codeconnections.CodeConnections_20231201.GetConnection",
    };
    this.body = JSON.stringify(input);
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
