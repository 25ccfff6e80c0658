import type { Problem } from "../fleet/diagnostics";
import { limits } from "../fleet/limits";
import { serviceDefaults, sourceMaps } from "../fleet/resolve";
import { seconds } from "../fleet/rollout";
import { routePath } from "../fleet/routes";
import type { CellEntry, FleetFile } from "../fleet/schema/fleet-file";
import { resolveSecrets, secretsEnvironment } from "../fleet/secrets";
import { tableName, tableVariable } from "../fleet/tables";
import type { CheckInput } from "../fleet/text/structure";
import { count } from "../fleet/wording";
import { problem } from "./rules";
import { oncePerPlace, servicesOf, takesRequests, targetsOf } from "./written";

/** AWS quotas that no single setting exceeds by itself, and stacks that become slow. */
export function quotas({ file }: CheckInput): readonly Problem[] {
  const cells = Object.entries(file.cells);
  return [
    ...cells.flatMap(([cell, entry]) => [
      ...tooManyOrigins(file, cell, entry),
      ...tooManyBehaviours(file, cell, entry),
      ...manyAliases(file, cell, entry),
    ]),
    ...oncePerPlace(cells.flatMap(([cell, entry]) => environmentsTooLarge(file, cell, entry))),
    ...oncePerPlace(cells.flatMap(([cell, entry]) => timeouts(file, cell, entry))),
  ];
}

function tooManyOrigins(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  const targets = targetsOf(cell, entry).length;
  const services = servicesOf(file, cell, entry).filter(takesRequests).length;
  const origins = targets * services;
  if (origins <= limits.origins) return [];
  return [
    problem("too-many-origins", ["cells", cell, "targets"], {
      message: `the front of cell "${cell}" needs ${count(origins, "origin")} (${count(targets, "target")} × ${count(services, "service")}), but the limit is ${limits.origins}`,
      fix: `split the cell, or use at most ${count(Math.floor(limits.origins / services), "target")}`,
      atKey: true,
    }),
  ];
}

function tooManyBehaviours(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  const all = servicesOf(file, cell, entry).flatMap(({ settings }) =>
    (settings.routes ?? serviceDefaults.routes).map(routePath),
  );
  const behaviours = new Set(all.filter((route) => route !== "/*")).size;
  if (behaviours <= limits.behaviours) return [];
  return [
    problem("too-many-behaviours", ["cells", cell], {
      message: `the front of cell "${cell}" needs ${count(behaviours, "behaviour")}, one per route, but the limit is ${limits.behaviours}`,
      fix: "combine routes with wildcards, or route inside one of the services",
      atKey: true,
    }),
  ];
}

function manyAliases(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  if ((entry.stackPer ?? file.defaults?.stackPer) !== "account") return [];
  return Object.entries(entry.targets)
    .map(([account, regions]) => ({ account, aliases: new Set(regions).size }))
    .filter(({ aliases }) => aliases > limits.aliasesPerStack)
    .map(({ account, aliases }) =>
      problem("many-aliases", ["cells", cell, "targets", account], {
        message: `the stack of account "${account}" in cell "${cell}" has ${aliases} aliases: about ${aliases * 10} CPU-seconds and ${gigabytes(aliases * 105)} to ${gigabytes(aliases * 180)} GB per plan`,
        fix: 'write "stackPer: target"',
        atKey: true,
      }),
    );
}

const gigabytes = (megabytes: number) => (megabytes / 1000).toFixed(1);

function environmentsTooLarge(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  const longestRegion = Math.max(0, ...targetsOf(cell, entry).map(({ region }) => region.length));
  return servicesOf(file, cell, entry).flatMap(({ name, settings, pathOf }) => {
    const { environment, secrets, secretsRefresh = serviceDefaults.secretsRefresh } = settings;
    const places = secretsEnvironment(resolveSecrets(secrets), seconds(secretsRefresh));
    const tables = Object.fromEntries(
      Object.keys(settings.tables ?? {}).map((table) => [
        tableVariable(table),
        tableName(file.fleet, cell, table),
      ]),
    );
    const all = { ...sourceMaps, ...environment, ...places, ...tables };
    const bytes = environmentSize(all, {
      region: longestRegion,
      cell: cell.length,
      stage: entry.stage.length,
    });
    if (bytes <= limits.environment) return [];
    return [
      problem("environment-too-large", pathOf("environment"), {
        message: `the environment of service "${name}" in cell "${cell}" is ${bytes.toLocaleString("en-US")} bytes`,
        fix: "move long values to Systems Manager or S3, and pass their names",
        atKey: true,
      }),
    ];
  });
}

/** Bytes of keys and values once the placeholders are filled in, with what has so many characters. */
function environmentSize(
  environment: Readonly<Record<string, string>>,
  lengths: Readonly<Record<"cell" | "region" | "stage", number>>,
): number {
  const all = Object.entries({ ...lengths, account: 12 });
  return Object.entries(environment).reduce((size, [key, value]) => {
    const filled = all.reduce(
      (text, [name, length]) => text.replaceAll(`{${name}}`, "x".repeat(length)),
      value,
    );
    return size + Buffer.byteLength(key) + Buffer.byteLength(filled);
  }, 0);
}

function timeouts(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  return servicesOf(file, cell, entry).flatMap((service) => {
    const { streaming, timeout = 0 } = service.settings;
    // CloudFront waits as long for each part of an answer that comes in parts.
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
    if (streaming || !takesRequests(service) || timeout <= limits.originReadTimeout) return [];
    return [
      problem("timeout-beyond-front", service.pathOf("timeout"), {
        message: `the timeout is ${timeout} s, but CloudFront waits only ${limits.originReadTimeout} s for an answer`,
        fix: `write ${limits.originReadTimeout} or less, or answer early and do the rest in the background`,
      }),
    ];
  });
}
