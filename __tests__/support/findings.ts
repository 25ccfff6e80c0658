import { findProblems } from "../../check/all";
import { formatPath } from "../../fleet/diagnostics";
import { parseStructure } from "../../fleet/text/structure";
import { parseYaml } from "../../fleet/text/yaml";

/** What is found in a fleet file, by its shape and by the checks; its sources are not looked at. */
export function findingsOf(text: string) {
  const structure = parseStructure(parseYaml(text));
  const { input, problems } = structure;
  if (!input) return problems;
  const found = findProblems(input);
  return [...problems, ...found.map((one) => ({ ...one, path: structure.original(one.path) }))];
}

/** Code and place of each finding, sorted: `missing-key cells.web.stage`. */
export function codesOf(text: string): readonly string[] {
  return findingsOf(text)
    .map(({ code, path }) => `${code} ${formatPath(path)}`)
    .sort();
}

/** A fleet with one cell and nothing to find in it, into which parts can be put. */
export interface FleetParts {
  /** Lines of accounts besides `management` and `web`. */
  readonly accounts?: readonly string[];
  /** What `organization` holds besides its management account; no organization where it is `false`. */
  readonly organization?: string | false;
  /** What else is in the file. */
  readonly rest?: readonly string[];
}

/** The text of such a fleet. */
export function fleetText({
  accounts = [],
  organization = "units: [workloads]",
  rest = [],
}: FleetParts): string {
  const hasOrganization = organization !== false;
  return [
    "fleet: acme",
    "accounts:",
    ...(hasOrganization ? ['  management: { id: "111111111111" }'] : []),
    `  web: { id: "222222222222"${hasOrganization ? ", unit: workloads" : ""} }`,
    ...accounts.map((line) => `  ${line}`),
    "services: { hello: { source: a.ts } }",
    "cells: { web: { stage: dev, tenant: web, targets: { web: [eu-central-1, eu-west-1] } } }",
    ...(hasOrganization ? [`organization: { management: management, ${organization} }`] : []),
    ...rest,
  ].join("\n");
}
