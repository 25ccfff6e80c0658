import { accountCredentials } from "../../../cli/shared/sandbox-request";
import type { Cell, Target } from "../../../fleet/model";
import type { AwsSession } from "../../../operations/aws/role-credentials";
import { verifyFront, verifyTarget } from "../../../operations/rollout/verify";
import { type CloudFront, createCloudFront } from "../../../sandbox/cloudfront/cloudfront";
import { createGateway } from "../../../sandbox/gateway/gateway";
import { createIdentities } from "../../../sandbox/gateway/identities";
import { type RunningServer, startServer } from "../../../sandbox/gateway/server";
import { AwsError } from "../../../sandbox/http";
import { createAccessControl, createDistribution, originXml } from "../../sandbox/cloudfront/support";
import { createTestLambda, deploy, send, type TestLambda } from "../../sandbox/lambda/helpers";
import { fleetOf, smallFile } from "../../support/fleet";

const place = { account: "333333333333", region: "eu-west-1" };
/** That of the account that owns the distribution. */
const distributions = "arn:aws:cloudfront::111111111111:distribution/*";
const [cell] = fleetOf(smallFile).cells as readonly [Cell];
const target = cell.targets.find(({ region }) => region === place.region) as Target;
const verify = { path: "/", status: 200 };
const patience = { total: 0, now: () => 0, pause: async () => {} };

let aws: TestLambda;
let cloudFront: CloudFront;
let server: RunningServer;

beforeAll(async () => {
  aws = createTestLambda();
  const { lambda, outages } = aws;
  cloudFront = createCloudFront(lambda.urls);
  const moto = async () => {
    throw new AwsError(400, "NotHere", "nothing is served here");
  };
  const options = { identities: createIdentities(), outages, lambda, cloudFront, moto, onLog: () => {} };
  server = await startServer(createGateway(options), 0, () => {});
});
afterAll(async () => {
  await server.close();
  await aws.close();
});

/** The deploy role's session, which here is one of the account that is given. */
const sessionOf = (account: string): AwsSession => ({
  environment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}` },
  onSlow: () => {},
  assumeRole: async () => accountCredentials(account),
});
const outputsOf = (host: string) => ({ globex_eu_west_1: { functions: { hello: { host } } } });
const askTarget = (host: string, account = place.account) =>
  verifyTarget({
    ...{ cell, target, verify, patience },
    ...{ outputs: outputsOf(host), session: sessionOf(account) },
  });

test("a function URL lets the role of its own account in, and that of no other", async () => {
  const host = await deploy(aws.lambda, place, "exports.handler = async () => ({ statusCode: 200 });", {
    FunctionName: "right",
  });
  expect(await askTarget(host)).toEqual({ ok: true, asked: [{ url: `https://${host}/`, status: 200 }] });
  expect(await askTarget(host, "444444444444")).toMatchObject({
    ok: false,
    asked: [{ status: 403, why: expect.stringContaining("lambda:InvokeFunctionUrl") }],
  });
});

test("a handler that throws is found", async () => {
  const host = await deploy(aws.lambda, place, "exports.handler = async () => { throw new Error('no'); };", {
    FunctionName: "wrong",
  });
  expect(await askTarget(host)).toMatchObject({ ok: false, asked: [{ status: 502 }] });
});

test("a region that is down gives no answer", async () => {
  aws.outages.begin(place.region);
  const { asked, ok } = await askTarget("abc.lambda-url.eu-west-1.on.aws");
  aws.outages.end(place.region);
  expect(ok).toBe(false);
  expect(asked[0]).not.toHaveProperty("status");
});

test("a front is asked by the name that CloudFront gave it", async () => {
  const host = await deploy(aws.lambda, place, "exports.handler = async () => ({ statusCode: 200 });", {
    FunctionName: "behind",
  });
  const policy = "/2015-03-31/functions/behind/policy?Qualifier=live";
  for (const Action of ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]) {
    await send(aws.lambda, place, "POST", policy, {
      ...{ StatementId: Action.replace(":", ""), Action, Principal: "cloudfront.amazonaws.com" },
      SourceArn: distributions,
    });
  }
  const control = await createAccessControl(cloudFront);
  const id = host.split(".")[0] ?? "";
  const { domain } = await createDistribution(cloudFront, {
    ...{ target: id, aliases: ["api.example.com"] },
    origins: [originXml(id, place.region, `<OriginAccessControlId>${control}</OriginAccessControlId>`)],
  });
  expect(domain).toMatch(/\.cloudfront\.net$/);
  for (const name of [domain, "api.example.com"]) {
    const url = `https://${name}`;
    const session = sessionOf(place.account);
    expect(await verifyFront({ cell, outputs: { url }, verify, patience, session })).toEqual({
      ok: true,
      asked: [{ url: `${url}/`, status: 200 }],
    });
  }
});
