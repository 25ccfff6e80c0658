import type { CellEntry, FleetFile } from "../../fleet/schema/fleet-file";
import { fleetStacks } from "../../fleet/stacks";
import { fleetOf, smallFile } from "../support/fleet";
import { organizationFile } from "../support/organization";

const stacks = (file: FleetFile) => fleetStacks(fleetOf(file)).map(({ after, name }) => [name, ...after]);

const foundation = (file: FleetFile) =>
  fleetStacks(fleetOf(file))
    .filter(({ cell }) => cell === undefined)
    .map(({ after, name }) => [name, ...after]);

const cells = (...names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => [name, { stage: "staging", targets: { globex: ["eu-central-1", "us-east-1"] } }]),
  );

const cellWith = (more: Partial<CellEntry>): FleetFile => ({
  ...smallFile,
  cells: { globex: { ...smallFile.cells.globex, ...more } as CellEntry },
});

test("targets come first, and each front waits for those of its own cell", () => {
  const [a, b] = [
    ["a_globex_eu-central-1", "a_globex_us-east-1"],
    ["b_globex_eu-central-1", "b_globex_us-east-1"],
  ];
  expect(stacks({ ...smallFile, cells: cells("a", "b") })).toEqual([
    ...[...a, ...b].map((name) => [name]),
    ["a_front", ...a],
    ["b_front", ...b],
  ]);
});

test("a stack of several targets comes once, and the log bucket before the front that logs into it", () => {
  expect(stacks(cellWith({ stackPer: "account", front: { logs: true } }))).toEqual([
    ["globex_globex_all"],
    ["globex_front_logs_eu-central-1"],
    ["globex_front", "globex_globex_all", "globex_front_logs_eu-central-1"],
  ]);
});

test("a cell's stacks say whose they are, and where", () => {
  const whose = { cell: "globex", stage: "production", tenant: "globex" };
  expect(fleetStacks(fleetOf(cellWith({ stackPer: "account", front: { logs: true } })))).toMatchObject([
    { kind: "target", account: { name: "globex" }, regions: ["eu-central-1", "eu-west-1"], ...whose },
    { kind: "front-logs", account: { name: "globex" }, regions: ["eu-central-1"], ...whose },
    { kind: "front", account: { name: "globex" }, regions: ["us-east-1"], ...whose },
  ]);
});

test("the organization comes first, then its accounts, then what is said of these", () => {
  const { organization } = organizationFile;
  const controlTower = { enabled: true };
  const file = { ...organizationFile, organization: organization && { ...organization, controlTower } };
  expect(foundation(file)).toEqual([
    ["organization"],
    ["accounts", "organization"],
    ["control-tower", "accounts"],
    ["identity", "accounts"],
    ["bootstrap", "accounts"],
    ["budgets", "accounts"],
  ]);
  for (const { account, cell, regions } of fleetStacks(fleetOf(file)))
    if (cell === undefined) expect([account.name, regions]).toEqual(["management", ["us-east-1"]]);
});

test("the state's bucket comes after its replica, which it copies to", () => {
  const state = {
    backend: "local",
    account: "globex",
    bucket: "acme-state",
    region: "eu-central-1",
  } as const;
  expect(foundation({ ...smallFile, state })).toEqual([["state"]]);
  expect(foundation({ ...smallFile, state: { ...state, replica: "eu-west-1" } })).toEqual([
    ["state_replica"],
    ["state", "state_replica"],
  ]);
});

test("a fleet by itself has no foundation", () => {
  expect(foundation(smallFile)).toEqual([]);
});
