import { stripVTControlCharacters } from "node:util";
import { table } from "../../../cli/output/table";

test("columns are as wide as their widest cell, and the last is left as it is", () => {
  const text = table(
    ["cell", "region", ""],
    [
      ["a", "eu-central-1", "fine"],
      ["much-longer", "x", ""],
    ],
  );
  expect(stripVTControlCharacters(text).split("\n")).toEqual([
    "cell         region        ",
    "a            eu-central-1  fine",
    "much-longer  x             ",
  ]);
});
