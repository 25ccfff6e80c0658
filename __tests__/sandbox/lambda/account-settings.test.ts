import { createLimits } from "../../../sandbox/limits";
import { createTestLambda, deploy, frankfurt, type Place, send, zip } from "./helpers";

const limits = createLimits();
const { close, lambda } = createTestLambda(limits);
afterAll(close);

const code = "exports.handler = async () => 1";
const settings = (place: Place) => send(lambda, place, "GET", "/2016-08-19/account-settings/");

test("the settings of an account tell its limits in the region, and what its functions take of them", async () => {
  await deploy(lambda, frankfurt, code);
  await send(lambda, frankfurt, "PUT", "/2017-10-31/functions/hello/concurrency", {
    ReservedConcurrentExecutions: 30,
  });
  limits.set({ name: "lambda-concurrency", value: 200, region: frankfurt.region });
  limits.set({ name: "lambda-code-storage", value: 5_000 });
  const bytes = Buffer.from(zip({ "index.js": code }), "base64").length;
  expect(await settings(frankfurt)).toEqual({
    AccountLimit: {
      TotalCodeSize: 5_000,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: 200,
      UnreservedConcurrentExecutions: 170,
    },
    // What is published, and $LATEST.
    AccountUsage: { TotalCodeSize: 2 * bytes, FunctionCount: 1 },
  });
  expect(await settings({ ...frankfurt, region: "eu-west-1" })).toMatchObject({
    AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000 },
    AccountUsage: { TotalCodeSize: 0, FunctionCount: 0 },
  });
});
