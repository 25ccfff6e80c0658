import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { stripVTControlCharacters } from "node:util";
import { answersOf, hasPassed, verifyReport } from "../../../cli/output/verify-report";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { fleetStacks } from "../../../fleet/stacks";
import type { AwsSession } from "../../../operations/aws/role-credentials";
import { type AskAllContext, askStacks } from "../../../operations/rollout/ask-stacks";
import type { FleetStore } from "../../../operations/store/model";
import { knowErrorsOfNode } from "../../support/local-aws";
import { fleetWith } from "./story";

const verify = { path: "/" };
const frontOf = (cell: string) => `${cell}.cloudfront.net`;
const functionOf = (cell: string, region: string) => `${cell}.lambda-url.${region}.on.aws`;

let server: Server;
/** Hosts that answer with an error. */
let wrong: ReadonlySet<string>;
const asked: (string | undefined)[] = [];

beforeAll(async () => {
  knowErrorsOfNode();
  server = createServer(({ headers }, response) => {
    asked.push(headers.host);
    response.statusCode = wrong.has(headers.host ?? "") ? 500 : 200;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  wrong = new Set();
  asked.length = 0;
});

/** A stack whose state cannot be read. */
const unreadable = "s_s_eu-west-1";

/** Asks a fleet of four production cells `a` to `d` and a staging cell `s`; `missing` are stacks that are not deployed. */
async function ask(
  rollout: FleetFile["rollout"],
  isSelected = (_: string) => true,
  missing: readonly string[] = [],
  onNew?: AskAllContext["onNew"],
) {
  const fleet = fleetWith(rollout);
  const stacks = fleetStacks(fleet).filter(({ name }) => isSelected(name));
  const state: FleetStore["state"] = async ({ stack }) => {
    if (missing.includes(stack)) return undefined;
    if (stack === unreadable) throw new Error("its region is down");
    const [cell = "", , region = ""] = stack.split("_");
    const alias = `${cell}_${region.replaceAll("-", "_")}`;
    const functions = { hello: { host: functionOf(cell, region) } };
    const outputs = { url: { value: `https://${frontOf(cell)}` }, [alias]: { value: { functions } } };
    return { serial: 1, lineage: "l", resources: [], outputs };
  };
  const session: AwsSession = {
    environment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    onSlow: () => {},
    assumeRole: async () => ({ accessKeyId: "ASIA1", secretAccessKey: "secret" }),
  };
  const patience = { total: 0, now: () => 0, pause: async () => {} };
  return askStacks({ fleet, session, patience, onNew, store: { state } }, stacks);
}
const plain = (text: string) => stripVTControlCharacters(text);

test("every function URL and every front of the stages that ask for an answer is asked, and no other", async () => {
  const waves = await ask({ production: { verify, waves: [["c"], "100%"] } });
  expect(asked.sort()).toEqual(
    ["a", "b", "c", "d"]
      .flatMap((cell) => [frontOf(cell), functionOf(cell, "eu-central-1"), functionOf(cell, "eu-west-1")])
      .sort(),
  );
  expect(waves.map(({ cells, stage, wave }) => [stage, wave, cells])).toEqual([
    ["production", 1, ["c"]],
    ["production", 2, ["a", "b", "d"]],
  ]);
  expect(hasPassed(waves)).toBe(true);
  expect(plain(verifyReport(waves, undefined))).toMatch(
    /production {2}2 {5}d_front .* 200\n\n12 stacks answered as/,
  );
});

test("what is wrong counts by its cell, against what its wave tolerates", async () => {
  wrong = new Set([functionOf("a", "eu-central-1"), functionOf("a", "eu-west-1"), frontOf("c")]);
  const production = { verify, waves: [["c"], "100%" as const], failureTolerance: 1 };
  const waves = await ask({ production });
  expect(waves.map((wave) => [wave.wrong, wave.tolerated])).toEqual([
    [["c"], 1],
    [["a"], 1],
  ]);
  expect(hasPassed(waves)).toBe(true);
  const strict = await ask({ production: { ...production, failureTolerance: "50%" } });
  expect(hasPassed(strict)).toBe(false);
  const text = plain(verifyReport(strict, "http://127.0.0.1:4566"));
  expect(text).toContain("failed  wave 1 of production: 1 of 1 cell (c), and none may");
  expect(text).toContain("tolerated  wave 2 of production: 1 of 3 cells (a), and 1 may");
  expect(text).toContain("9 of 12 stacks answered as expected (at http://127.0.0.1:4566, not AWS).");
  expect(text).toContain("status 500 instead of 200");
});

test("what is not deployed does not answer", async () => {
  const waves = await ask({ staging: { verify } }, (name) => name === "s_front", ["s_front"]);
  expect(hasPassed(waves)).toBe(false);
  expect(plain(verifyReport(waves, undefined))).toContain("s_front was never deployed: npx meridian deploy");
});

test("where that is no error, what was never deployed is left out, and said", async () => {
  const isOfA = (name: string) => name.startsWith("a_");
  const missing = ["a_a_eu-west-1", "a_front"];
  const left: string[] = [];
  const note = ({ name }: { readonly name: string }) => left.push(name);
  const waves = await ask({ production: { verify } }, isOfA, missing, note);
  expect(asked).toEqual([functionOf("a", "eu-central-1")]);
  expect(left.sort()).toEqual(missing);
  expect(hasPassed(waves)).toBe(true);
  expect(await ask({ production: { verify } }, (name) => name === "a_front", missing, note)).toEqual([]);
});

test("a state that cannot be read is none of what was never deployed", async () => {
  const waves = await ask(
    { staging: { verify } },
    (name) => name === unreadable,
    [],
    () => {},
  );
  expect(hasPassed(waves)).toBe(false);
  expect(plain(verifyReport(waves, undefined))).toContain("its region is down");
});

test("the selection narrows what is asked, and where no stage asks nothing is", async () => {
  const only = await ask({ production: { verify } }, (name) => name === "b_front");
  expect(asked).toEqual([frontOf("b")]);
  expect(only).toHaveLength(1);
  const none = await ask({});
  expect(none).toEqual([]);
  expect(hasPassed(none)).toBe(true);
  expect(verifyReport(none, undefined)).toBe(
    "Nothing to ask: no stage of the selection that is deployed has `verify`.\n",
  );
});

test("for programs, the same in a form that stays", async () => {
  wrong = new Set([frontOf("b")]);
  const waves = await ask({ production: { verify } }, (name) => name.startsWith("b_"));
  expect(JSON.parse(JSON.stringify(answersOf(waves)))).toEqual({
    version: 1,
    outcome: "failed",
    waves: [{ stage: "production", wave: 1, cells: 1, wrong: ["b"], tolerated: 0, outcome: "failed" }],
    stacks: [
      ...["eu-central-1", "eu-west-1"].map((region) => ({
        ...{ stack: `b_b_${region}`, cell: "b", account: "222222222222", regions: [region] },
        ...{ stage: "production", wave: 1, outcome: "passed" },
        asked: [{ url: `https://${functionOf("b", region)}/`, status: 200 }],
      })),
      {
        ...{ stack: "b_front", cell: "b", account: "222222222222", regions: ["us-east-1"] },
        ...{ stage: "production", wave: 1, outcome: "failed" },
        asked: [{ url: "https://b.cloudfront.net/", status: 500, why: "status 500 instead of 200" }],
      },
    ],
  });
});
