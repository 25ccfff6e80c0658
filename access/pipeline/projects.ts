import { type PipelineRole, projectName } from "../../fleet/pipeline";

/**
 * Names, with wildcards, of the projects whose builds work as a role; all for the pipeline's own. Wildcards, so that the roles
 * of a fleet with one more wave are the same: a change of them is a change in every account.
 */
export function projectPatterns(fleet: string, role: PipelineRole): readonly string[] {
  switch (role.kind) {
    case "pipeline":
      return [`${projectName(fleet, { kind: "check" }).replace(/check$/, "")}*`];
    case "check":
      return [
        projectName(fleet, { kind: "check" }),
        projectName(fleet, { kind: "wait", of: "", seconds: 0 }),
      ];
    case "plan":
      return [projectName(fleet, { kind: "plan", of: "*" })];
    case "deploy":
      return [...wavePatterns(fleet, role.of), projectName(fleet, { kind: "verify", of: role.of })];
    case "update":
      return [projectName(fleet, { kind: "update" })];
    case "events":
      return [];
  }
}

/** Of the projects that deploy waves of a stage. */
export function wavePatterns(fleet: string, stage: string): readonly string[] {
  return [projectName(fleet, { kind: "deploy", of: stage, wave: 1, shards: 1 }).replace(/1$/, "*")];
}
