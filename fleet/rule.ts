import type { Path, Place, Problem, Severity } from "./diagnostics";

/** A rule that a fleet file is checked against. */
export interface Rule {
  readonly severity: Severity;
  /** What it finds, for `docs/checks.md`. */
  readonly finds: string;
  /** Why that matters. */
  readonly why: string;
}

/** Rules of one theme, by their stable codes. */
export type Rules = Readonly<Record<string, Rule>>;

/** A rule whose breach stops the synth. */
export const error = (finds: string, why: string) =>
  ({ severity: "error", finds, why }) as const satisfies Rule;

/** A rule whose breach can be deployed, though something is likely to go wrong. */
export const warning = (finds: string, why: string) =>
  ({ severity: "warning", finds, why }) as const satisfies Rule;

/** Advice. */
export const info = (finds: string, why: string) =>
  ({ severity: "info", finds, why }) as const satisfies Rule;

/** What a finding says beyond its rule. */
export interface Finding {
  readonly message: string;
  readonly fix: string;
  /** Instead of the rule's own. */
  readonly why?: string;
  readonly atKey?: boolean;
  /** The other place, of a finding about two. */
  readonly other?: Place;
}

/** Makes findings of some rules: severity, and why it matters, come from the rule. */
export function reporter<T extends Rules>(rules: T) {
  return (code: keyof T & string, path: Path, finding: Finding): Problem => {
    const { severity, why } = rules[code] as Rule;
    return { code, severity, why, path, ...finding };
  };
}
