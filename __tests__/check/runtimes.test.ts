import { join } from "node:path";
import { checkFleet } from "../../check/load";
import { runtimeAges } from "../../check/runtimes";
import { runtimes } from "../../fleet/limits";
import { serviceDefaults } from "../../fleet/resolve";
import { type Runtime, runtimeDates } from "../../fleet/runtimes";
import { findingsOf, fleetText } from "../support/findings";
import { smallFile } from "../support/fleet";

const withRuntime = (runtime?: Runtime) => ({
  ...smallFile,
  services: { hello: { source: "functions/hello/index.ts", runtime } },
});

/** What is found on a day: code, place and message. */
const on = (today: string, runtime?: Runtime) => runtimeAges(withRuntime(runtime), today);

test("a day of AWS's is a day of the calendar, and one follows the other", () => {
  for (const { deprecated, noCreate, noUpdate } of Object.values(runtimeDates)) {
    for (const day of [deprecated, noCreate, noUpdate])
      expect(new Date(`${day}T00:00:00Z`).toISOString()).toBe(`${day}T00:00:00.000Z`);
    expect([deprecated, noCreate, noUpdate]).toEqual([deprecated, noCreate, noUpdate].toSorted());
  }
});

test("a service that says nothing has the newest runtime", () => {
  expect(serviceDefaults.runtime).toBe(runtimes.at(-1));
});

test.each([
  ["the day before it is deprecated", "2027-04-29", undefined],
  ["the day on which it is", "2027-04-30", "runtime-ending"],
  ["the day before AWS makes no functions with it", "2027-05-31", "runtime-ending"],
  ["the day on which it makes none", "2027-06-01", "runtime-ended"],
])("the newest runtime on %s", (_, today, code) => {
  expect(on(today, "nodejs22.x").map((found) => found.code)).toEqual(code === undefined ? [] : [code]);
  expect(on(today).map(({ atKey, path }) => ({ atKey, path }))).toEqual(
    code === undefined ? [] : [{ atKey: true, path: ["services", "hello"] }],
  );
});

test("with a newer one to move to, the warning comes 180 days before AWS makes no functions", () => {
  jest.replaceProperty(runtimeDates as Record<Runtime, object>, "nodejs20.x", {
    deprecated: "2027-01-31",
    noCreate: "2027-02-01",
    noUpdate: "2027-03-03",
  });
  expect(on("2026-08-04", "nodejs20.x")).toEqual([]);
  expect(on("2026-08-05", "nodejs20.x")).toMatchObject([
    {
      code: "runtime-ending",
      message:
        '"nodejs20.x" is deprecated from 2027-01-31; AWS makes no new functions with it from 2027-02-01, and changes none from 2027-03-03',
    },
  ]);
  jest.restoreAllMocks();
});

test("says which runtime to write, or that there is none yet", () => {
  expect(on("2026-12-01", "nodejs20.x")[0]?.fix).toMatch(/^write "nodejs22\.x"/);
  expect(on("2027-05-01", "nodejs22.x")[0]?.fix).toMatch(/^update Meridian/);
});

test("a runtime that every cell overrides is nobody's; one that two cells have is told once", () => {
  const pathsIn = (...runtimes: readonly (Runtime | undefined)[]) => {
    const cells = runtimes.map((runtime, index) => [
      `cell-${index}`,
      { stage: "production", targets: {}, services: runtime && { hello: { runtime } } },
    ]);
    const file = { ...withRuntime("nodejs18.x"), cells: Object.fromEntries(cells) };
    return runtimeAges(file, "2026-12-01").map(({ path }) => path.join("."));
  };
  expect(pathsIn("nodejs22.x", "nodejs22.x")).toEqual([]);
  expect(pathsIn("nodejs22.x", undefined, undefined)).toEqual(["services.hello.runtime"]);
  expect(pathsIn("nodejs22.x", "nodejs20.x")).toEqual(["cells.cell-1.services.hello.runtime"]);
});

test("the default is nobody's where every cell says another", () => {
  const cells = {
    globex: { stage: "production", targets: {}, services: { hello: { runtime: "nodejs20.x" as const } } },
  };
  expect(runtimeAges({ ...withRuntime(), cells }, "2027-04-30").map(({ path }) => path[0])).toEqual([
    "cells",
  ]);
});

test("a synth comes out the same on any day: only a check that is told the day looks at it", async () => {
  const file = join(__dirname, "fixtures/runtime-ended/fleet.yaml");
  expect((await checkFleet(file)).diagnostics).toEqual([]);
  expect((await checkFleet(file)).checked).toBeDefined();
});

test("Node.js 24 is refused with the reason, any other runtime that is not accepted with that of its rule", () => {
  const whyOf = (runtime: string) =>
    findingsOf(fleetText({}).replace("source:", `runtime: ${runtime}, source:`)).find(
      ({ code }) => code === "not-allowed",
    )?.why;
  expect(whyOf("nodejs24.x")).toContain("only from version 6 on");
  expect(whyOf("python3.13")).toBe("AWS or Meridian would refuse it");
});
