import { codesOf, findingsOf } from "../support/findings";

/** A source in a repository. */
export const connection = (account = "222222222222", service = "codeconnections") =>
  `{ connection: "arn:aws:${service}:eu-west-1:${account}:connection/1a2b", repository: acme/fleet, branch: main }`;

const pipelineLines = {
  account: "delivery",
  region: "eu-central-1",
  source: connection(),
  approvals: "{ foundation: [ops@example.com], production: [ops@example.com] }",
};

export const sections = {
  state: "{ backend: s3, bucket: acme-state, region: eu-central-1, account: delivery }",
  zones: "{ eu: { regions: [eu-central-1, eu-west-1], countries: [EU] } }",
  stages: "[staging, production]",
  rollout: "{ staging: { verify: { path: / } } }",
  organization: "{ management: management, units: [platform, workloads] }",
  bootstrap: "{ delivery: delivery }",
  ci: "{ github: { repository: acme/fleet } }",
};

const accountLines = {
  management: '{ id: "111111111111" }',
  delivery: '{ id: "222222222222", unit: platform }',
  test: '{ id: "333333333333", unit: workloads }',
  globex: '{ id: "444444444444", unit: workloads }',
};

export const cellLines = {
  test: "{ stage: staging, tenant: test, targets: { test: [eu-central-1, eu-west-1] } }",
  globex: "{ stage: production, tenant: globex, targets: { globex: [eu-central-1, eu-west-1] } }",
};

type Lines = Readonly<Record<string, string | undefined>>;

/** Lines of each part, by their keys; what is `undefined` is left out. */
export interface Parts {
  readonly pipeline?: Lines | false;
  readonly accounts?: Lines;
  readonly cells?: Lines;
  readonly sections?: Lines;
}

/** A fleet with a pipeline in which there is nothing to find, into which parts can be put. */
function fleet({ accounts, cells, pipeline, sections: others }: Parts = {}): string {
  const map = (lines: Lines, indent: string) =>
    Object.entries(lines).flatMap(([key, text]) => (text === undefined ? [] : [`${indent}${key}: ${text}`]));
  return [
    "fleet: acme",
    ...map({ ...sections, ...others }, ""),
    ...["accounts:", ...map({ ...accountLines, ...accounts }, "  ")],
    "services: { hello: { source: a.ts } }",
    ...["cells:", ...map({ ...cellLines, ...cells }, "  ")],
    ...(pipeline === false ? [] : ["pipeline:", ...map({ ...pipelineLines, ...pipeline }, "  ")]),
  ].join("\n");
}

/** Code and place of what is found in such a fleet. */
export const codes = (parts?: Parts) => codesOf(fleet(parts));
/** What it says of each. */
export const textOf = (parts: Parts, part: "fix" | "message" | "why") =>
  findingsOf(fleet(parts)).map((one) => one[part]);
