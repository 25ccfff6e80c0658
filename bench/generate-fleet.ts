import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../fleet/project";

const handler = join(projectRoot, "functions", "hello", "index.ts");

/** Only regions that need no opt-in: a warning per target would be measured as well. */
const regionPairs = [
  ["eu-central-1", "eu-west-1"],
  ["us-east-1", "us-west-2"],
  ["ap-northeast-1", "ap-southeast-1"],
] as const;

const firstAccountId = 100_000_000_001;

/**
 * The fleet file of a benchmark: one service, and a cell per pair of targets, each for a tenant of its own in an
 * account of its own. The same number gives the same text.
 *
 * @param targets how many account/region pairs; the last cell has one only where the number is odd
 */
export function fleetText(targets: number): string {
  const tenants = Array.from({ length: Math.ceil(targets / 2) }, (_, index) => {
    const [first, second] = regionPairs[index % regionPairs.length] ?? regionPairs[0];
    return {
      name: `tenant-${String(index + 1).padStart(5, "0")}`,
      id: firstAccountId + index,
      regions: 2 * index + 1 < targets ? [first, second] : [first],
    };
  });
  return [
    "fleet: bench",
    "services:",
    '  hello: { source: index.ts, routes: ["/*"], environment: { GREETING: hello } }',
    "accounts:",
    ...tenants.map(({ name, id }) => `  ${name}: { id: "${id}" }`),
    "cells:",
    ...tenants.flatMap(({ name, regions }) => [
      `  ${name}:`,
      "    stage: production",
      `    tenant: ${name}`,
      `    targets: { ${name}: [${regions.join(", ")}] }`,
    ]),
    "",
  ].join("\n");
}

/**
 * Writes such a fleet file, with its handler beside it.
 *
 * @param folder made if it is not there
 * @returns path of the fleet file
 */
export function writeFleet(folder: string, targets: number): string {
  mkdirSync(folder, { recursive: true });
  copyFileSync(handler, join(folder, "index.ts"));
  const file = join(folder, "fleet.yaml");
  writeFileSync(file, fleetText(targets));
  return file;
}
