import { requireOwnPackages } from "../../../cli/shared/package-lock";

const lock = (entry: object) => JSON.stringify({ packages: { "": {}, "node_modules/meridian": entry } });
const files = ["package-lock.json", "vendor/meridian-0.1.0.tgz"];
const refusal = (entry: object) => () => requireOwnPackages(lock(entry), files);

test("a package outside of the project is refused, by name and place", () => {
  expect(refusal({ resolved: "file:../meridian/meridian-0.1.0.tgz" })).toThrow(
    /package-lock\.json takes the package meridian from file:\.\.\/meridian\/meridian-0\.1\.0\.tgz, which is not among the sources/,
  );
  expect(refusal({ resolved: "file:/tmp/meridian-0.1.0.tgz" })).toThrow(/from file:\/tmp/);
  expect(refusal({ resolved: "../meridian", link: true })).toThrow(/from \.\.\/meridian,/);
});

test("so is one in the project that git ignores", () => {
  expect(refusal({ resolved: "file:build/meridian-0.1.0.tgz" })).toThrow(/not among the sources/);
});

test.each([
  ["of the project", { resolved: "file:vendor/meridian-0.1.0.tgz" }],
  ["of a registry", { resolved: "https://npm.example.com/meridian/-/meridian-0.1.0.tgz" }],
  ["of a workspace", { resolved: "packages/meridian", link: true }],
  ["that another one brings along", {}],
])("a package %s is not", (_, entry) => {
  expect(refusal(entry)).not.toThrow();
});

test("what npm cannot read is left to npm", () => {
  expect(() => requireOwnPackages("{", files)).not.toThrow();
  expect(() => requireOwnPackages('{ "packages": [] }', files)).not.toThrow();
});
