import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { version as cdktfVersion } from "cdktf/package.json";
import { App, TerraformOutput, TerraformStack, Tokenization } from "cdktn";
import { version as cdktnVersion } from "cdktn/package.json";
import { projectRoot } from "../fleet/project";
import { withPlainValues } from "../stacks/plain-values";
import { runNode } from "./support/run-node";

// Two functions of ours reach into CDKTF. In this file they get CDK Terrain instead, and their own tests run on it.
jest.mock("cdktf", () => jest.requireActual("cdktn"));

import "./stacks/plain-values.test";
import "./stacks/traces.test";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "meridian-cdk-terrain-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What a synth wrote into a file, and the version of the library that it names there. */
interface Written {
  readonly text: string;
  readonly version?: string;
}

/** Reads JSON such that neither white space nor the library's version tells two files apart, but any other byte does. */
function readWritten(path: string): Written {
  if (!path.endsWith(".json")) return { text: readFileSync(path, "latin1") };
  const json = JSON.parse(readFileSync(path, "utf8"));
  const metadata = path.endsWith("manifest.json") ? json : json["//"].metadata;
  const { version } = metadata;
  metadata.version = "of the library";
  return { text: JSON.stringify(json, null, 2), version };
}

/** Runs what `cdktf synth` runs for the example, and reads every file of the result, by its path. */
async function synthExample(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, Written>> {
  const out = join(root, name);
  const { code, stderr } = await runNode("bin/app.js", [], { env: { CDKTF_OUTDIR: out, ...env } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const paths = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name));
  return new Map(paths.sort().map((path) => [relative(out, path), readWritten(path)]));
}

describe("the example with CDK Terrain in the place of CDKTF", () => {
  let before: ReadonlyMap<string, Written>;
  let after: ReadonlyMap<string, Written>;

  beforeAll(async () => {
    const preload = join(projectRoot, "__tests__", "support", "cdktn-for-cdktf.js");
    [before, after] = await Promise.all([
      synthExample("cdktf"),
      synthExample("cdktn", { NODE_OPTIONS: `--require ${JSON.stringify(preload)}` }),
    ]);
  });

  test.each([
    ["CDKTF", () => before, cdktfVersion],
    ["CDK Terrain", () => after, cdktnVersion],
  ])("%s says in the manifest and in each stack that it wrote it", (_, files, version) => {
    const json = [...files()].filter(([path]) => path.endsWith(".json"));
    expect(json.map(([path]) => path)).toContain("manifest.json");
    expect(json.map(([path, written]) => [path, written.version])).toEqual(
      json.map(([path]) => [path, version]),
    );
  });

  test("is the same but for that version and white space: stacks, order of keys, bundles", () => {
    const texts = (files: ReadonlyMap<string, Written>) =>
      Object.fromEntries([...files].map(([path, { text }]) => [path, text]));
    expect(texts(after)).toEqual(texts(before));
    expect([...after.keys()]).toContainEqual(expect.stringMatching(/^bundles\/hello\.\w+\.zip$/));
  });
});

test("CDK Terrain's resolver is never asked about a stack of plain values", () => {
  const app = new App({ outdir: join(root, "plain") });
  new TerraformOutput(new TerraformStack(app, "plain"), "text", { value: { deep: ["plain", 1] } });
  const asked = jest.spyOn(Tokenization, "resolve");
  withPlainValues(() => app.synth());
  expect(asked).not.toHaveBeenCalled();
  app.synth();
  expect(asked).toHaveBeenCalled();
});
