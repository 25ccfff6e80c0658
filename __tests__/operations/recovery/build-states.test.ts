import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buildStates, ownBuild } from "../../../operations/recovery/build-states";
import { quietCaller } from "../../support/caller";
import { knowErrorsOfNode } from "../../support/local-aws";

const arnOf = (id: string, region = "eu-central-1") =>
  `arn:aws:codebuild:${region}:555555555555:build/acme__pipeline_deploy_production_1:${id}`;

const before = { ...process.env };
let server: Server;
/** What CodeBuild was asked, and what it knows. */
let asked: { readonly target?: string; readonly region?: string; readonly ids: readonly string[] }[];
let known: Readonly<Record<string, object>>;
let refuses: boolean;
/** Statuses of the answers to come, before all is well again. */
let failures: number[];

beforeAll(async () => {
  knowErrorsOfNode();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { ids } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { ids: string[] };
      const region = /\d{8}\/([\w-]+)\/codebuild/.exec(request.headers.authorization ?? "")?.[1];
      asked.push({ target: String(request.headers["x-amz-target"]), region, ids });
      response.statusCode = refuses ? 400 : (failures.shift() ?? 200);
      response.setHeader("content-type", "application/x-amz-json-1.1");
      const builds = ids.flatMap((id) => known[id] ?? []);
      response.end(JSON.stringify(refuses ? { __type: "AccessDeniedException", message: "no" } : { builds }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  asked = [];
  refuses = false;
  failures = [];
  known = {};
  process.env = {
    ...before,
    ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_CONFIG_FILE: "/dev/null" },
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
});
afterEach(() => {
  process.env = { ...before };
});

const know = (id: string, buildComplete: boolean, buildStatus: string, region?: string) => {
  known = {
    ...known,
    [`acme__pipeline_deploy_production_1:${id}`]: { arn: arnOf(id, region), buildComplete, buildStatus },
  };
};
const ask = (...builds: readonly string[]) =>
  buildStates(builds, { ...quietCaller, environment: process.env });

test("a build is over once it says so, and not while it only says how it will end", async () => {
  know("a", true, "FAILED");
  know("b", false, "IN_PROGRESS");
  know("c", false, "STOPPED");
  expect(await ask(arnOf("a"), arnOf("b"), arnOf("c"))).toEqual(
    new Map([
      [arnOf("a"), "over"],
      [arnOf("b"), "at work"],
      [arnOf("c"), "at work"],
    ]),
  );
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ target: "CodeBuild_20161006.BatchGetBuilds", region: "eu-central-1" });
});

test("each region is asked about its own builds", async () => {
  know("a", true, "SUCCEEDED");
  know("b", true, "STOPPED", "eu-west-1");
  expect((await ask(arnOf("a"), arnOf("b", "eu-west-1"))).size).toBe(2);
  expect(asked.map(({ region }) => region).sort()).toEqual(["eu-central-1", "eu-west-1"]);
});

test("of what CodeBuild does not know, or does not tell, nothing is known", async () => {
  expect(await ask(arnOf("a"), "no ARN")).toEqual(new Map());
  know("a", true, "FAILED");
  refuses = true;
  expect(await ask(arnOf("a"))).toEqual(new Map());
});

test("one failure of CodeBuild leaves nobody in the dark", async () => {
  know("a", true, "FAILED");
  failures = [503];
  expect(await ask(arnOf("a"))).toEqual(new Map([[arnOf("a"), "over"]]));
});

test("nobody is asked about nothing", async () => {
  expect(await ask()).toEqual(new Map());
  expect(asked).toEqual([]);
});

test("a process in a build of CodeBuild knows in which", () => {
  expect(ownBuild({ CODEBUILD_BUILD_ARN: arnOf("a") })).toBe(arnOf("a"));
  expect(ownBuild({})).toBeUndefined();
  expect(ownBuild({ CODEBUILD_BUILD_ARN: "" })).toBeUndefined();
});
