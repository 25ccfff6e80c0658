import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { lambdaChecks } from "../../../operations/preflight/lambda";
import { fleetOf, smallFile } from "../../support/fleet";
import { fakeAsker, missing, refusal } from "../recovery/fake-aws";
import { answerTo, scopeOf } from "./support";

const settings = (concurrency: number, unreserved = concurrency, used = 0, storage = 75 * 1024 ** 3) => ({
  GetAccountSettings: () => ({
    AccountLimit: {
      ConcurrentExecutions: concurrency,
      UnreservedConcurrentExecutions: unreserved,
      TotalCodeSize: storage,
    },
    AccountUsage: { TotalCodeSize: used, FunctionCount: 3 },
  }),
});

/** Two cells in one account, of which one is in Ireland, too. */
const file: FleetFile = {
  ...smallFile,
  services: { hello: { source: "functions/hello/index.ts", reservedConcurrency: 30 } },
  cells: {
    globex: { stage: "production", targets: { globex: ["eu-central-1", "eu-west-1"] } },
    initech: { stage: "production", targets: { globex: ["eu-central-1"] } },
  },
};

describe("concurrency", () => {
  const checks = lambdaChecks(scopeOf(fleetOf(file), "globex"));
  const inRegion = (name: string) => checks.filter(({ region }) => region === name);
  const [frankfurt, ireland] = [inRegion("eu-central-1"), inRegion("eu-west-1")];
  const subject = "Lambda concurrency";

  test("has to hold what all cells reserve in the account and region, and 100 that nobody reserves", async () => {
    expect(await answerTo(frankfurt, subject, settings(160))).toMatchObject({ status: "fine" });
    expect(await answerTo(frankfurt, subject, settings(159))).toEqual({
      status: "fails",
      needed: "60 reserved by the fleet, and 100 that nobody reserves",
      found: "159 at once, of which 0 are reserved",
      raise:
        "aws service-quotas request-service-quota-increase --region eu-central-1 --service-code lambda --quota-code L-B99A9384 --desired-value 1000",
    });
    expect(await answerTo(ireland, subject, settings(130))).toMatchObject({ status: "fine" });
  });

  test("is less by what others reserve", async () => {
    const others = { ...settings(1_000, 150), GetFunction: missing("ResourceNotFoundException") };
    expect(await answerTo(frankfurt, subject, others)).toMatchObject({
      status: "fails",
      found: "1,000 at once, of which 850 are reserved",
      raise: expect.stringMatching(/--desired-value 1010$/),
    });
  });

  test("is not less by what the fleet's own functions reserve already", async () => {
    const own = {
      ...settings(160, 100),
      GetFunction: () => ({ Concurrency: { ReservedConcurrentExecutions: 30 } }),
    };
    expect(await answerTo(frankfurt, subject, own)).toMatchObject({
      status: "fine",
      found: "160 at once, of which 60 are reserved, 60 of these by the fleet",
    });
  });

  test("asks about functions only where it matters", async () => {
    const asked: string[] = [];
    await answerTo(frankfurt, subject, settings(1_000, 900), asked);
    expect(asked).toEqual(["eu-central-1 GetAccountSettings"]);
  });

  test("that AWS has not given in full yet is to be looked at, where nothing is reserved", async () => {
    const plain = lambdaChecks(scopeOf(fleetOf(smallFile), "globex")).slice(0, 2);
    expect(await answerTo(plain, subject, settings(10))).toMatchObject({
      status: "note",
      found: "10 at once, where AWS usually gives 1,000: above it, requests get 429",
    });
    expect(await answerTo(plain, subject, settings(1_000))).toMatchObject({ status: "fine" });
  });

  test("is not known where Lambda does not say", async () => {
    const denied = () => {
      throw refusal("AccessDeniedException", 403);
    };
    const ask = answerTo(frankfurt, subject, { GetAccountSettings: denied });
    await expect(ask).rejects.toThrow("AccessDeniedException");
  });
});

test("code storage has to hold the zips of all services in the region, beside what is there", async () => {
  const codeSizes = new Map([
    ["globex/hello", 3 * 1024 ** 2],
    ["initech/hello", 2 * 1024 ** 2],
  ]);
  const checks = lambdaChecks(scopeOf(fleetOf(file), "globex", { codeSizes })).slice(0, 2);
  const subject = "Lambda code storage";
  const megabytes = (number: number) => number * 1024 ** 2;
  expect(await answerTo(checks, subject, settings(1, 1, megabytes(5), megabytes(10)))).toMatchObject({
    status: "fine",
  });
  expect(await answerTo(checks, subject, settings(1, 1, megabytes(6), megabytes(10)))).toMatchObject({
    status: "fails",
    needed: "5 MB for a deploy of all",
    found: "6 MB of at most 10 MB, in 3 functions",
    raise: expect.stringMatching(/--quota-code L-2ACBD22F --desired-value 1$/),
  });
});

test("both are told by one call", async () => {
  const asked: string[] = [];
  const [first, second] = lambdaChecks(scopeOf(fleetOf(smallFile), "globex"));
  expect([first?.subject, second?.subject]).toEqual(["Lambda concurrency", "Lambda code storage"]);
  const asker = fakeAsker(settings(1_000), asked)("any", "any");
  await first?.ask(asker);
  await second?.ask(asker);
  expect(asked).toEqual(["eu-central-1 GetAccountSettings"]);
});
