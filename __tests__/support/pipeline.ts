import type { FleetFile } from "../../fleet/schema/fleet-file";

/** A fleet with two stages, of which the second has waves and an approval, and a pipeline whose sources are in a bucket. */
export const pipelineFile: FleetFile = {
  fleet: "acme",
  accounts: {
    management: { id: "999999999999" },
    delivery: { id: "555555555555", unit: "workloads" },
    tools: { id: "111111111111", unit: "workloads" },
    staging: { id: "222222222222", unit: "workloads" },
    globex: { id: "333333333333", unit: "workloads" },
    initech: { id: "444444444444", unit: "workloads" },
    umbrella: { id: "666666666666", unit: "workloads" },
  },
  organization: { management: "management", units: ["workloads"] },
  bootstrap: {},
  state: { backend: "s3", account: "tools", bucket: "acme-state", region: "eu-central-1" },
  services: { hello: { source: "functions/hello/index.ts" } },
  stages: ["staging", "production"],
  rollout: {
    staging: { verify: { path: "/" } },
    production: { waves: [["globex"], "100%"], bake: "10m", verify: { path: "/" } },
  },
  cells: {
    staging: { stage: "staging", targets: { staging: ["eu-central-1"] } },
    globex: { stage: "production", tenant: "globex", targets: { globex: ["eu-central-1"] } },
    initech: { stage: "production", tenant: "initech", targets: { initech: ["eu-central-1"] } },
    umbrella: { stage: "production", tenant: "umbrella", targets: { umbrella: ["eu-central-1"] } },
  },
  pipeline: {
    account: "delivery",
    region: "eu-central-1",
    source: { bucket: "acme-sources", key: "fleet.zip" },
    approvals: {
      foundation: ["security@example.com"],
      production: ["platform@example.com", "security@example.com"],
    },
    shards: 2,
  },
};

/** The same with its sources in a repository. */
export const repositoryFile: FleetFile = {
  ...pipelineFile,
  pipeline: {
    ...(pipelineFile.pipeline as NonNullable<FleetFile["pipeline"]>),
    source: {
      connection: "arn:aws:codeconnections:eu-central-1:555555555555:connection/0a1b2c3d",
      repository: "acme/fleet",
      branch: "main",
    },
  },
};
