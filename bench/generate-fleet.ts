import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
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
 * What the fleet has besides: nothing, all that the checks evaluate policies for, the same with a pipeline that rolls it out
 * in waves, or a table that each cell shares.
 */
export type Around = "nothing" | "organization" | "pipeline" | "table";

const units = ["tenants/emea", "tenants/americas", "tenants/asia"] as const;

const organization = [
  "organization:",
  "  management: management",
  `  units: [platform, ${units.join(", ")}]`,
  "  regionGuardrail: true",
  "bootstrap: { delivery: delivery }",
  "state: { backend: s3, account: delivery, bucket: bench-state, region: eu-central-1 }",
];

/** The first cell is staging, the second the canary. */
const pipeline = [
  "pipeline:",
  "  account: delivery",
  "  region: eu-central-1",
  "  source: { bucket: bench-source, key: fleet.zip }",
  "  approvals: { foundation: [platform@example.com], production: [platform@example.com] }",
  "stages: [staging, production]",
  "rollout:",
  "  staging: { verify: { path: / } }",
  "  production: { waves: [[tenant-00002], 10%, 100%], bake: 10m, verify: { path: / } }",
];

const platformAccounts = [
  '  management: { id: "000000000001" }',
  '  delivery: { id: "000000000002", unit: platform }',
];

/**
 * The fleet file of a benchmark: one service, and a cell per pair of targets, each for a tenant of its own in an
 * account of its own. The same number gives the same text.
 *
 * @param targets how many account/region pairs; the last cell has one only where the number is odd
 */
export function fleetText(targets: number, around: Around = "nothing"): string {
  const hasPipeline = around === "pipeline";
  const hasOrganization = around === "organization" || hasPipeline;
  const hasTable = around === "table";
  const tenants = Array.from({ length: Math.ceil(targets / 2) }, (_, index) => {
    const [first, second] = regionPairs[index % regionPairs.length] ?? regionPairs[0];
    return {
      name: `tenant-${String(index + 1).padStart(5, "0")}`,
      id: firstAccountId + index,
      unit: units[index % units.length] ?? units[0],
      regions: 2 * index + 1 < targets ? [first, second] : [first],
    };
  });
  return [
    "fleet: bench",
    "services:",
    `  hello: { source: index.ts, routes: ["/*"], environment: { GREETING: hello }${hasTable ? ", tables: { visits: read-write }" : ""} }`,
    ...(hasTable ? ["tables:", "  visits: { key: { path: string, region: string } }"] : []),
    ...(hasOrganization ? organization : []),
    ...(hasPipeline ? pipeline : []),
    "accounts:",
    ...(hasOrganization ? platformAccounts : []),
    ...tenants.map(
      ({ name, id, unit }) => `  ${name}: { id: "${id}"${hasOrganization ? `, unit: ${unit}` : ""} }`,
    ),
    "cells:",
    ...tenants.flatMap(({ name, regions }, index) => [
      `  ${name}:`,
      `    stage: ${hasPipeline && index === 0 ? "staging" : "production"}`,
      `    tenant: ${name}`,
      `    targets: { ${name}: [${regions.join(", ")}] }`,
      ...(hasTable ? [`    home: ${regions[0]}`] : []),
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
export function writeFleet(folder: string, targets: number, around: Around = "nothing"): string {
  mkdirSync(folder, { recursive: true });
  copyFileSync(handler, join(folder, "index.ts"));
  const file = join(folder, "fleet.yaml");
  writeFileSync(file, fleetText(targets, around));
  return file;
}

/** A user's main.ts with an extension: a queue for each target, and its address for the handler. */
const mainText = `import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { type Extension, synth } from ${JSON.stringify(join(projectRoot, "stacks", "synth"))};

const queue: Extension = {
  name: "queue",
  deploy: [{ actions: ["sqs:*"], resources: ["arn:aws:sqs:*:{account}:{fleet}_*"] }],
  resourceTypes: { aws_sqs_queue: { holdsData: true, what: "messages until they are handled" } },
  target({ name, provider, scope, service }) {
    const made = new SqsQueue(scope, "queue", { provider, name: name("queue") });
    service("hello").environment.set("QUEUE_URL", made.url);
    service("hello").allow({ actions: ["sqs:SendMessage"], resources: [made.arn] });
  },
};

synth({ extensions: [queue] });
`;

/**
 * Writes a project of its own: such a fleet file with a table, and a main.ts with an extension.
 *
 * @param folder made if it is not there
 * @returns path of the fleet file
 */
export function writeExtendedFleet(folder: string, targets: number): string {
  const file = writeFleet(folder, targets, "table");
  writeFileSync(join(folder, "cdktf.json"), "{}");
  writeFileSync(join(folder, "main.ts"), mainText);
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  return file;
}
