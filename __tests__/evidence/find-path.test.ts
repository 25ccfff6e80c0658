import { findPath } from "../../evidence/find-path";
import { covers } from "../../fleet/routes";

test.each<[string, readonly string[], string]>([
  ["/*", [], "/"],
  ["/api", [], "/api"],
  ["/api/*", [], "/api/"],
  ["/api/*", ["/api/", "/api/x*"], "/api/y"],
  ["/a?*", ["/a?"], "/axx"],
  ["/x*z", ["/xz", "/x?z"], "/xyyz"],
  ["*", ["/", "/y*", "/?"], "/xx"],
  ["/a/*", ["/a/"], "/a/x"],
  ["/?", [], "/x"],
  // A dot segment is gone before CloudFront looks for a behaviour.
  ["/a/.*", [], "/a/.x"],
])("%s without %j is %s", (pattern, without, path) => {
  expect(findPath(pattern, without)).toEqual({ kind: "path", path });
  expect(covers(pattern, path) && !without.some((each) => covers(each, path))).toBe(true);
});

test.each<[string, readonly string[]]>([
  ["/*", ["/*"]],
  ["/api/*", ["/a*"]],
  ["/a*", ["/a", "/a?*"]],
  ["/", ["/?", "/"]],
  ["/a//b", []],
  ["/a/../b", []],
])("nothing is left of %s without %j", (pattern, without) => {
  expect(findPath(pattern, without)).toEqual({ kind: "none" });
});

test("a search that grows too large is given up", () => {
  const without = Array.from({ length: 14 }, (_, index) => `/*a${"?".repeat(index)}b`);
  expect(findPath(`/*${"a?".repeat(8)}c*c`, [...without, "/*c"])).toMatchObject({ kind: "unknown" });
});
