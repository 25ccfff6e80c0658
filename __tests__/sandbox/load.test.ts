import { Agent, type IncomingMessage, request } from "node:http";
import { text as readText } from "node:stream/consumers";
import { createCloudFront } from "../../sandbox/cloudfront/cloudfront";
import { createGateway } from "../../sandbox/gateway/gateway";
import { createIdentities } from "../../sandbox/gateway/identities";
import { type RunningServer, startServer } from "../../sandbox/gateway/server";
import { notServed } from "../../sandbox/http";
import { createAccessControl, createDistribution, createFunction, originXml } from "./cloudfront/support";
import { createTestLambda, deploy, frankfurt, send, type TestLambda } from "./lambda/helpers";

const requests = 10_000;
const connections = 200;
const host = "staging.localhost";

let test: TestLambda;
let server: RunningServer;
const agent = new Agent({ keepAlive: true, maxSockets: connections });

beforeAll(async () => {
  test = createTestLambda();
  const code = `exports.handler = async ({ rawPath, rawQueryString, headers }) => ({
    statusCode: 200,
    body: JSON.stringify([rawPath, rawQueryString, headers["x-number"]]),
  })`;
  const { lambda, outages } = test;
  const url = await deploy(lambda, frankfurt, code);
  for (const action of ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]) {
    await send(lambda, frankfurt, "POST", "/2015-03-31/functions/hello/policy?Qualifier=live", {
      StatementId: action.split(":")[1],
      Action: action,
      Principal: "cloudfront.amazonaws.com",
    });
  }
  const cloudFront = createCloudFront(lambda.urls);
  const route = "async function handler({ request }) { return request; }";
  const signed = `<OriginAccessControlId>${await createAccessControl(cloudFront)}</OriginAccessControlId>`;
  await createDistribution(cloudFront, {
    target: url.split(".")[0],
    origins: [originXml(String(url.split(".")[0]), frankfurt.region, signed)],
    functions: { "viewer-request": await createFunction(cloudFront, route) },
  });
  const gateway = createGateway({
    identities: createIdentities(),
    outages,
    lambda,
    cloudFront,
    moto: async ({ service }) => {
      throw notServed(service);
    },
    onLog: () => {},
  });
  server = await startServer(gateway, 0, () => {});
});
afterAll(async () => {
  agent.destroy();
  await server.close();
  await test.close();
});

async function ask(number: number): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const path = `/path/${number}?n=${number}`;
    const headers = { host, "x-number": String(number) };
    request({ host: "127.0.0.1", port: server.port, path, headers, agent }, resolve)
      .on("error", reject)
      .end();
  });
  return `${response.statusCode} ${await readText(response)}`;
}

it("answers 10,000 requests over 200 connections, each with its own answer", async () => {
  const numbers = Array.from({ length: requests }, (_, number) => number);
  const answers = await Promise.all(numbers.map(ask));
  const wrong = answers.filter(
    (answer, n) => answer !== `200 ${JSON.stringify([`/path/${n}`, `n=${n}`, `${n}`])}`,
  );
  expect(wrong).toEqual([]);
}, 600_000);
