import { type Selection, selectStacks } from "../fleet/selection";
import { fleetStacks } from "../fleet/stacks";
import { otherEndpoint } from "../operations/aws/endpoint";
import { awsSession, stsRegions } from "../operations/aws/role-credentials";
import type { Line } from "../operations/preflight/model";
import { preflight } from "../operations/preflight/preflight";
import { orJsonError, printJson } from "./output/json";
import { preflightReport } from "./output/preflight-report";
import { caller } from "./shared/environment";
import { requireFleet } from "./shared/fleet";
import { selectionOf } from "./shared/selection-options";

/** Options of `meridian preflight`. */
export interface PreflightOptions extends Selection {
  readonly json?: boolean;
}

/**
 * `meridian preflight`: what would make the first deploy fail on AWS, asked of AWS before it does. Changes nothing.
 *
 * Exit status: 0, all is fine; 1, something would fail, or could not be asked.
 *
 * @throws {UserError} the fleet has errors, nothing is selected, or the shell has no credentials
 */
export async function preflightCommand(file: string, options: PreflightOptions): Promise<void> {
  const { json = false } = options;
  const endpoint = otherEndpoint(process.env);
  await orJsonError(
    json,
    { endpoint },
    async () => {
      const { bundles, fleet } = await requireFleet(file);
      const codeSizes = new Map([...bundles].map(([place, { zip }]) => [place, zip.length]));
      const stacks = selectStacks(fleetStacks(fleet), selectionOf(options));
      const session = awsSession(stsRegions(fleet), caller);
      const lines = await preflight({ fleet, stacks, codeSizes, session, now: new Date() });
      const ok = isFine(lines);
      if (json)
        printJson({ ok, fleet: fleet.name, ...(endpoint !== undefined && { endpoint }), checks: lines });
      else process.stdout.write(preflightReport(lines, endpoint));
      if (!ok) process.exitCode = 1;
    },
    (failure) => failure,
  );
}

/** What is only to be looked at keeps nobody from a deploy; what is not known may. */
function isFine(lines: readonly Line[]): boolean {
  return lines.every(({ status }) => status === "fine" || status === "note");
}
