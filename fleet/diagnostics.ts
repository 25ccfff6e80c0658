/** `error` stops the synth, `warning` does not, `info` is advice. */
export type Severity = "error" | "warning" | "info";

/** Where in the fleet file: keys and list positions from the root, e.g. `["cells", "globex", "targets", "globex", 1]`. */
export type Path = readonly (string | number)[];

/** A place of the fleet file. */
export interface Place {
  readonly path: Path;
  /** Whether the key itself is meant rather than its value. @default false */
  readonly atKey?: boolean;
}

/** What a check found, before it is known where in the file that is. */
export interface Problem extends Place {
  /** Stable name of the rule, in kebab case, e.g. `unknown-region`. Scripts may rely on it. */
  readonly code: string;
  readonly severity: Severity;
  /** The other place that it is about, where it is about two. */
  readonly other?: Place;
  /** What is wrong, one sentence without a full stop. */
  readonly message: string;
  /** Why it matters. */
  readonly why: string;
  /** How to fix it. */
  readonly fix: string;
}

/** A finding with its place in the file: what `meridian check --json` prints. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  /** Dotted path, e.g. `cells.globex.targets.globex[1]`; empty for the file itself. */
  readonly path: string;
  /** The fleet file, as it was named on the command line, or the provider lock file of the project. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** The other place in the file that it is about, where it is about two. */
  readonly other?: { readonly path: string; readonly line: number; readonly column: number };
}

/** Writes a path the way people read it: `cells.globex.targets.globex[1]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text ? `${text}.${part}` : part),
    "",
  );
}

/** Whether any finding stops the synth. */
export function hasErrors(findings: readonly { readonly severity: Severity }[]): boolean {
  return findings.some((finding) => finding.severity === "error");
}
