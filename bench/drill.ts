import { join } from "node:path";
import { type DrillSize, drillSizes, writeDrillFleet } from "./drill-fleet";
import { type Measured, median, type Run, run } from "./measure";

/** What the drill of one fleet took. */
export interface DrillResult extends DrillSize {
  readonly measured: Measured;
}

const rounds = 3;

/**
 * Measures `meridian drill` of every fleet that it has to prove, the whole process each time.
 *
 * @param scratch folder for the fleets
 * @throws {Error} a fleet does not hold
 */
export async function measureDrills(
  scratch: string,
  say: (text: string) => void,
): Promise<readonly DrillResult[]> {
  const results: DrillResult[] = [];
  for (const size of drillSizes) {
    const name = `${size.regions} regions, ${size.zones} zones`;
    const fleet = writeDrillFleet(join(scratch, name), size);
    const runs: Run[] = [];
    for (let round = 0; round < rounds; round += 1)
      runs.push(await run({ args: ["bin/meridian.js", "drill", "--fleet", fleet], env: {} }, scratch));
    const measured = median(runs);
    say(`${name}: drill: ${measured.seconds.toFixed(2)} s`);
    results.push({ ...size, measured });
  }
  return results;
}
