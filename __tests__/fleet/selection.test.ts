import { type Selection, selectStacks } from "../../fleet/selection";
import { fleetStacks } from "../../fleet/stacks";
import { fleetOf, smallFile } from "../support/fleet";
import { organizationFile } from "../support/organization";

const fleet = fleetOf({
  ...smallFile,
  accounts: {
    globex: { id: "333333333333" },
    initech: { id: "444444444444" },
    tests: { id: "222222222222" },
  },
  cells: {
    globex: { stage: "production", tenant: "globex", targets: { globex: ["eu-central-1", "eu-west-1"] } },
    initech: { stage: "production", tenant: "initech", targets: { initech: ["us-east-1"] } },
    staging: { stage: "staging", stackPer: "account", targets: { tests: ["eu-west-1", "us-east-1"] } },
  },
});

const select = (selection: Selection) => selectStacks(fleetStacks(fleet), selection).map(({ name }) => name);
/** What is selected where a stage or a stack that is not there is no error, and what is not there. */
const selectPresent = (selection: Selection) => {
  const gone: string[] = [];
  const selected = selectStacks(fleetStacks(fleet), selection, (key, value) => gone.push(`${key} ${value}`));
  return { selected: selected.map(({ name }) => name), gone };
};
const messageOf = (selection: Selection) => {
  try {
    return select(selection);
  } catch (error) {
    return String(error);
  }
};

const globex = ["globex_globex_eu-central-1", "globex_globex_eu-west-1"];
const initech = ["initech_initech_us-east-1"];
const staging = ["staging_tests_all"];
const everything = [...globex, ...initech, ...staging, "globex_front", "initech_front", "staging_front"];

test.each<[string, Selection, readonly string[]]>([
  ["nothing said: all of them", {}, everything],
  ["no value of an option: all of them", { cell: [] }, everything],
  ["a stage", { stage: ["staging"] }, [...staging, "staging_front"]],
  ["a cell", { cell: ["initech"] }, [...initech, "initech_front"]],
  ["a tenant", { tenant: ["globex"] }, [...globex, "globex_front"]],
  ["an account by its name", { account: ["tests"] }, [...staging, "staging_front"]],
  ["an account by its id", { account: ["222222222222"] }, [...staging, "staging_front"]],
  ["a region, also one of several of a stack", { region: ["eu-west-1"] }, [globex[1] ?? "", ...staging]],
  ["a stack", { stack: ["globex_front"] }, ["globex_front"]],
  [
    "the same option twice: more",
    { cell: ["initech", "globex"] },
    [...globex, ...initech, "globex_front", "initech_front"],
  ],
  [
    "two options: less",
    { stage: ["production"], region: ["us-east-1"], tenant: ["initech"] },
    [...initech, "initech_front"],
  ],
  ["a pattern with *", { stack: ["*_front"] }, ["globex_front", "initech_front", "staging_front"]],
  [
    "a stack besides",
    { stage: ["staging"], withStack: ["globex_front"] },
    [...staging, "globex_front", "staging_front"],
  ],
  [
    "a stack besides that is selected already",
    { stack: ["globex_front"], withStack: ["globex_front"] },
    ["globex_front"],
  ],
  ["a stack besides all", { withStack: ["globex_front"] }, everything],
  ["a pattern with ?", { region: ["eu-west-?"], cell: ["globe?"] }, [globex[1] ?? ""]],
])("%s", (_, selection, expected) => {
  expect(select(selection)).toEqual(expected);
});

test("the foundation has no cell, stage or tenant, but an account, a region and names", () => {
  const stacks = fleetStacks(fleetOf(organizationFile));
  const foundation = (selection: Selection) =>
    selectStacks(stacks, selection)
      .filter(({ cell }) => cell === undefined)
      .map(({ name }) => name);
  for (const key of ["cell", "stage"] as const) expect(foundation({ [key]: ["*"] })).toEqual([]);
  expect(foundation({ account: ["management"] })).toContain("accounts");
  expect(foundation({ region: ["us-east-1"] })).toContain("accounts");
  expect(foundation({ stack: ["acc*"] })).toEqual(["accounts"]);
});

test("a name is a name, not an expression, and no part of one", () => {
  for (const stack of ["globex.front", "globex", "(globex_front)", "[g]lobex_front", "globex_front?", ""])
    expect(messageOf({ stack: [stack] })).toMatch(/no stack of the fleet has the stack/);
});

test.each<[Selection, RegExp]>([
  [{ cell: ["globx"] }, /has the cell "globx".*write "globex"/s],
  [{ stage: ["prodution"] }, /has the stage "prodution".*write "production"/s],
  [{ region: ["eu-west-2"] }, /has the region "eu-west-2".*write "eu-west-1"/s],
  [{ stage: ["staging"], withStack: ["globex_frnt"] }, /has the stack "globex_frnt".*write "globex_front"/s],
  [{ tenant: ["globex", "x-*"] }, /has the tenant "x-\*".*write one of "globex", "initech"/s],
  [
    { account: ["999999999999"] },
    /has the account "999999999999".*write one of "globex", "initech", "tests"/s,
  ],
])("%j names what the fleet does not have, and is told the nearest", (selection, expected) => {
  expect(messageOf(selection)).toMatch(expected);
});

test.each<[string, Selection, { readonly selected: readonly string[]; readonly gone: readonly string[] }]>([
  ["a stage", { stage: ["canary"] }, { selected: [], gone: ["stage canary"] }],
  [
    "one of several stacks",
    { stack: ["budgets", "globex_front"] },
    { selected: ["globex_front"], gone: ["stack budgets"] },
  ],
  [
    "a stage, but not the stack besides",
    { stage: ["canary"], withStack: ["globex_front"] },
    { selected: ["globex_front"], gone: ["stage canary"] },
  ],
  [
    "the stack besides",
    { stage: ["staging"], withStack: ["pipeline"] },
    { selected: [...staging, "staging_front"], gone: ["stack pipeline"] },
  ],
  ["nothing", { stage: ["staging"] }, { selected: [...staging, "staging_front"], gone: [] }],
])("where that is no error, %s may be gone", (_, selection, expected) => {
  expect(selectPresent(selection)).toEqual(expected);
});

test("what is no stage and no stack may not be gone, nor may options contradict each other", () => {
  expect(() => selectPresent({ cell: ["globx"] })).toThrow(/has the cell "globx"/);
  expect(() => selectPresent({ stage: ["staging"], cell: ["globex"] })).toThrow(/no stack matches/);
});

test("what no fleet has cannot be selected by, and is not proposed", () => {
  const stacks = fleetStacks(
    fleetOf({ ...smallFile, cells: { web: { stage: "dev", targets: { globex: ["eu-west-1"] } } } }),
  );
  expect(() => selectStacks(stacks, { tenant: ["globex"] })).toThrow(/leave out --tenant/);
});

test("options that contradict each other are said, rather than that there is nothing to do", () => {
  expect(messageOf({ stage: ["staging"], cell: ["globex", "initech"] })).toMatch(
    /no stack matches --stage staging --cell globex --cell initech/,
  );
});

test("a stack besides that is not there is told of its own option", () => {
  const message = messageOf({ withStack: ["nope"] });
  expect(message).toContain("--with-stack adds a stack");
  expect(message).not.toContain("--stack selects");
});
