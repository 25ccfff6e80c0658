import { parseFront } from "../../evidence/front";
import { closedZone, onlyCell, onlyOf, type Spoiled, synthesizedOf } from "./support";

const { cell, fleet } = onlyCell(closedZone);
const s3 = onlyCell({ ...closedZone, state: { backend: "s3", bucket: "states", region: "eu-central-1" } });
const target = "globex_main_eu-west-1";
const id = "main_eu_west_1_hello";

function endOf(spoil?: (stacks: Readonly<Record<string, Spoiled>>) => void, from = fleet) {
  return parseFront(synthesizedOf(from, spoil), cell)?.origins.get(id)?.end;
}

test.each([
  ["local", fleet],
  ["s3", s3.fleet],
])("an origin is followed through a %s state to its function URL", (_, from) => {
  expect(endOf(undefined, from)).toEqual({
    kind: "function",
    place: { account: "333333333333", region: "eu-west-1" },
    output: "main_eu_west_1",
    service: "hello",
  });
});

test.each<[string, (stacks: Readonly<Record<string, Spoiled>>) => void]>([
  [
    "nothing reads a state called globex_main_eu-west-1",
    ({ globex_front }) => {
      delete globex_front.data.terraform_remote_state[target];
    },
  ],
  [
    "no stack keeps its state where globex_main_eu-west-1 is read from",
    ({ globex_front }) => {
      globex_front.data.terraform_remote_state[target].config.path = "elsewhere.tfstate";
    },
  ],
  [
    "globex_main_eu-west-1 has no output main_eu_west_1 with a function hello",
    (stacks) => {
      stacks[target].output = {};
    },
  ],
  [
    "aws_lambda_function_url.",
    (stacks) => {
      onlyOf(stacks[target], "aws_lambda_function_url").provider = "aws.nobody";
    },
  ],
  [
    "is not a function URL of that stack",
    (stacks) => {
      stacks[target].output.main_eu_west_1.value.functions.hello.host = "example.com";
    },
  ],
])("it is lost where %s", (why, spoil) => {
  expect(endOf(spoil)).toEqual({ kind: "lost", why: expect.stringContaining(why) });
});
