import { isBelow, isBelowAny, lineage, outermost, unitsOf } from "../../../fleet/foundation/units";

test.each([
  ["tenants/eu", "tenants/eu", true],
  ["tenants/eu", "tenants", true],
  ["tenants", "tenants/eu", false],
  ["tenants/eu2", "tenants/eu", false],
  ["tenants2/eu", "tenants", false],
  ["eu/tenants", "tenants", false],
])("%s is in or below %s: %s", (path, ancestor, expected) => {
  expect(isBelow(path, ancestor)).toBe(expected);
  expect(isBelowAny(path, ["somewhere", ancestor])).toBe(expected);
});

test("the outermost of some units hold all of them", () => {
  expect(outermost(["tenants/eu", "workloads", "tenants", "tenants2", "tenants/us", "workloads"])).toEqual([
    "tenants",
    "tenants2",
    "workloads",
  ]);
});

test("the lineage of a unit begins right below the root", () => {
  expect(lineage("a/b/c")).toEqual(["a", "a/b", "a/b/c"]);
});

test("units come with those that they lie in, each once, with its id where it has one", () => {
  const units = ["tenants/eu", { path: "tenants", id: "ou-ab12-11112222" }, "tenants/us", "ops"];
  expect(unitsOf({ management: "management", units })).toEqual([
    { path: "ops", name: "ops", parent: undefined, id: undefined },
    { path: "tenants", name: "tenants", parent: undefined, id: "ou-ab12-11112222" },
    { path: "tenants/eu", name: "eu", parent: "tenants", id: undefined },
    { path: "tenants/us", name: "us", parent: "tenants", id: undefined },
  ]);
});
