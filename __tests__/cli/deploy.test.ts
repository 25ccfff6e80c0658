import { deployCommand } from "../../cli/deploy";
import { openSelected } from "../../cli/plan";
import { approve, requireApprover } from "../../cli/shared/approval";
import { planWork } from "../../cli/shared/fleet-plan";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import type { LostData } from "../../operations/plan/data-things";
import type { Picture } from "../../operations/plan/picture-schema";
import { loadPlans } from "../../operations/plan/saved-plans";
import { fleetOf, smallFile } from "../support/fleet";

jest.mock("../../cli/plan", () => ({ openSelected: jest.fn(), refusals: () => [] }));
jest.mock("../../cli/shared/approval", () => ({
  announce: async () => ({ text: "AWS as ann", isLocal: false }),
  approve: jest.fn(),
  requireApprover: jest.fn(),
}));
jest.mock("../../cli/shared/fleet-work", () => ({ synthesizeFleet: async () => {}, say: () => {} }));
jest.mock("../../cli/shared/fleet-plan", () => ({ planWork: jest.fn(), planningOf: () => ({}) }));
jest.mock("../../cli/shared/fleet-deploy", () => ({
  deleteLeftOnly: async (_: unknown, ask: (functions: number) => Promise<void>) => ask(1),
  rollOutReviewed: async () => ({ record: { id: "1", stacks: {} }, result: { outcome: "succeeded" } }),
}));
jest.mock("../../cli/shared/after-kill", () => ({ keepUnkept: async () => {}, releaseLeft: async () => {} }));
jest.mock("../../operations/plan/saved-plans", () => ({ loadPlans: jest.fn() }));
jest.mock("../../cli/output/plan-report", () => ({ planReport: () => "" }));

/** A stack whose state has nothing in it. */
const empty = { account: { name: "globex", id: "333333333333" }, region: "eu-central-1", stack: "gone" };
const plan = (changes: number, loses: readonly LostData[] = []) => ({
  planned: new Map(Array.from({ length: changes }, (_, index) => [`stack-${index}`, { loses }])),
  unchanged: [],
  failed: new Map(),
});

/** What a deploy finds. */
interface Found {
  readonly changes?: number;
  readonly empties?: number;
  /** Data that each change would destroy. */
  readonly loses?: readonly LostData[];
  /** The run that it goes on with. */
  readonly run?: unknown;
  readonly unchanged?: readonly FleetStack[];
}

/** What a deploy asks for, as `<first words>: <whether the command line says so already>`. */
async function askedBy(
  options: Parameters<typeof deployCommand>[1],
  { changes = 1, empties = 0, loses = [], run, unchanged = [] }: Found = {},
): Promise<readonly string[]> {
  const store = { removeState: async () => {}, run: async () => run };
  const work = {
    fleet: fleetOf({ ...smallFile, rollout: { production: { verify: { path: "/", status: 200 } } } }),
    ...{ selected: [], stacks: [], outdir: "out", session: {}, store },
    interrupts: { stop: new AbortController().signal },
    close: () => {},
  };
  const found = { orphans: [], empty: Array.from({ length: empties }, () => empty) };
  const removal = { found, orphans: [], unusable: [], outdir: "gone", plan: plan(0) };
  const planned = { picture: { risks: [] }, plan: { ...plan(changes, loses), unchanged }, planning: {} };
  jest.mocked(openSelected).mockResolvedValue({ work, ...(options.remove && { removal }) } as never);
  jest.mocked(planWork).mockResolvedValue(planned as never);
  jest.mocked(loadPlans).mockResolvedValue(planned as never);
  await deployCommand("fleet.yaml", { json: true, ...options });
  return jest
    .mocked(approve)
    .mock.calls.map(([{ question }, , { isApproved }]) => `${question.split(" ")[0]}: ${isApproved}`);
}

test("what would go with its data has to be named, and a name has to be that of such a thing", async () => {
  const lost = {
    ...{ stack: "globex_data", address: "aws_dynamodb_table.orders", type: "aws_dynamodb_table" },
    ...{ name: "acme_globex_orders", isReplaced: false, isTainted: false },
  };
  await expect(askedBy({}, { loses: [lost] })).rejects.toThrow("nothing was changed: acme_globex_orders");
  await expect(askedBy({ deleteData: ["acme_globex_order"] })).rejects.toThrow("acme_globex_order");
  expect(await askedBy({ deleteData: [lost.name] }, { loses: [lost] })).toEqual(["Deploy: false"]);
});

test("a home that would move is refused, and so is all else that would end half-way or without tables", () => {
  const { refusals }: typeof import("../../cli/plan") = jest.requireActual("../../cli/plan");
  const refused = [
    "adds-and-takes-away",
    "data-name-collision",
    "home-moved",
    "name-collision",
    "ttl-by-hand",
  ];
  const risks = [...refused, "data-destroyed"].map((code) => ({ code }));
  expect(refusals({ risks } as unknown as Picture).map(({ code }) => code)).toEqual(refused);
});

const requiredEarly = () => !jest.mocked(requireApprover).mock.calls[0]?.[1];

beforeEach(() => {
  jest.clearAllMocks();
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());

test("a deploy asks once for what it has shown", async () => {
  expect(await askedBy({ remove: true }, { empties: 1 })).toEqual(["Deploy: false"]);
  expect(requiredEarly()).toBe(true);
});

test("plans that were reviewed need nobody", async () => {
  expect(await askedBy({ plan: "reviewed" })).toEqual([]);
  expect(requiredEarly()).toBe(false);
});

test("with them, locks are released only where somebody says so", async () => {
  expect(await askedBy({ plan: "reviewed", releaseLocks: true })).toEqual(["Release: false"]);
  expect(requiredEarly()).toBe(true);
});

test.each([0, 1])(
  "with them and %d changes, empty states go only where somebody says so",
  async (changes) => {
    const options = { plan: "reviewed", remove: true };
    expect(await askedBy(options, { changes, empties: 1 })).toEqual(["Remove: false"]);
  },
);

test("what earlier deploys left at the edge is asked for where nothing else is to be deployed", async () => {
  expect(await askedBy({}, { changes: 0 })).toEqual(["Delete: false"]);
  jest.clearAllMocks();
  expect(await askedBy({ plan: "reviewed" }, { changes: 0 })).toEqual([]);
});

test("what an earlier run has deployed and not verified is verified, and data never is", async () => {
  const [target] = fleetStacks(fleetOf(smallFile)) as [FleetStack];
  const run = { command: "deploy", outcome: "failed", stacks: { [target.name]: { state: "applied" } } };
  const ask = (kind: FleetStack["kind"]) =>
    askedBy({ resume: "r1" }, { changes: 0, run, unchanged: [{ ...target, kind }] });
  expect(await ask("target")).toEqual(["Deploy: false"]);
  jest.clearAllMocks();
  expect(await ask("data")).toEqual(["Delete: false"]);
});

test("--yes answers all of it", async () => {
  const options = { plan: "reviewed", remove: true, releaseLocks: true, yes: true };
  expect(await askedBy(options, { empties: 1 })).toEqual(["Release: true", "Remove: true"]);
  expect(requiredEarly()).toBe(false);
});
