import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  GetConnectionCommand,
  JsonCommand,
  ListSubscriptionsByTopicCommand,
  PlainClient,
  type PlainCommand,
} from "../../../operations/aws/plain-client";

let server: Server;
let answer: { readonly status: number; readonly text: string };
/** Answers that come before it. */
let firstAnswers: (typeof answer)[] = [];
let asked: { readonly request: IncomingMessage; readonly body: string };
const before = process.env;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked = { request, body };
    const { status, text } = firstAnswers.shift() ?? answer;
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env = { ...before, AWS_ENDPOINT_URL: endpoint, AWS_ENDPOINT_URL_SNS: "", NO_PROXY: "127.0.0.1" };
});
afterAll(() => {
  process.env = before;
  server.closeAllConnections();
  server.close();
});

const client = new PlainClient({
  region: "eu-west-1",
  credentials: async () => ({ accessKeyId: "AKIA", secretAccessKey: "secret", sessionToken: "token" }),
});
const send = <T>(command: PlainCommand<T>, text: string, status = 200) => {
  answer = { status, text };
  return client.send(command, { abortSignal: AbortSignal.timeout(5_000) });
};

test.each([
  ["codeconnections", "com.amazonaws.codeconnections.CodeConnections_20231201.GetConnection"],
  ["codestar-connections", "com.amazonaws.codestar.connections.CodeStar_connections_20191201.GetConnection"],
])("a connection of %s is asked for by the service of its name, as the role", async (service, target) => {
  const ConnectionArn = `arn:aws:${service}:eu-west-1:222222222222:connection/1a2b`;
  const command = new GetConnectionCommand({ ConnectionArn });
  expect(await send(command, '{"Connection":{"ConnectionStatus":"PENDING"}}')).toEqual({
    Connection: { ConnectionStatus: "PENDING" },
  });
  expect(asked.request).toMatchObject({ method: "POST", url: "/" });
  expect(asked.request.headers).toMatchObject({
    "x-amz-target": target,
    "x-amz-security-token": "token",
    authorization: expect.stringContaining(`/eu-west-1/${service}/aws4_request`),
  });
  expect(JSON.parse(asked.body)).toEqual({ ConnectionArn });
});

test("subscriptions are read out of XML, page by page", async () => {
  const member = (arn: string, address: string) =>
    `<member>\n<TopicArn>t</TopicArn><SubscriptionArn>${arn}</SubscriptionArn><Endpoint>${address}</Endpoint>\n</member>`;
  const xml = `<ListSubscriptionsByTopicResult><Subscriptions>${member("PendingConfirmation", "a@example.com")}${member("arn:aws:sns:x", "b@example.com")}</Subscriptions><NextToken>more</NextToken></ListSubscriptionsByTopicResult>`;
  const command = new ListSubscriptionsByTopicCommand({ TopicArn: "arn:aws:sns:t", NextToken: "a+b" });
  expect(await send(command, xml)).toEqual({
    Subscriptions: [
      { SubscriptionArn: "PendingConfirmation", Endpoint: "a@example.com" },
      { SubscriptionArn: "arn:aws:sns:x", Endpoint: "b@example.com" },
    ],
    NextToken: "more",
  });
  expect(Object.fromEntries(new URLSearchParams(asked.body))).toEqual({
    ...{
      Action: "ListSubscriptionsByTopic",
      Version: "2010-03-31",
      TopicArn: "arn:aws:sns:t",
      NextToken: "a+b",
    },
  });
});

test.each([
  ['{"__type":"ResourceNotFoundException","Message":"no such"}', "ResourceNotFoundException", "no such"],
  ['{"__type":"com.amazonaws.x#AccessDeniedException","message":"no"}', "AccessDeniedException", "no"],
  ['{"__type":"ConflictException","message":"\\"acme\\" is\\nbusy"}', "ConflictException", '"acme" is\nbusy'],
  ["null", "Error", "sns answered with status 404"],
  [
    "<ErrorResponse><Error><Code>NotFound</Code><Message>no topic</Message></Error></ErrorResponse>",
    "NotFound",
    "no topic",
  ],
  ["<html>", "Error", "sns answered with status 404"],
])("a refusal is what the SDK would make of it: %s", async (text, name, message) => {
  const command = new ListSubscriptionsByTopicCommand({ TopicArn: "arn:aws:sns:t" });
  await expect(send(command, text, 404)).rejects.toMatchObject({
    ...{ name, message, $metadata: { httpStatusCode: 404 } },
  });
});

test("an operation without an answer has an empty one", async () => {
  expect(
    await send(new JsonCommand("codepipeline", "CodePipeline_20150709.PutApprovalResult", {}), ""),
  ).toEqual({});
  expect(asked.request.headers["content-type"]).toBe("application/x-amz-json-1.1");
});

describe("where nobody is there to answer", () => {
  const options = {
    region: "eu-west-1",
    credentials: async () => ({ accessKeyId: "AKIA", secretAccessKey: "secret" }),
  };
  const command = new JsonCommand<object>("codebuild", "CodeBuild_20161006.BatchGetBuilds", { ids: [] });
  beforeEach(() => {
    firstAnswers = [{ status: 503, text: "" }];
    answer = { status: 200, text: '{"builds":[]}' };
  });
  afterEach(() => {
    firstAnswers = [];
  });

  test("it is asked as often as the client is made to", async () => {
    expect(await new PlainClient({ ...options, maxAttempts: 2 }).send(command)).toEqual({ builds: [] });
  });

  test("it is asked once otherwise", async () => {
    await expect(new PlainClient(options).send(command)).rejects.toThrow(
      "codebuild answered with status 503",
    );
  });

  test("a refusal is an answer", async () => {
    firstAnswers = [{ status: 400, text: '{"__type":"InvalidInputException"}' }];
    await expect(new PlainClient({ ...options, maxAttempts: 2 }).send(command)).rejects.toMatchObject({
      name: "InvalidInputException",
    });
  });
});

test("a client may have an address of its own", async () => {
  const endpoint = process.env.AWS_ENDPOINT_URL ?? "";
  process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
  const own = new PlainClient({
    ...{ endpoint, region: "eu-west-1" },
    credentials: async () => ({ accessKeyId: "AKIA", secretAccessKey: "secret" }),
  });
  answer = { status: 200, text: "{}" };
  expect(await own.send(new JsonCommand("logs", "Logs_20140328.GetLogEvents", {}))).toEqual({});
  process.env.AWS_ENDPOINT_URL = endpoint;
});

test("nothing is asked without the credentials of a role", async () => {
  const nobody = new PlainClient({ region: "eu-west-1" });
  const command = new ListSubscriptionsByTopicCommand({ TopicArn: "arn:aws:sns:t" });
  await expect(nobody.send(command)).rejects.toThrow("there are no credentials to ask sns with");
});
