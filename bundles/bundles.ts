import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Path, Problem } from "../fleet/diagnostics";
import { limits } from "../fleet/limits";
import { mergeService, serviceDefaults } from "../fleet/resolve";
import type { FleetFile } from "../fleet/schema/fleet-file";
import { type Bundle, BundleError, type BundleRef, bundle } from "./bundle";
import { type bundleRules, problem } from "./rules";

/** The bundle of each service in each cell, by `<cell>/<service>`. Cells that want the same share one. */
export type Bundles<B extends BundleRef = Bundle> = ReadonlyMap<string, B>;

/**
 * The bundle of a service in a cell.
 *
 * @throws there is none
 */
export function bundleOf<B extends BundleRef>(bundles: Bundles<B>, cell: string, service: string): B {
  const found = bundles.get(keyOf(cell, service));
  if (!found) throw new Error(`no bundle of ${service} for ${cell}`);
  return found;
}

function keyOf(cell: string, service: string): string {
  return `${cell}/${service}`;
}

/** The bundles of a fleet's services, and what is wrong with their sources. */
export interface Bundled {
  readonly problems: readonly Problem[];
  /** Only of sources that have nothing wrong. */
  readonly bundles: Bundles;
}

/** One bundle to make, for all cells that want the same. */
interface Job {
  readonly service: string;
  readonly source: string;
  readonly handler: string;
  readonly runtime: (typeof serviceDefaults)["runtime"];
  readonly exposeRegion: boolean;
  readonly hasSecrets: boolean;
  /** Where the source is named. */
  readonly path: Path;
}

/** Bundles every source of a fleet once, however many cells and targets use it. */
export async function bundleServices(file: FleetFile, folder: string): Promise<Bundled> {
  const jobs = new Map<string, Job>();
  const keys = new Map<string, string>();
  for (const [cell, entry] of Object.entries(file.cells)) {
    for (const [service, base] of Object.entries(file.services)) {
      const override = entry.services?.[service];
      const merged = mergeService(base, override);
      const job = {
        service,
        source: merged.source,
        handler: merged.handler ?? serviceDefaults.handler,
        runtime: (merged.runtime ?? serviceDefaults.runtime) as Job["runtime"],
        exposeRegion: entry.front?.exposeRegion ?? true,
        hasSecrets: Object.keys(merged.secrets ?? {}).length > 0,
        path: override?.source
          ? ["cells", cell, "services", service, "source"]
          : ["services", service, "source"],
      };
      const { path: _, ...wanted } = job;
      const key = JSON.stringify(wanted);
      keys.set(keyOf(cell, service), key);
      if (!jobs.has(key)) jobs.set(key, job);
    }
  }
  const results = await Promise.all(
    [...jobs].map(async ([key, job]) => ({ key, job, ...(await run(job, folder)) })),
  );
  const made = new Map(results.map(({ bundle, key }) => [key, bundle]));
  return {
    problems: results.flatMap(({ problem }) => (problem ? [problem] : [])),
    bundles: new Map(
      [...keys].flatMap(([place, key]) => {
        const found = made.get(key);
        return found ? [[place, found] as const] : [];
      }),
    ),
  };
}

async function run(job: Job, folder: string): Promise<{ bundle?: Bundle; problem?: Problem }> {
  const source = resolve(folder, job.source);
  const report: Report = (code, message, fix) => ({ problem: problem(code, job.path, { message, fix }) });
  if (!existsSync(source)) {
    return report(
      "source-missing",
      `there is no file ${job.source}`,
      "correct the path, which is relative to the fleet file's folder",
    );
  }
  try {
    const made = await bundle({ ...job, source, folder });
    return sizeProblem(made, report) ?? { bundle: made };
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    return report(
      "source-does-not-bundle",
      `${job.source} does not bundle: ${error.message}`,
      "correct the source at that place",
    );
  }
}

type Report = (code: keyof typeof bundleRules, message: string, fix: string) => { problem: Problem };

function sizeProblem(made: Bundle, report: Report): { problem: Problem } | undefined {
  const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const [size, limit, kind] =
    made.zip.length > limits.bundleZipped
      ? [made.zip.length, limits.bundleZipped, "zipped"]
      : [made.unzippedSize, limits.bundleUnzipped, "unzipped"];
  if (size <= limit) return undefined;
  return report(
    "bundle-too-large",
    `the bundle is ${megabytes(size)} ${kind}, but Lambda allows ${megabytes(limit)}`,
    "import less from large packages, or move data to a layer or to S3",
  );
}
