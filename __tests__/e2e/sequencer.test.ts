import { readdirSync } from "node:fs";
import { basename, join } from "node:path";

const Sequencer = require("./sequencer.js") as new () => {
  sort(tests: readonly { readonly path: string }[]): readonly { readonly path: string }[];
};

test("the end-to-end files that take longest begin, and one that nobody has placed comes first", () => {
  const files = readdirSync(__dirname).filter((name) => name.endsWith(".e2e.ts"));
  const sorted = new Sequencer().sort(
    ["new.e2e.ts", ...files].map((name) => ({ path: join(__dirname, name) })),
  );
  const names = sorted.map(({ path }) => basename(path, ".e2e.ts"));
  expect(names).toHaveLength(files.length + 1);
  expect(names.slice(0, 2)).toEqual(["new", "pipeline"]);
  expect(names.at(-1)).toBe("bootstrap-template");
});
