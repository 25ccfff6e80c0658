import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Path, Problem } from "../fleet/diagnostics";
import { limits } from "../fleet/limits";
import { mergeService, serviceDefaults } from "../fleet/resolve";
import type { FleetFile } from "../fleet/schema/fleet-file";
import { type Bundle, BundleError, type BundleRef, bundle, type HandlerBundle } from "./bundle";
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
  const uses: Use[] = [];
  for (const [cell, entry] of Object.entries(file.cells)) {
    for (const [service, base] of Object.entries(file.services)) {
      const override = entry.services?.[service];
      const merged = mergeService(base, override);
      const pathOf = (setting: "source" | "streaming") =>
        override?.[setting] === undefined
          ? ["services", service, setting]
          : ["cells", cell, "services", service, setting];
      const job = {
        service,
        source: merged.source,
        handler: merged.handler ?? serviceDefaults.handler,
        runtime: (merged.runtime ?? serviceDefaults.runtime) as Job["runtime"],
        exposeRegion: entry.front?.exposeRegion ?? true,
        hasSecrets: Object.keys(merged.secrets ?? {}).length > 0,
        path: pathOf("source"),
      };
      const { path: _, ...wanted } = job;
      const key = JSON.stringify(wanted);
      const streaming = merged.streaming ?? serviceDefaults.streaming;
      uses.push({ place: keyOf(cell, service), key, job, streaming, streamingPath: pathOf("streaming") });
      if (!jobs.has(key)) jobs.set(key, job);
    }
  }
  const results = await Promise.all(
    [...jobs].map(async ([key, job]) => ({ key, job, ...(await run(job, folder)) })),
  );
  const made = new Map(results.map(({ bundle, key }) => [key, bundle]));
  const bundles = new Map<string, Bundle>();
  const mismatches = new Map<string, Problem>();
  for (const use of uses) {
    const found = made.get(use.key);
    if (!found) continue;
    bundles.set(use.place, found);
    const mismatch = streamingProblem(use, found);
    if (mismatch) mismatches.set(JSON.stringify(mismatch.path), mismatch);
  }
  const problems = results.flatMap(({ problem }) => (problem ? [problem] : []));
  return { problems: [...problems, ...mismatches.values()], bundles };
}

/** What one cell wants of a service. */
interface Use {
  /** Key of the bundle among a fleet's. */
  readonly place: string;
  /** Key of the job that makes it. */
  readonly key: string;
  readonly job: Job;
  readonly streaming: boolean;
  readonly streamingPath: Path;
}

/** Whether a handler streams is only known when it runs, but one that does has to say so somewhere. */
function streamingProblem({ job, streaming, streamingPath }: Use, made: HandlerBundle): Problem | undefined {
  if (streaming && !made.canStream) {
    return problem("streaming-handler", streamingPath, {
      message: `the service streams, but nothing in ${job.source}, or in what it imports, calls awslambda.streamifyResponse`,
      fix: 'wrap the handler in awslambda.streamifyResponse, or remove "streaming"',
    });
  }
  if (streaming || !made.meansToStream) return undefined;
  return problem("streaming-handler", job.path, {
    message: `${job.source} calls awslambda.streamifyResponse, but the service does not stream`,
    fix: 'write "streaming: true" with the service',
  });
}

async function run(job: Job, folder: string): Promise<{ bundle?: HandlerBundle; problem?: Problem }> {
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
