import { foundationStage, type PipelineRole, projectName } from "../../fleet/pipeline";

/**
 * Names, with wildcards, of the projects whose builds work as a role; for a batch's, those whose builds it begins, and all for
 * the pipeline's own. Wildcards, so that the roles
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
      return [
        projectName(fleet, { kind: "deploy", of: role.of, wave: 1, shards: 1 }).replace(/1$/, "*"),
        // What all cells stand on gives no answers.
        ...(role.of === foundationStage ? [] : [projectName(fleet, { kind: "verify", of: role.of })]),
      ];
    case "batch":
      return [projectName(fleet, { kind: "deploy", of: "*", wave: 1, shards: 1 }).replace(/_1$/, "")];
    case "update":
      return [projectName(fleet, { kind: "update" })];
    case "events":
      return [];
  }
}

/** Of all projects that deploy and verify, the pipeline's own update among them. */
export function deployingPatterns(fleet: string): readonly string[] {
  return [
    ...projectPatterns(fleet, { kind: "batch" }),
    projectName(fleet, { kind: "verify", of: "*" }),
    ...projectPatterns(fleet, { kind: "update" }),
  ];
}
