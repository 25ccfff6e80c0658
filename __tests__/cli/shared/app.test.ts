import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadAppFrom } from "../../../cli/shared/app";
import { packageRoot } from "../../../fleet/project";

const importSynth = `import { synth } from ${JSON.stringify(join(packageRoot, "stacks", "synth"))};`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-app-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Loads a main.ts with other files beside it. */
function load(main: string, files: Readonly<Record<string, string>> = {}) {
  for (const [name, text] of Object.entries({ ...files, "main.ts": `${importSynth}\n${main}` })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return loadAppFrom(join(folder, "main.ts"));
}

test("a main.ts without extensions says so, with options or without", async () => {
  expect(await load("synth();")).toMatchObject({ extensions: [], facts: [] });
  expect(await load("synth({ extensions: [] });")).toMatchObject({ extensions: [], facts: [] });
});

test("extensions come from files beside it and from packages, and nothing is written", async () => {
  const { extensions, facts } = await load(
    'import { queue } from "./extensions/queue";\nimport { made } from "made";\nsynth({ extensions: [queue, made] });',
    {
      "extensions/queue.ts":
        'export const queue: { name: string; cell(): void } = { name: "queue", cell() {} };',
      "node_modules/made/index.js": 'exports.made = { name: "made", target() {} };',
      "node_modules/made/package.json": "{}",
    },
  );
  expect(extensions.map(({ name }) => name)).toEqual(["made", "queue"]);
  expect(facts).toMatchObject([
    { name: "made", adds: ["target"] },
    { name: "queue", adds: ["cell"] },
  ]);
  expect(readdirSync(folder).sort()).toEqual(["extensions", "main.ts", "node_modules"]);
});

test("its folder is the project's, for files that it reads", async () => {
  const { extensions } = await load(
    'synth({ extensions: [{ name: "file", cell: () => __dirname as never }] });',
  );
  expect(extensions[0]?.cell?.({} as never)).toBe(folder);
});

describe("is refused", () => {
  test.each<[string, string, string | RegExp, Readonly<Record<string, string>>?]>([
    ["that never calls synth()", "export {};", "does not call synth() while it is loaded"],
    ["that calls it later", "setTimeout(() => synth.name);", "does not call synth()"],
    ["that calls it twice", "synth();\nsynth();", "calls synth() 2 times"],
    [
      "that gives it what it does not know",
      "synth({ extension: [] } as never);",
      '"extension", which it does not know',
    ],
    ["that gives it no list", "synth([] as never);", "gives synth() no list of extensions"],
    [
      "that has two extensions of one name",
      'const a = { name: "a", cell() {} };\nsynth({ extensions: [a, { ...a }] });',
      'two extensions are called "a"',
    ],
    [
      "that does not compile: everything wrong, with its places",
      'import { a } from "./a";\nimport { b } from "./b";\nsynth(a, b);',
      /^main\.ts does not compile:\n {4}main\.ts:2:19 Could not resolve "\.\/a"\n {4}main\.ts:3:19 Could not resolve "\.\/b"$/m,
    ],
    ["that throws: where", "\nnull.extensions;", "main.ts:3:6 throws: Cannot read properties of null"],
    [
      "whose extension throws: where",
      'import "./extensions/broken";',
      "extensions/broken.ts:2:7 throws: no region",
      { "extensions/broken.ts": 'const why = "no region";\nthrow new Error(why);' },
    ],
    ["that throws what is no error", 'throw "nothing";', "main.ts throws: nothing"],
    ["that imports a package that is not there", 'import "missing";', /throws: Cannot find module 'missing'/],
  ])("one %s", async (_, main, message, files = {}) => {
    await expect(load(main, files)).rejects.toMatchObject({
      name: "UserError",
      what: typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message),
      why: expect.any(String),
      fix: expect.any(String),
    });
  });

  test("a project without one: what its extensions have added would be planned to go", async () => {
    await expect(loadAppFrom(join(folder, "main.ts"))).rejects.toThrow(
      /there is no .*main\.ts\n {2}why: .*planned to go\n {2}fix: .*from "meridian"/,
    );
    // In a clone, the package is the project.
    await expect(loadAppFrom(join(packageRoot, "no-main.ts"))).rejects.toThrow('from "./stacks/synth"');
  });
});
