import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type PipelineCaller, pipelineApi } from "../../../operations/aws/code-pipeline";

let server: Server;
let caller: PipelineCaller;
/** What AWS answers, by target. */
let answers: Record<string, (input: Record<string, unknown>) => object>;
/** Of the answers to come; then all is well. */
let statuses: number[];
beforeEach(async () => {
  statuses = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const target = String(request.headers["x-amz-target"]);
    response.statusCode = statuses.shift() ?? 200;
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
  statuses = [400];
  answers = {
    "CodePipeline_20150709.GetPipeline": () => ({
      __type: "com.amazonaws.codepipeline#PipelineNotFoundException",
      message: 'no pipeline "acme"',
    }),
  };
  await expect(pipelineApi(caller, "acme").stages()).rejects.toMatchObject({
    name: "PipelineNotFoundException",
    message: 'no pipeline "acme"',
  });
});

it("waits where AWS asks for patience", async () => {
  statuses = [429];
  answers = { "CodePipeline_20150709.GetPipeline": () => ({ pipeline: { stages: [{ name: "Source" }] } }) };
  expect(await pipelineApi(caller, "acme").stages()).toEqual(["Source"]);
});

it("starts nothing twice where the answer is lost", async () => {
  let starts = 0;
  statuses = [503];
  answers = {
    "CodePipeline_20150709.StartPipelineExecution": () => ({ pipelineExecutionId: String(++starts) }),
  };
  await expect(pipelineApi(caller, "acme").start()).rejects.toMatchObject({
    $metadata: { httpStatusCode: 503 },
  });
  expect(starts).toBe(1);
});
