import { Command } from "commander";
import { selectionOf, whatIsGone, withSelection } from "../../../cli/shared/selection-options";

const parse = (...args: readonly string[]) => {
  const command = withSelection(new Command("plan").option("--json"));
  command.parse(args, { from: "user" });
  return selectionOf(command.opts());
};

test("nothing is selected by default, and other options select nothing", () => {
  expect(parse()).toEqual({});
  expect(parse("--json")).toEqual({});
});

test("each of the six options may be said, and said again", () => {
  const args = ["stage", "cell", "tenant", "account", "region", "stack"].flatMap((name) => [
    `--${name}`,
    `${name}-a`,
    `--${name}`,
    `${name}-*`,
  ]);
  expect(parse(...args)).toEqual({
    stage: ["stage-a", "stage-*"],
    cell: ["cell-a", "cell-*"],
    tenant: ["tenant-a", "tenant-*"],
    account: ["account-a", "account-*"],
    region: ["region-a", "region-*"],
    stack: ["stack-a", "stack-*"],
  });
});

test("a stack besides is part of the selection", () => {
  expect(selectionOf({ stage: ["production"], withStack: ["pipeline"] })).toEqual({
    ...{ stage: ["production"], withStack: ["pipeline"] },
  });
});

test("what is gone is said in an assembly, and an error elsewhere", () => {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  expect(whatIsGone(say, undefined)).toBeUndefined();
  whatIsGone(say, "/assembly")?.("stage", "canary");
  expect(said).toEqual([
    'note: the fleet of this assembly has no stage "canary", so there is nothing to do for it',
  ]);
});
