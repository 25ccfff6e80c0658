import { join } from "node:path";
import { bundleServices } from "../../fleet/bundles";
import { limits } from "../../fleet/limits";
import type { FleetFile } from "../../fleet/schema";

const fixtures = join(__dirname, "fixtures");
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
  const { bundleOf } = await bundleServices(file, fixtures);
  expect(bundleOf("one", "hello")).toBe(bundleOf("two", "hello"));
  expect(bundleOf("one", "hello")).not.toBe(bundleOf("three", "hello"));
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
