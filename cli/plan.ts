import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "../fleet/errors";
import { objectPlace, putText } from "../operations/aws/put-object";
import type { Picture } from "../operations/plan/picture-schema";
import type { FleetPlan } from "../operations/plan/plan-fleet";
import type { RiskCode } from "../operations/plan/risk";
import { savePlans } from "../operations/plan/saved-plans";
import { deleteDataOptions, unnamedData } from "../operations/removal/data";
import { printJson } from "./output/json";
import { type PlanOrigin, planMarkdown } from "./output/plan-markdown";
import { planReport } from "./output/plan-report";
import { planSummary } from "./output/plan-summary";
import { caller } from "./shared/environment";
import { sourcesRevision } from "./shared/facts";
import { type PlannedFleet, planWork } from "./shared/fleet-plan";
import { type FleetWork, openWork, say, synthesizeFleet, type WorkOptions } from "./shared/fleet-work";
import { requireNoFile } from "./shared/folders";
import { lostIn, openRemoval, type Removal, type RemovalOptions } from "./shared/removal";
import { selectionOf } from "./shared/selection-options";

/** Options of `meridian plan`. */
export interface PlanCommandOptions extends WorkOptions, RemovalOptions {
  readonly all?: boolean;
  readonly json?: boolean;
  /** A file, or `s3://<bucket>/<key>`. */
  readonly markdown?: string;
  readonly out?: string;
  /** File for what an approval's message can hold. */
  readonly summary?: string;
  /** Whether what could not be planned is left to the deploy, which fails just that. @default false */
  readonly tolerant?: boolean;
}

/**
 * `meridian plan`: what a deploy would change, as one picture. Changes nothing.
 *
 * Exit status: 0, there is nothing to do; 2, there is; 1, something could not be planned, or must not be deployed. With
 * `tolerant`, 2 where something could be planned: a region that is down blocks its own stacks, and not the deploy of all others.
 */
export async function plan(file: string, options: PlanCommandOptions): Promise<void> {
  const { markdown, summary } = options;
  const place = markdown === undefined ? undefined : objectPlace(markdown);
  const { removal, work } = await openSelected(file, options);
  try {
    const plans = options.out === undefined ? undefined : ownFolder(options.out);
    if (markdown !== undefined && !place) requireFilePlace("--markdown", markdown);
    if (summary !== undefined) requireFilePlace("--summary", summary);
    await synthesizeFleet(file, work);
    const planned = await planWork(work, { all: options.all, plans, removal });
    const { picture } = planned;
    if (plans !== undefined) {
      await savePlans(plans, withRemoval(planned), picture, options.role);
      say(`The plans are in ${options.out}: deploy them with \`npx meridian deploy --plan ${options.out}\`.`);
    }
    const page = markdown === undefined ? "" : planMarkdown(picture, await originOf(work, options));
    if (markdown !== undefined && !place) writeFileSync(markdown, page);
    if (summary !== undefined) writeFileSync(summary, planSummary(picture, markdown));
    if (options.json) printJson(picture);
    else process.stdout.write(planReport(picture));
    noteData(planned, options);
    // Last, for it may be refused: whoever has waited for the plan sees it all the same.
    if (place) await putText(place, page, "text/markdown; charset=utf-8", caller);
    process.exitCode = exitStatus(picture, options);
  } finally {
    work.close();
  }
}

/** Says what a plan is of. */
async function originOf({ fleet }: FleetWork, options: PlanCommandOptions): Promise<PlanOrigin> {
  return {
    fleet: fleet.name,
    selection: selectionOf(options),
    revision: await sourcesRevision(),
    // A build of the pipeline has it (modules/pipeline-buildspecs.ts).
    execution: process.env.MERIDIAN_EXECUTION,
  };
}

/** Opens what a command works with: on stacks of the fleet file, and on orphans where these are to be taken away. */
export async function openSelected(
  file: string,
  options: WorkOptions & RemovalOptions,
): Promise<{ readonly work: FleetWork; readonly removal?: Removal }> {
  const selection = selectionOf(options);
  if (!options.remove) return { work: await openWork(file, options, selection) };
  const work = await openWork(file, options, {});
  try {
    return await openRemoval(work, selection);
  } catch (error) {
    work.close();
    throw error;
  }
}

/**
 * To plan a large fleet takes long: what could not be written in the end is refused before.
 *
 * @throws {UserError} no file can be there
 */
function requireFilePlace(option: "--markdown" | "--summary", path: string): void {
  const file = resolve(path);
  const folder = dirname(file);
  const refuse = (what: string, fix: string) =>
    new UserError(`${option} ${path}: ${what}`, "the plan could not be written there once it is made", fix);
  if (path.startsWith("s3://"))
    throw refuse("only --markdown can be written into S3", "name a file of this machine");
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw refuse(`there is no folder ${folder}`, "make the folder, or name a file in another one");
  if (existsSync(file) && statSync(file).isDirectory())
    throw refuse("it is a folder, not a file", "name a file in it");
}

/** All plans, of orphans too, as they are kept in one folder. */
function withRemoval({ plan, removal }: PlannedFleet): FleetPlan {
  if (!removal) return plan;
  return {
    planned: new Map([...plan.planned, ...removal.plan.planned]),
    unchanged: [...plan.unchanged, ...removal.plan.unchanged],
    failed: new Map([...plan.failed, ...removal.plan.failed]),
  };
}

function noteData({ plan, removal }: PlannedFleet, { deleteData = [] }: RemovalOptions): void {
  const all = [...lostIn(plan), ...(removal?.orphans ?? []).flatMap(({ data }) => data)];
  const data = unnamedData(all, deleteData, all);
  if (data.length > 0)
    say(`note: the deploy has to name what goes with its data: ${deleteDataOptions(data, all)}`);
}

/** Risks that no deploy may take. */
const refused: ReadonlySet<string> = new Set<RiskCode>([
  "adds-and-takes-away",
  "data-name-collision",
  "home-moved",
  "name-collision",
  "ttl-by-hand",
]);

/** Whether a plan has what must not be deployed. */
export function refusals({ risks }: Picture): Picture["risks"] {
  return risks.filter(({ code }) => refused.has(code));
}

function exitStatus(picture: Picture, { tolerant = false }: PlanCommandOptions): number {
  const { changed, failed, unchanged } = picture;
  if (refusals(picture).length > 0) return 1;
  // Where nothing could be planned, nobody could review anything.
  if (failed.length > 0) return tolerant && changed.length + unchanged.length > 0 ? 2 : 1;
  return changed.length > 0 ? 2 : 0;
}

/**
 * A folder that only its owner can read: plans hold what the states hold, secrets, too.
 *
 * @throws {UserError} it has something in it, or is a file
 */
function ownFolder(path: string): string {
  const folder = resolve(path);
  requireNoFile(folder, path);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new UserError(
      `${path} is not empty`,
      "plans of another time in it could be taken for those of now",
      "name an empty folder, or one that does not exist",
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return folder;
}
