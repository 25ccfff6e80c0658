import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { stsRegions } from "../operations/aws/role-credentials";
import { type WaysBack, waysBack } from "../operations/rollout/go-back";
import { mapFew } from "../operations/store/objects";
import { hasProviderLock } from "../operations/store/releases";
import { releaseQuestion } from "./deploy";
import { deployReport } from "./output/deploy-report";
import { printJson } from "./output/json";
import { planReport } from "./output/plan-report";
import { rollbackReport } from "./output/rollback-report";
import { announce, approve, type Intent, requireApprover } from "./shared/approval";
import { rollOutReviewed } from "./shared/fleet-deploy";
import { planWork } from "./shared/fleet-plan";
import { type FleetWork, openWork, say, type WorkOptions } from "./shared/fleet-work";
import { requireLosses } from "./shared/removal";

/** Options of `meridian rollback`. */
export interface RollbackOptions extends Pick<WorkOptions, "parallelism"> {
  /** Id of a release. @default what was there before the last deploy */
  readonly to?: string;
  /** Names of what may go with its data, because the earlier release does not have it. */
  readonly deleteData?: readonly string[];
  /** Roll back without asking. */
  readonly yes?: boolean;
  readonly releaseLocks?: boolean;
  readonly json?: boolean;
}

const unapproved = { otherwise: "nothing was rolled back", look: "npx meridian releases <cell>" };

/** Until the next deploy: that one is of the fleet file. */
const notForGood =
  "The fleet file still says what it said: the next deploy brings that back, unless you change it, too.";

/**
 * `meridian rollback`: takes cells back to what they were deployed with before, but for their data. It is planned, shown
 * and approved like any change, and rolled out in the same order.
 */
export async function rollback(
  file: string,
  cells: readonly string[],
  options: RollbackOptions,
): Promise<void> {
  const { json = false, releaseLocks, to, yes = false } = options;
  requireApprover(unapproved, yes);
  const work = await openWork(file, options, { cell: cells });
  const outdir = join(dirname(work.outdir), `.meridian-rollback-${process.pid}`);
  const remove = () => rmSync(outdir, { recursive: true, force: true });
  process.once("exit", remove);
  const intent: Intent = {
    ...unapproved,
    doing: `Rolling back ${cells.join(", ")} of the fleet ${work.fleet.name} in`,
    question: "Roll this back in",
  };
  const approval = { isApproved: yes, signal: work.interrupts.stop };
  try {
    const destination = await announce(intent, stsRegions(work.fleet), work.session);
    if (releaseLocks) await approve({ ...intent, question: releaseQuestion }, destination, approval);
    const back = await waysBack(work.store, work.selected, to);
    await restore(work, back, outdir);
    const there = asReleased({ ...work, outdir, selected: back.ways.map(({ stack }) => stack) }, back);
    // What a deploy left half-done does not show in the fingerprint.
    const planned = await planWork(there, { all: true, releaseLocks });
    requireLosses(planned.plan, [], options);
    process.stderr.write(rollbackReport(back));
    if (planned.plan.planned.size + planned.plan.failed.size === 0) {
      if (json) printJson({ version: 1, outcome: "succeeded", stacks: {} });
      else process.stdout.write("Nothing to roll back: all is as it was then.\n");
      return;
    }
    process.stderr.write(planReport({ ...planned.picture, orphans: [] }));
    say(notForGood);
    await approve(intent, destination, approval);
    const { record, result } = await rollOutReviewed(there, planned, {
      command: "rollback",
      unverified: new Set(),
      revisionOf: ({ name }) => back.ways.find(({ stack }) => stack.name === name)?.to.revision,
    });
    if (json) printJson({ version: 1, run: record.id, ...result, stacks: record.stacks });
    else process.stdout.write(`${deployReport(record, result)}${notForGood}\n`);
    if (result.outcome !== "succeeded") process.exitCode = 1;
  } finally {
    process.removeListener("exit", remove);
    remove();
    work.close();
  }
}

/** Each stack goes by the provider lock file that the release it goes back to was deployed with, if it was. */
function asReleased(work: FleetWork, { ways }: WaysBack): FleetWork {
  const held = new Set(ways.filter(({ to }) => hasProviderLock(to)).map(({ stack }) => stack.name));
  return {
    ...work,
    terraform: (stack, folder) => ({
      ...work.terraform(stack, folder),
      released: { keepsProviderLock: held.has(stack.name) },
    }),
  };
}

/** Beside the output folder, for the JSON names local state relative to where it lies. */
async function restore({ store }: FleetWork, { ways }: WaysBack, outdir: string): Promise<void> {
  await mapFew(ways, ({ stack, to }) =>
    store.restore({ stack: stack.name, account: stack.account }, to, outdir),
  );
}
