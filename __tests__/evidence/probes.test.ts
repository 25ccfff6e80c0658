import { drillCell } from "../../evidence/drill";
import { parseFront } from "../../evidence/front";
import { probesOf } from "../../evidence/probes";
import { onlyCell, synthesizedOf, twoZones } from "./support";

/** What the front of two services is asked for. */
function probesFor(one: readonly string[], two: readonly string[]) {
  const service = (routes: readonly string[]) => ({ source: "index.ts", routes: [...routes] });
  const { cell, fleet } = onlyCell({ ...twoZones, services: { one: service(one), two: service(two) } });
  const stacks = synthesizedOf(fleet);
  const front = parseFront(stacks, cell);
  if (!front) throw new Error("no front");
  return { cell, stacks, ...probesOf(cell, front) };
}

test("each route is asked for, however little the others leave of it", () => {
  const { probes, unprobed, unreachable } = probesFor(["/api/*"], ["/api/", "/api/x*"]);
  expect(probes.map(({ path, route }) => `${path} ${route?.service.name}`).sort()).toEqual([
    "/ undefined",
    "/api/ two",
    "/api/x two",
    "/api/y one",
  ]);
  expect([unprobed, unreachable]).toEqual([[], []]);
});

test("a route that no path leads to is a note of the drill", async () => {
  const { cell, probes, stacks, unreachable } = probesFor(["/a*"], ["/a", "/a?*"]);
  expect(unreachable.map(({ route }) => route.path)).toEqual(["/a*"]);
  expect(probes.some(({ route }) => route?.route.path === "/a*")).toBe(false);
  const { notes, violations } = await drillCell(stacks, cell, { viewers: [] });
  expect(violations).toEqual([]);
  expect(notes).toContain("no path leads to the route /a* of one: the routes before it take every request");
});
