import {
  CreateAliasCommand,
  CreateFunctionCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { accountCredentials } from "../../../cli/shared/sandbox-request";
import type { Target } from "../../../fleet/model";
import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { type AwsSession, awsSession } from "../../../operations/aws/role-credentials";
import { type PruneOptions, pruneVersions } from "../../../operations/rollout/prune-versions";
import { type DeployContext, stackActions } from "../../../operations/rollout/stack-actions";
import { AwsError } from "../../../sandbox/http";
import { functionOf, zip } from "../../sandbox/lambda/helpers";
import { quietCaller } from "../../support/caller";
import { fleetOf, smallFile } from "../../support/fleet";
import { type LocalAws, startLocalAws } from "../../support/local-aws";

const fleet = fleetOf(smallFile);
const target = fleet.cells[0]?.targets[0] as Target;
const stack = fleetStacks(fleet).find(({ name }) => name === target.stack) as FleetStack;
const FunctionName = "acme_globex_hello";
const before = { ...process.env };
let aws: LocalAws;
let session: AwsSession;
let lambda: LambdaClient;

beforeAll(async () => {
  aws = await startLocalAws();
  process.env = { ...before, ...aws.env };
  session = awsSession([target.region], quietCaller);
  const credentials = accountCredentials(target.account.id);
  lambda = new LambdaClient({ region: target.region, credentials });
});
afterAll(async () => {
  process.env = { ...before };
  lambda.destroy();
  await aws.close();
});
afterEach(() => jest.restoreAllMocks());
beforeEach(() => {
  aws.before = () => {};
  aws.calls.length = 0;
});

const code = (text: string) => Buffer.from(zip({ "index.js": text }), "base64");

/** Makes a function with so many published versions, and `live` on one of them. */
async function published(name: string, versions: number, live: number): Promise<void> {
  const { Code: _, ...settings } = functionOf("", { FunctionName: name });
  const create = { ...settings, Code: { ZipFile: code("1") } } as CreateFunctionCommand["input"];
  await lambda.send(new CreateFunctionCommand(create));
  for (let version = 2; version <= versions; version++) {
    const ZipFile = code(String(version));
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile, Publish: true }));
  }
  await alias(name, "live", live);
}

const alias = (name: string, Name: string, version: number) =>
  lambda.send(new CreateAliasCommand({ FunctionName: name, Name, FunctionVersion: String(version) }));

async function versionsOf(name: string): Promise<readonly string[]> {
  const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: name }));
  return Versions.map(({ Version }) => String(Version));
}

const prune = (functionName: string, keepVersions: number, more: Partial<PruneOptions> = {}) =>
  pruneVersions({ fleet: "acme", target, service: { functionName, keepVersions }, session, ...more });

test("the newest versions stay, counted as numbers, and the function itself", async () => {
  await published("acme_many", 12, 12);
  expect(await prune("acme_many", 3)).toEqual(["9", "8", "7", "6", "5", "4", "3", "2", "1"]);
  expect((await versionsOf("acme_many")).toSorted()).toEqual(["$LATEST", "10", "11", "12"]);
  expect(await prune("acme_many", 3)).toEqual([]);
});

test("a version that an alias points at stays, however old it is", async () => {
  await published("acme_held", 6, 1);
  await alias("acme_held", "mine", 2);
  await lambda.send(
    new UpdateAliasCommand({
      FunctionName: "acme_held",
      Name: "live",
      RoutingConfig: { AdditionalVersionWeights: { 3: 0.1 } },
    }),
  );
  expect(await prune("acme_held", 1)).toEqual(["5", "4"]);
  expect((await versionsOf("acme_held")).toSorted()).toEqual(["$LATEST", "1", "2", "3", "6"]);
});

test("with no more than what stays, one question is all", async () => {
  await published("acme_few", 2, 2);
  aws.calls.length = 0;
  expect(await prune("acme_few", 2)).toEqual([]);
  expect(aws.calls.filter((call) => call.includes("acme_few"))).toEqual([
    expect.stringMatching(/GET .*\/versions/),
  ]);
});

/** Answers every list with these pages, and everything else as Lambda would with `live` on the newest version. */
function withPages(pages: readonly (readonly number[])[]): void {
  const send = async (command: object) => {
    if (!(command instanceof ListVersionsByFunctionCommand)) return { FunctionVersion: "1000" };
    const page = Number(command.input.Marker ?? 0);
    const Versions = (pages[page] ?? []).map((version) => ({ Version: String(version) }));
    return { Versions, NextMarker: page + 1 < pages.length ? String(page + 1) : undefined };
  };
  jest.spyOn(LambdaClient.prototype, "send").mockImplementation(send as never);
}

test("a list of several pages is read to its end", async () => {
  withPages([[1, 2], [3], [4]]);
  expect(await prune("acme_pages", 1)).toEqual(["3", "2", "1"]);
});

test("of hundreds of versions, each deploy deletes the fifty oldest", async () => {
  withPages([Array.from({ length: 300 }, (_, index) => index + 1)]);
  const gone = await prune("acme_old", 5);
  expect(gone).toHaveLength(50);
  expect(gone.at(-1)).toBe("1");
});

describe("after a deploy", () => {
  const problems: string[] = [];
  const { tidy } = stackActions({
    ...{ fleet, planning: { parallelism: 1 }, onProblem: (what: string) => problems.push(what) },
    get session() {
      return session;
    },
  } as unknown as DeployContext);
  beforeEach(() => {
    problems.length = 0;
  });

  test("the functions of a target stack are pruned, five versions of each are kept", async () => {
    await published(FunctionName, 8, 8);
    await tidy(stack);
    expect((await versionsOf(FunctionName)).toSorted()).toEqual(["$LATEST", "4", "5", "6", "7", "8"]);
    expect(problems).toEqual([]);
  });

  test("a failure is a note, and the deploy has succeeded", async () => {
    aws.before = ({ path }) => {
      if (path.includes("/versions")) throw new AwsError(403, "AccessDeniedException", "not you");
    };
    await tidy(stack);
    expect(problems).toEqual([
      "old versions of acme_globex_hello in eu-central-1 are still there: AccessDeniedException: not you",
    ]);
  });

  test("nothing is asked of Lambda about a front: CloudFront has replicas of its functions", async () => {
    await tidy(fleetStacks(fleet).find(({ kind }) => kind === "front") as FleetStack);
    expect(aws.calls).toEqual([]);
  });
});
