import { dirname, resolve } from "node:path";
import { type Bundles, bundleServices } from "../bundles/bundles";
import type { Bundle, BundleRef } from "../bundles/zip";
import { type Diagnostic, hasErrors } from "../fleet/diagnostics";
import type { Fleet } from "../fleet/model";
import { resolveFleet } from "../fleet/resolve";
import { extensionPermissions } from "./extensions";
import { guardrailLockouts } from "./guardrail";
import { pipelineSizes } from "./pipeline-size";
import { policyLimits } from "./policies";
import { lockProblems, type ProviderLock } from "./provider-lock";
import { type FleetBeside, readFleet } from "./read";
import { homesForExtensions } from "./replicas";
import { roleSizes } from "./role-size";
import { type Routers, routerSizes, routersOf } from "./routers";
import { runtimeAges } from "./runtimes";

/** A fleet that has passed every check, with everything else that a synth needs. */
export interface CheckedFleet<B extends BundleRef = Bundle> {
  readonly fleet: Fleet;
  readonly bundles: Bundles<B>;
  readonly routers: Routers;
  /** The text of the project's provider lock file. @default it has none */
  readonly providerLock?: string;
}

/** What is checked with a fleet file. */
export interface CheckOptions extends FleetBeside {
  /** The day, as `YYYY-MM-DD`, for what AWS ends on a day. Left out where the result has to be the same on any day. */
  readonly today?: string;
  /** What the file holds, where it is not to be read: sources are still found beside it. */
  readonly text?: string;
  /** Of the project. @default it has none */
  readonly providerLock?: ProviderLock;
}

/** What the checks found. */
export interface CheckResult {
  /** Everything found, in the order of the file; what is in the project's provider lock file comes after that. */
  readonly diagnostics: readonly Diagnostic[];
  /** Only where no diagnostic is an error: nothing is synthesized from a fleet that fails a check. */
  readonly checked?: CheckedFleet;
}

/**
 * Reads a fleet file, checks it and bundles its sources. Needs neither credentials nor a network, and never throws
 * because of what is in the file.
 *
 * @param file path of the fleet file, absolute or relative to the working directory
 */
export async function checkFleet(file: string, options: CheckOptions = {}): Promise<CheckResult> {
  const read = readFleet(file, options.text);
  if ("unreadable" in read) return { diagnostics: read.unreadable };
  const bundled = await bundleServices(read.file, dirname(resolve(file)));
  const aged = options.today === undefined ? [] : runtimeAges(read.file, options.today);
  const problems = [...read.problems, ...bundled.problems, ...aged];
  const { providerLock } = options;
  const ofLock = providerLock ? lockProblems(providerLock) : [];
  const diagnostics = [...read.diagnose(problems), ...ofLock];
  if (hasErrors(diagnostics)) return { diagnostics };
  const fleet = resolveFleet(read.file, options.extensions);
  const routers = routersOf(fleet);
  const late = [
    ...homesForExtensions(fleet),
    ...routerSizes(routers),
    ...policyLimits(fleet),
    ...pipelineSizes(fleet),
    ...extensionPermissions(fleet),
    ...roleSizes(fleet),
    ...guardrailLockouts(fleet),
  ];
  const all = [...read.diagnose([...problems, ...late]), ...ofLock];
  if (hasErrors(all)) return { diagnostics: all };
  return {
    diagnostics: all,
    checked: { fleet, bundles: bundled.bundles, routers, providerLock: providerLock?.text },
  };
}
