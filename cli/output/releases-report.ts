import pc from "picocolors";
import { elsewhere } from "../../operations/aws/endpoint";
import type { Release } from "../../operations/store/model";
import { printable } from "./drain-report";
import { shortened, wrapped } from "./lines";
import { table } from "./table";

/** The releases of a stack: an object of the command's JSON. */
export interface StackReleases {
  readonly stack: string;
  /** Id. */
  readonly account: string;
  /** Whether they could be read. */
  readonly ok: boolean;
  /** Whether there is anything in its state. */
  readonly deployed?: boolean;
  /** Id of the one that it has now. */
  readonly current?: string;
  /** Newest first. */
  readonly releases: readonly ShownRelease[];
  readonly error?: string;
}

/** What of a release is shown. */
export type ShownRelease = Pick<
  Release,
  "at" | "by" | "fingerprint" | "id" | "revision" | "run" | "verification"
>;

/** Characters of who deployed it: with the other columns, a line fits. */
const byWidth = 16;

/** A table for each stack. The ids begin with the time, in UTC. */
export function releasesReport(stacks: readonly StackReleases[], endpoint: string | undefined): string {
  const parts = stacks.map((one) => `${pc.bold(one.stack)}${elsewhere(endpoint)}\n${bodyOf(one)}\n`);
  return parts.join("\n");
}

function bodyOf(stack: StackReleases): string {
  const { current, deployed, error, ok, releases } = stack;
  if (!ok) {
    return wrapped(`error: ${error ?? ""}`, "  ")
      .map((line) => pc.red(line))
      .join("\n");
  }
  if (releases.length === 0) {
    return deployed ? "  deployed without Meridian: no release is kept" : "  never deployed";
  }
  const rows = releases.map((release) => [
    release.id,
    shortened(printable(release.by), byWidth),
    shownRevision(release.revision),
    release.verification ?? "-",
    release.id === current ? pc.green("now") : "",
  ]);
  return [
    table(["release", "by", "revision", "verified", ""], rows),
    ...(current === undefined ? [noneOf(stack)] : []),
  ].join("\n");
}

function noneOf({ deployed }: StackReleases): string {
  return deployed
    ? "What it has now is none of these: a deploy failed half-way, or was not Meridian's."
    : "It is not deployed any more.";
}

/** A commit as git shortens it. */
export function shownRevision(revision: string | undefined): string {
  return revision === undefined ? "-" : revision.replace(/^([0-9a-f]{7})[0-9a-f]*/, "$1");
}
