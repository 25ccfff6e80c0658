import type { Selection } from "../fleet/selection";
import { selectStacks } from "../fleet/selection";
import { fleetStacks } from "../fleet/stacks";
import { otherEndpoint } from "../operations/aws/endpoint";
import { awsSession, stsRegions } from "../operations/aws/role-credentials";
import { askStacks } from "../operations/rollout/ask-stacks";
import { openStore } from "../operations/store/store";
import { orJsonError, printJson } from "./output/json";
import { answersOf, hasPassed, verifyReport } from "./output/verify-report";
import { caller } from "./shared/environment";
import { deployedFleet } from "./shared/fleet";
import { selectionOf } from "./shared/selection-options";

/** Options of `meridian verify`. */
export interface VerifyOptions extends Selection {
  readonly json?: boolean;
}

/**
 * `meridian verify`: asks every function URL and every front for the answer that a deploy would ask for. Changes nothing.
 *
 * Exit status 1 where more cells of a wave answer wrongly, or not at all, than its stage tolerates.
 *
 * @throws {UserError} nothing is selected
 */
export async function verify(file: string, options: VerifyOptions): Promise<void> {
  const endpoint = otherEndpoint(process.env);
  await orJsonError(
    options.json ?? false,
    { endpoint },
    async () => {
      const fleet = await deployedFleet(file);
      const session = awsSession(stsRegions(fleet), caller);
      const stacks = selectStacks(fleetStacks(fleet), selectionOf(options));
      const store = openStore(fleet, session);
      try {
        const waves = await askStacks({ fleet, store, session }, stacks);
        if (options.json) printJson({ ...answersOf(waves), ...(endpoint !== undefined && { endpoint }) });
        else process.stdout.write(verifyReport(waves, endpoint));
        if (!hasPassed(waves)) process.exitCode = 1;
      } finally {
        store.close();
      }
    },
    (failure) => failure,
  );
}
