import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { lastBuildLine, type PipelineCaller, pipelineApi } from "../../../operations/aws/code-pipeline";

let server: Server;
let caller: PipelineCaller;
/** What AWS answers, by target. */
let answers: Record<string, (input: Record<string, unknown>) => object>;
let status: number;
beforeEach(async () => {
  status = 200;
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const target = String(request.headers["x-amz-target"]);
    response.statusCode = status;
    response.end(JSON.stringify(answers[target]?.(JSON.parse(Buffer.concat(chunks).toString())) ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  caller = { endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1", credentials };
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

it("reads all pages of an execution's actions", async () => {
  answers = {
    "CodePipeline_20150709.ListActionExecutions": ({ nextToken }) => ({
      actionExecutionDetails: [{ actionName: nextToken ?? "first" }],
      nextToken: nextToken === undefined ? "second" : undefined,
    }),
  };
  const actions = await pipelineApi(caller, "acme").actions("e1");
  expect(actions.map(({ actionName }) => actionName)).toEqual(["first", "second"]);
});

it("throws what is refused under AWS's name for it", async () => {
  status = 400;
  answers = {
    "CodePipeline_20150709.GetPipeline": () => ({ __type: "PipelineNotFoundException", message: "no acme" }),
  };
  await expect(pipelineApi(caller, "acme").stages()).rejects.toMatchObject({
    name: "PipelineNotFoundException",
    message: "no acme",
  });
});

describe("the last line of a build", () => {
  const log = (timestamp: number) => ({
    "Logs_20140328.DescribeLogStreams": () => ({ logStreams: [{ logStreamName: "one" }] }),
    "Logs_20140328.GetLogEvents": ({ logGroupName, logStreamName }: Record<string, unknown>) => ({
      events: [{ message: `${logGroupName} ${logStreamName}`, timestamp }],
    }),
  });

  it("is that of the newest stream, if it is not of a build before", async () => {
    answers = log(2000);
    expect(await lastBuildLine(caller, "deploy", 1000)).toBe("/aws/codebuild/deploy one");
    expect(await lastBuildLine(caller, "deploy", 3000)).toBeUndefined();
  });

  it("is nothing where there is no log", async () => {
    status = 400;
    answers = {};
    expect(await lastBuildLine(caller, "deploy", 1000)).toBeUndefined();
  });
});
