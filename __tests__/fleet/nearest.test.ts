import { nearest, suggest } from "../../fleet/wording";

test.each([
  ["eu-centra-1", ["eu-central-1", "us-east-1"], "eu-central-1"],
  ["stgae", ["state", "stage", "services"], "stage"],
  ["GLOBEX", ["globex", "initech"], "globex"],
  ["us", ["eu"], undefined],
  ["x", ["a", "b"], undefined],
  ["", ["a"], undefined],
])("%j among %j most likely means %j", (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

test("the order of the candidates decides nothing", () => {
  expect(nearest("eu-west-9", ["eu-west-3", "eu-west-1", "eu-west-2"])).toBe("eu-west-1");
  expect(nearest("eu-west-9", ["eu-west-1", "eu-west-2", "eu-west-3"])).toBe("eu-west-1");
});

test("where nothing is near, a few candidates are named", () => {
  expect(suggest("x", ["initech", "globex"])).toBe('write one of "globex", "initech"');
  expect(suggest("x", ["globex"])).toBe('write "globex"');
  expect(suggest("", "abcdefghij".split(""))).toBe('write one of "a", "b", "c", "d", "e", "f", "g", "h", …');
});
