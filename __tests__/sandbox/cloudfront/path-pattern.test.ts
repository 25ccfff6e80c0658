import type { Behaviour } from "../../../sandbox/cloudfront/distribution-model";
import { behaviourFor, matchesInvalidation, matchesPattern } from "../../../sandbox/cloudfront/path-pattern";

test.each([
  ["*", "/any/thing", true],
  ["/api/*", "/api/users/1", true],
  ["/api/*", "/api", false],
  ["api/*", "/api/x", true],
  ["/Api/*", "/api/x", false],
  ["/a?c", "/abc", true],
  ["/a?c", "/ac", false],
  ["*.jpg", "/images/x.jpg", true],
  ["/a.b", "/axb", false],
  ["/a+(b)", "/a+(b)", true],
])("pattern %s, path %s: %s", (pattern, path, expected) => {
  expect(matchesPattern(pattern, path)).toBe(expected);
});

test.each([
  ["/*", "/x?y=1", true],
  ["/x", "/x", true],
  ["/x", "/x?y=1", false],
  ["/x?y=1", "/x?y=1", true],
  ["/x?", "/xy", false],
])("invalidation of %s, object %s: %s", (pattern, path, expected) => {
  expect(matchesInvalidation(pattern, path)).toBe(expected);
});

test.each([
  ["/static/x", "/static/*"],
  ["/api/../static/x", "/static/*"],
  ["/static/%2e%2e/x", "*"],
  ["/%73tatic//x", "/static/*"],
  ["/static%2Fx", "*"],
])("%s is served by the behaviour of %s", (path, expected) => {
  const behaviours = ["/static/*", "*"].map((pathPattern) => ({ pathPattern }) as Behaviour);
  expect(behaviourFor(behaviours, path)?.pathPattern).toBe(expected);
});
