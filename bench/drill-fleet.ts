import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../fleet/project";
import type { FleetFile } from "../fleet/schema/fleet-file";

/** Zones, and regions in such an order that the first three lie in one zone each. None needs an opt-in. */
const zones = {
  eu: { regions: ["eu-central-1", "eu-west-1", "eu-west-3"], countries: ["EU"] },
  us: { regions: ["us-east-1", "us-west-2", "us-east-2"], countries: ["US"] },
  jp: { regions: ["ap-northeast-1", "ap-northeast-3"], countries: ["JP"] },
};

const regions = [
  "eu-central-1",
  "us-east-1",
  "ap-northeast-1",
  "eu-west-1",
  "us-west-2",
  "ap-northeast-3",
  "sa-east-1",
  "ap-southeast-2",
  "eu-west-3",
  "us-east-2",
];

/** Every fleet that the drill is measured and tested with: a zone needs a region. */
export const drillSizes = [1, 2, 3, 6, 10].flatMap((size) =>
  [1, 2, 3].filter((count) => count <= size).map((count) => ({ regions: size, zones: count })),
);

/** One of {@link drillSizes}. */
export type DrillSize = (typeof drillSizes)[number];

/** A fleet of one service in one cell, with that many regions and zones. */
export function drillFleet({ regions: size, zones: count }: DrillSize): FleetFile {
  const names = Object.keys(zones).slice(0, count);
  return {
    fleet: "bench",
    zones: Object.fromEntries(Object.entries(zones).filter(([name]) => names.includes(name))),
    accounts: { main: { id: "111111111111" } },
    services: { hello: { source: "index.ts" } },
    cells: { world: { stage: "production", zones: names, targets: { main: regions.slice(0, size) } } },
  };
}

/**
 * Writes such a fleet file, with its handler beside it. JSON is YAML, too.
 *
 * @param folder made if it is not there
 * @returns path of the fleet file
 */
export function writeDrillFleet(folder: string, size: DrillSize): string {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(projectRoot, "functions", "hello", "index.ts"), join(folder, "index.ts"));
  const file = join(folder, "fleet.yaml");
  writeFileSync(file, JSON.stringify(drillFleet(size)));
  return file;
}
