import { plan } from "../../cli/plan";
import { rollback } from "../../cli/rollback";
import { rollOutReviewed } from "../../cli/shared/fleet-deploy";
import { planWork } from "../../cli/shared/fleet-plan";
import { openWork, say } from "../../cli/shared/fleet-work";
import { fleetOf, smallFile } from "../support/fleet";

jest.mock("../../cli/shared/approval", () => ({
  announce: async () => ({ text: "AWS as ann", isLocal: false }),
  approve: async () => {},
  requireApprover: () => {},
}));
jest.mock("../../cli/shared/fleet-work", () => ({
  openWork: jest.fn(),
  synthesizeFleet: async () => {},
  say: jest.fn(),
}));
jest.mock("../../cli/shared/fleet-plan", () => ({ planWork: jest.fn() }));
jest.mock("../../cli/shared/fleet-deploy", () => ({ rollOutReviewed: jest.fn() }));
jest.mock("../../operations/rollout/go-back", () => ({
  waysBack: async () => ({ ways: [], stay: [], without: [], data: [] }),
}));
jest.mock("../../cli/output/plan-report", () => ({ planReport: () => "" }));

const lost = {
  ...{ stack: "globex_data", address: "aws_dynamodb_table.orders", type: "aws_dynamodb_table" },
  ...{ name: "acme_globex_orders", isReplaced: false, isTainted: false },
};

beforeEach(() => {
  jest.clearAllMocks();
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const work = {
    ...{ fleet: fleetOf(smallFile), selected: [], outdir: "out/cdktf.out", session: {}, store: {} },
    ...{ interrupts: { stop: new AbortController().signal }, close: () => {} },
  };
  const planned = new Map([["globex_data", { stack: { name: "globex_data" }, loses: [lost] }]]);
  jest.mocked(openWork).mockResolvedValue(work as never);
  jest.mocked(planWork).mockResolvedValue({
    picture: { changed: ["globex_data"], failed: [], risks: [] },
    plan: { planned, failed: new Map(), unchanged: [] },
  } as never);
  const done = { record: { id: "1", command: "rollback", stacks: {} }, result: { outcome: "succeeded" } };
  jest.mocked(rollOutReviewed).mockResolvedValue(done as never);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

test("a plan says what its deploy has to name, and no more once that is named", async () => {
  await plan("fleet.yaml", {});
  expect(say).toHaveBeenCalledWith(
    "note: the deploy has to name what goes with its data: --delete-data acme_globex_orders",
  );
  jest.mocked(say).mockClear();
  await plan("fleet.yaml", { deleteData: [lost.name] });
  expect(say).not.toHaveBeenCalled();
});

test("a rollback that would lose data is refused, unless that is named", async () => {
  await expect(rollback("fleet.yaml", ["globex"], { yes: true })).rejects.toThrow(
    "nothing was changed: acme_globex_orders",
  );
  expect(rollOutReviewed).not.toHaveBeenCalled();
  await rollback("fleet.yaml", ["globex"], { yes: true, deleteData: [lost.name] });
  expect(rollOutReviewed).toHaveBeenCalled();
});
