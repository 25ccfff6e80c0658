import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { bundleOf, bundleServices } from "../../bundles/bundles";
import { limits } from "../../fleet/limits";
import type { FleetFile } from "../../fleet/schema/fleet-file";

const fixtures = join(__dirname, "../check/fixtures");
const file: FleetFile = {
  fleet: "acme",
  accounts: { web: { id: "111111111111" } },
  services: { hello: { source: "handler.ts" } },
  cells: {
    one: { stage: "dev", targets: { web: ["eu-west-1"] } },
    two: { stage: "dev", targets: { web: ["us-east-1"] }, services: { hello: { memory: 512 } } },
    three: { stage: "dev", targets: { web: ["us-east-2"] }, services: { hello: { runtime: "nodejs20.x" } } },
  },
};

afterEach(() => jest.restoreAllMocks());

test("cells that want the same share one bundle", async () => {
  const { bundles } = await bundleServices(file, fixtures);
  expect(bundleOf(bundles, "one", "hello")).toBe(bundleOf(bundles, "two", "hello"));
  expect(bundleOf(bundles, "one", "hello")).not.toBe(bundleOf(bundles, "three", "hello"));
});

test("a cell that does not show its region has a bundle of its own", async () => {
  const [one, front] = [file.cells.one, { exposeRegion: false }] as const;
  const cells = { ...file.cells, one: { ...one, front }, four: { ...one, front: { exposeRegion: true } } };
  const { bundles } = await bundleServices({ ...file, cells } as FleetFile, fixtures);
  expect(bundleOf(bundles, "one", "hello").file).not.toBe(bundleOf(bundles, "two", "hello").file);
  expect(bundleOf(bundles, "four", "hello")).toBe(bundleOf(bundles, "two", "hello"));
});

describe("wherever the fleet lies", () => {
  const scratch = mkdtempSync(join(tmpdir(), "meridian-test-"));
  const folders = ["near", "far/deeper", "link"].map((name) => join(scratch, name));
  beforeAll(() => {
    const [near = "", far = "", link = ""] = folders;
    for (const folder of [near, far]) cpSync(join(fixtures, "handler.ts"), join(folder, "handler.ts"));
    symlinkSync(near, link);
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test.each([
    [{}, ["index.js", "index.source.js", "index.source.js.map", "meridian/handler.js"]],
    [
      { secrets: { STRIPE_KEY: { parameter: "/stripe" } } },
      [
        ...["index.mjs", "index.source.js", "index.source.js.map"],
        ...["meridian/handler.js", "meridian/secrets.js", "meridian/signed-call.js"],
      ],
    ],
  ])("the bundle is the same, with %j", async (hello, names) => {
    const cells = { one: { ...file.cells.one, services: { hello } } } as FleetFile["cells"];
    const made = await Promise.all(
      folders.map(async (folder) => {
        const { bundles } = await bundleServices({ ...file, cells }, folder);
        return bundleOf(bundles, "one", "hello");
      }),
    );
    expect(new Set(made.map(({ file, sha256 }) => `${file} ${sha256}`)).size).toBe(1);
    const files = Object.entries(unzipSync(made[0]?.zip ?? new Uint8Array()));
    expect(files.map(([name]) => name)).toEqual(names);
    for (const [name, contents] of files) {
      const text = strFromU8(contents);
      for (const place of [scratch, process.cwd()]) expect(text).not.toContain(place);
      if (name.endsWith(".map")) expect(JSON.parse(text).sources).toEqual(["../handler.ts"]);
    }
  });
});

test.each([
  ["bundleZipped", "zipped"],
  ["bundleUnzipped", "unzipped"],
] as const)("a bundle over the limit %s is too large", async (limit, kind) => {
  jest.replaceProperty(limits as { -readonly [name in typeof limit]: number }, limit, 10);
  const { problems } = await bundleServices(file, fixtures);
  expect(problems[0]).toMatchObject({
    code: "bundle-too-large",
    severity: "error",
    path: ["services", "hello", "source"],
  });
  expect(problems[0]?.message).toMatch(new RegExp(` MB ${kind}`));
});

test("a source that only one cell names is reported there", async () => {
  const cells = {
    one: { ...file.cells.one, services: { hello: { source: "nowhere.ts" } } },
  } as FleetFile["cells"];
  const { problems } = await bundleServices({ ...file, cells }, fixtures);
  expect(problems.map(({ code, path }) => [code, ...path])).toEqual([
    ["source-missing", "cells", "one", "services", "hello", "source"],
  ]);
});

test("a handler that asks for secrets of a service without any does not bundle", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
  try {
    writeFileSync(
      join(folder, "handler.ts"),
      'import { secrets } from "meridian/secrets";\nexport const handler = async () => secrets.A;\n',
    );
    const one = { ...file.cells.one, services: { hello: { secrets: { A: { secret: "a" } } } } };
    const two = { stage: "dev", targets: { web: ["eu-west-1"] } };
    const { bundles, problems } = await bundleServices({ ...file, cells: { one, two } } as FleetFile, folder);
    expect([...bundles.keys()]).toEqual(["one/hello"]);
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      [
        "source-does-not-bundle",
        expect.stringContaining(
          'handler.ts:1:25: "meridian/secrets" holds nothing: the service has no "secrets"',
        ),
      ],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
