import { compareRoutes, covers, sameRoute } from "../../fleet/routes";
import { fc } from "../support/properties";

/** Few letters, so that patterns often match the same paths. */
const pattern = fc.stringMatching(/^\/[ab*?]{0,6}$/);

/** The pattern as CloudFront reads it. */
const matcher = (route: string) => new RegExp(`^${route.replaceAll("*", ".*").replaceAll("?", ".")}$`);

/** Every path of up to seven letters out of three, one of which is in no pattern. */
const paths = ["/"];
for (let from = 0, length = 1; length <= 7; length += 1) {
  const to = paths.length;
  for (const path of paths.slice(from, to)) paths.push(`${path}a`, `${path}b`, `${path}c`);
  from = to;
}

test.each([
  ["/*", "/api/*", true],
  ["/api/*", "/*", false],
  ["/api/*", "/api", false],
  ["/*.jpg", "/images/*.jpg", true],
  ["/images/*", "/*.jpg", false],
  ["/a?c", "/abc", true],
  ["/a?c", "/a*c", false],
  ["/?*", "/*a", true],
  ["/*?", "/?*", true],
  ["/a", "/A", false],
])("covers(%j, %j) is %j", (wide, narrow, expected) => {
  expect(covers(wide, narrow)).toBe(expected);
});

test("a pattern that covers another matches all its paths", () => {
  fc.assert(
    fc.property(pattern, pattern, (wide, narrow) => {
      const [a, b] = [matcher(wide), matcher(narrow)];
      const isContained = paths.every((path) => !b.test(path) || a.test(path));
      if (covers(wide, narrow)) expect(isContained).toBe(true);
      // A pattern of seven characters shows every difference within seven letters unless it is nearly all wildcards.
      else if (narrow.length <= 4 && wide.length <= 4) expect(isContained).toBe(false);
    }),
  );
});

test("patterns are the same where each covers the other", () => {
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      expect(sameRoute(a, b)).toBe(covers(a, b) && covers(b, a));
    }),
  );
});

test("no pattern stands behind one that covers it", () => {
  fc.assert(
    fc.property(fc.uniqueArray(pattern, { maxLength: 12 }), (routes) => {
      const ordered = routes.toSorted(compareRoutes);
      for (const [index, route] of ordered.entries()) {
        const wider = ordered
          .slice(0, index)
          .filter((before) => covers(before, route) && !sameRoute(before, route));
        expect(wider).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});

test("the order does not depend on the order before", () => {
  const permuted = fc
    .uniqueArray(pattern, { maxLength: 12 })
    .chain((routes) =>
      fc.tuple(fc.constant(routes), fc.shuffledSubarray(routes, { minLength: routes.length })),
    );
  fc.assert(
    fc.property(permuted, ([routes, shuffled]) => {
      expect(shuffled.toSorted(compareRoutes)).toEqual(routes.toSorted(compareRoutes));
    }),
  );
});

test("different patterns never compare as equal", () => {
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      expect(compareRoutes(a, b) === 0).toBe(a === b);
      expect(Math.sign(compareRoutes(a, b))).toBe(-Math.sign(compareRoutes(b, a)) || 0);
    }),
  );
});

test("the more a pattern fixes, the earlier it comes", () => {
  expect(["/*", "/*.jpg", "/api/*", "/api/v1", "/api/*/me", "/api/?"].toSorted(compareRoutes)).toEqual([
    "/api/v1",
    "/api/*/me",
    "/api/?",
    "/api/*",
    "/*.jpg",
    "/*",
  ]);
});
