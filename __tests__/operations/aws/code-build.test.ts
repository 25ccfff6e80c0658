import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { lastBuildLine, stopBuild } from "../../../operations/aws/code-build";
import type { PipelineCaller } from "../../../operations/aws/code-pipeline";

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

it.each([
  [false, "CodeBuild_20161006.StopBuild"],
  [true, "CodeBuild_20161006.StopBuildBatch"],
])("stops a build, or the batch where it is one (%s)", async (isBatch, target) => {
  const stopped: unknown[] = [];
  answers = {
    [target]: ({ id }) => {
      stopped.push(id);
      return {};
    },
  };
  await stopBuild(caller, "deploy:1a2b", isBatch);
  expect(stopped).toEqual(["deploy:1a2b"]);
});

describe("the last line of a build", () => {
  const log = (timestamp: number, lead = "") => ({
    "Logs_20140328.DescribeLogStreams": () => ({ logStreams: [{ logStreamName: "one" }] }),
    "Logs_20140328.GetLogEvents": ({ logGroupName, logStreamName }: Record<string, unknown>) => ({
      events: [{ message: `${lead}${logGroupName} ${logStreamName}`, timestamp }],
    }),
  });

  it("is that of the newest stream, if it is not of a build before", async () => {
    answers = log(2000);
    expect(await lastBuildLine(caller, "deploy", 1000)).toBe("/aws/codebuild/deploy one");
    expect(await lastBuildLine(caller, "deploy", 3000)).toBeUndefined();
  });

  it.each(["2016/04/17 07:11:30", "2026/11/27 07:17:37.447001"])(
    "has no time of CodeBuild's in front (%s)",
    async (time) => {
      answers = log(2000, `[Container] ${time} `);
      expect(await lastBuildLine(caller, "deploy", 1000)).toBe("/aws/codebuild/deploy one");
    },
  );

  it("is nothing where there is no log", async () => {
    status = 400;
    answers = {};
    expect(await lastBuildLine(caller, "deploy", 1000)).toBeUndefined();
  });
});
