import type { Pipeline } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { bootstrapFile } from "./bootstrap-fleet";
import { fleetOf } from "./fleet";

const globex = bootstrapFile.cells.globex as FleetFile["cells"][string];

/**
 * A fleet with a pipeline: staging in accounts of its own, production in others, an approval before production, and pull
 * requests that may plan.
 */
export const pipelineFile: FleetFile = {
  ...bootstrapFile,
  accounts: {
    ...bootstrapFile.accounts,
    pipeline: { id: "666666666666", unit: "workloads" },
    staging: { id: "777777777777", unit: "workloads" },
  },
  stages: ["staging", "production"],
  rollout: {
    production: { waves: [["globex", "initech"], "100%"], bake: "10m", verify: { path: "/" } },
  },
  pipeline: {
    account: "pipeline",
    region: "eu-central-1",
    source: { bucket: "acme-sources", key: "fleet.zip" },
    approvals: { production: ["platform@example.com"] },
    shards: 3,
  },
  ci: { github: { repository: "acme/fleet" } },
  cells: {
    globex,
    hooli: { ...globex, targets: { globex: ["eu-west-1"] } },
    initech: { ...globex, targets: { globex: ["eu-west-1"] } },
    trial: { stage: "staging", targets: { staging: ["eu-central-1"] } },
  },
};

/** The same, resolved. */
export function pipelineFleet(more: Partial<FleetFile> = {}): Fleet & { readonly pipeline: Pipeline } {
  const fleet = fleetOf({ ...pipelineFile, ...more });
  const { pipeline } = fleet;
  if (!pipeline) throw new Error("the fleet has no pipeline");
  return { ...fleet, pipeline };
}
