import { deployCommand } from "../../cli/deploy";
import { openSelected } from "../../cli/plan";
import { approve, requireApprover } from "../../cli/shared/approval";
import { planWork } from "../../cli/shared/fleet-plan";
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
  keepUnkept: async () => {},
  rollOutReviewed: async () => ({ record: { id: "1", stacks: {} }, result: { outcome: "succeeded" } }),
}));
jest.mock("../../operations/plan/saved-plans", () => ({ loadPlans: jest.fn() }));
jest.mock("../../cli/output/plan-report", () => ({ planReport: () => "" }));

/** A stack whose state has nothing in it. */
const empty = { account: { name: "globex", id: "333333333333" }, region: "eu-central-1", stack: "gone" };
const plan = (changes: number) => ({
  planned: new Map(Array.from({ length: changes }, (_, index) => [`stack-${index}`, { loses: [] }])),
  unchanged: [],
  failed: new Map(),
});

/** What a deploy asks for, as `<first words>: <whether the command line says so already>`. */
async function askedBy(
  options: Parameters<typeof deployCommand>[1],
  { changes = 1, empties = 0 }: { readonly changes?: number; readonly empties?: number } = {},
): Promise<readonly string[]> {
  const work = {
    fleet: fleetOf(smallFile),
    ...{ selected: [], outdir: "out", session: {}, store: { removeState: async () => {} } },
    interrupts: { stop: new AbortController().signal },
    close: () => {},
  };
  const found = { orphans: [], empty: Array.from({ length: empties }, () => empty) };
  const removal = { found, orphans: [], unusable: [], outdir: "gone", plan: plan(0) };
  const planned = { picture: { risks: [] }, plan: plan(changes), planning: {} };
  jest.mocked(openSelected).mockResolvedValue({ work, ...(options.remove && { removal }) } as never);
  jest.mocked(planWork).mockResolvedValue(planned as never);
  jest.mocked(loadPlans).mockResolvedValue(planned as never);
  await deployCommand("fleet.yaml", { json: true, ...options });
  return jest
    .mocked(approve)
    .mock.calls.map(([{ question }, , { isApproved }]) => `${question.split(" ")[0]}: ${isApproved}`);
}

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

test("--yes answers all of it", async () => {
  const options = { plan: "reviewed", remove: true, releaseLocks: true, yes: true };
  expect(await askedBy(options, { empties: 1 })).toEqual(["Release: true", "Remove: true"]);
  expect(requiredEarly()).toBe(false);
});
