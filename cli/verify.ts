import { assemblyRoot } from "../fleet/project";
import type { Selection } from "../fleet/selection";
import { selectStacks } from "../fleet/selection";
import { type FleetStack, fleetStacks } from "../fleet/stacks";
import { otherEndpoint } from "../operations/aws/endpoint";
import { awsSession, stsRegions } from "../operations/aws/role-credentials";
import { askStacks } from "../operations/rollout/ask-stacks";
import { openStore } from "../operations/store/store";
import { orJsonError, printJson } from "./output/json";
import { answersOf, hasPassed, verifyReport } from "./output/verify-report";
import { caller } from "./shared/environment";
import { deployedFleet } from "./shared/fleet";
import { say } from "./shared/fleet-work";
import { selectionOf, whatIsGone } from "./shared/selection-options";

/** Options of `meridian verify`. */
export interface VerifyOptions extends Selection {
  readonly json?: boolean;
}

/**
 * `meridian verify`: asks every function URL and every front for the answer that a deploy would ask for. Changes nothing.
 *
 * In an assembly, what was never deployed is left out, and said: a pipeline that has not updated itself yet does not deploy
 * a wave that is new.
 *
 * Exit status 1 where more cells of a wave answer wrongly, or not at all, than its stage tolerates.
 *
 * @throws {UserError} nothing is selected
 */
export async function verify(file: string, options: VerifyOptions): Promise<void> {
  const endpoint = otherEndpoint(process.env);
  const onNew = assemblyRoot === undefined ? undefined : noteNew;
  await orJsonError(
    options.json ?? false,
    { endpoint },
    async () => {
      const fleet = await deployedFleet(file);
      const session = awsSession(stsRegions(fleet), caller);
      const stacks = selectStacks(fleetStacks(fleet), selectionOf(options), whatIsGone(say));
      const store = openStore(fleet, session);
      try {
        const waves = await askStacks({ fleet, store, session, onNew }, stacks);
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

function noteNew({ name }: FleetStack): void {
  say(
    `note: ${name} is not asked: it was never deployed; a pipeline deploys a new wave or stage from the execution on after the one that brings it`,
  );
}
