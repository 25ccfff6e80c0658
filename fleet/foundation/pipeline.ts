import { resolveAccount } from "../accounts";
import type { FleetFile } from "../schema/fleet-file";
import { sortBy } from "../values";
import type { Ci, Pipeline } from "./model";

/** What a pipeline is where the fleet file does not say. */
export const pipelineDefaults = { shards: 1, computeType: "BUILD_GENERAL1_MEDIUM" } as const;

/** The pipeline; undefined where the fleet file has none, or its account has no id yet. */
export function resolvePipeline(file: FleetFile): Pipeline | undefined {
  const entry = file.pipeline;
  if (!entry || !file.accounts[entry.account]?.id) return undefined;
  const { approvals = {}, region, source } = entry;
  return {
    account: resolveAccount(file, entry.account),
    region,
    source,
    approvals: Object.fromEntries(sortBy(Object.entries(approvals), ([stage]) => stage)),
    shards: entry.shards ?? pipelineDefaults.shards,
    computeType: entry.computeType ?? pipelineDefaults.computeType,
  };
}

/** Name of the account that other CI systems sign in to; undefined where the fleet file names none. */
export function ciAccount({ bootstrap, ci, pipeline }: FleetFile): string | undefined {
  return ci?.account ?? pipeline?.account ?? bootstrap?.delivery;
}

/** What other CI systems may do; undefined where the fleet file says nothing of any, or their account has no id yet. */
export function resolveCi(file: FleetFile): Ci | undefined {
  const account = ciAccount(file);
  if (!file.ci || account === undefined || !file.accounts[account]?.id) return undefined;
  return { account: resolveAccount(file, account), github: file.ci.github };
}
