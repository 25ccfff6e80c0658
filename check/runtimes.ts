import type { Problem } from "../fleet/diagnostics";
import { runtimes } from "../fleet/limits";
import { serviceDefaults } from "../fleet/resolve";
import { type Runtime, runtimeDates } from "../fleet/runtimes";
import type { FleetFile } from "../fleet/schema/fleet-file";
import { problem } from "./rules";
import { oncePerPlace, servicesOf } from "./written";

/**
 * AWS tells the owners of functions so many days before it deprecates their runtime:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtime-deprecation-levels
 */
const noticeDays = 180;

/** The one to move to, as long as AWS and the provider have no other. */
const newest = runtimes.at(-1) ?? serviceDefaults.runtime;

/**
 * Runtimes that AWS has deprecated, or will soon make no functions with: errors once it makes none.
 *
 * Not among the checks of a synth, which has to come out the same on any day, and which a running fleet needs for all that
 * is not its functions: what AWS no longer changes, it still runs.
 *
 * @param today as `YYYY-MM-DD`
 */
export function runtimeAges(file: FleetFile, today: string): readonly Problem[] {
  const found = usedRuntimes(file).flatMap(({ runtime, ...place }) => {
    const { noCreate, noUpdate } = runtimeDates[runtime];
    const since = (day: string) => (day <= today ? "since" : "from");
    const noChanges = `changes none ${since(noUpdate)} ${noUpdate}`;
    if (noCreate <= today) {
      return [
        problem("runtime-ended", place.path, {
          message: `AWS makes no new functions with "${runtime}" since ${noCreate}, and ${noChanges}`,
          fix: successor(runtime),
          atKey: place.atKey,
        }),
      ];
    }
    if (!isEnding(runtime, today)) return [];
    const { deprecated } = runtimeDates[runtime];
    return [
      problem("runtime-ending", place.path, {
        message: `"${runtime}" is deprecated ${since(deprecated)} ${deprecated}; AWS makes no new functions with it from ${noCreate}, and ${noChanges}`,
        fix: successor(runtime),
        atKey: place.atKey,
      }),
    ];
  });
  return oncePerPlace(found);
}

/** While there is no other runtime to move to, a warning ahead would only be in the way. */
function isEnding(runtime: Runtime, today: string): boolean {
  const { deprecated, noCreate } = runtimeDates[runtime];
  return deprecated <= today || (runtime !== newest && daysBefore(noCreate, noticeDays) <= today);
}

function successor(runtime: Runtime): string {
  return runtime === newest
    ? "update Meridian: a newer version deploys newer runtimes"
    : `write "${newest}", which AWS allows whatever the runtime was before`;
}

function daysBefore(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - days);
  return date.toISOString().slice(0, 10);
}

/** The runtime of each service in each cell, and where it is written: at the service itself where it is the default. */
function usedRuntimes(file: FleetFile) {
  return Object.entries(file.cells).flatMap(([cell, entry]) =>
    servicesOf(file, cell, entry).map(({ name, pathOf, settings: { runtime } }) =>
      runtime === undefined
        ? { path: ["services", name], runtime: serviceDefaults.runtime as Runtime, atKey: true }
        : { path: pathOf("runtime"), runtime, atKey: false },
    ),
  );
}
