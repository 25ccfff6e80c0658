import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Diagnostic } from "../fleet/diagnostics";
import {
  awsSource,
  holdsFiles,
  lockedProviders,
  lockFile,
  providerVersion,
  shortSource,
} from "../fleet/provider-lock";
import { diagnosticAt } from "./read";
import { problem } from "./rules";

/** The provider lock file of a project. */
export interface ProviderLock {
  /** Its path, as messages show it. */
  readonly file: string;
  readonly text: string;
}

/** The provider lock file of a project; undefined where it has none. */
export function readLock(folder: string): ProviderLock | undefined {
  const path = join(folder, lockFile);
  try {
    return { file: relative(process.cwd(), path), text: readFileSync(path, "utf8") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** What is wrong with a provider lock file. Other providers than that of all stacks are only known once the fleet is synthesized. */
export function lockProblems({ file, text }: ProviderLock): readonly Diagnostic[] {
  const name = shortSource(awsSource);
  const found = (message: string, line: number) =>
    diagnosticAt(file, {
      ...problem("provider-not-locked", [], {
        message,
        fix: "make it anew with `npx meridian lock`, with a --platform for each kind of machine that deploys, review what has changed in it, and commit it",
      }),
      position: { line, column: 1 },
    });
  const locked = lockedProviders(text).find(({ source }) => source === awsSource);
  if (!locked) return [found(`${lockFile} has no ${name}`, 1)];
  const { lines, version } = locked;
  if (version !== providerVersion)
    return [found(`it has ${name} ${version}, and stacks ask for ${providerVersion}`, lines.version)];
  if (holdsFiles(locked)) return [];
  return [found(`it has no checksum of the files of ${name} ${version} (h1:)`, lines.block)];
}
