import type { Cell, Fleet } from "../../fleet/model";
import type { FleetStack } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import { changedAttributes } from "./attributes";
import { isChange } from "./changes";
import { isTainted } from "./data-things";
import { madeNames, permissionRisks } from "./permission-risks";
import { pipelineRisks } from "./pipeline-risks";
import type { RegionOf } from "./places";
import { type DataTypes, dataTypesOf, hasAddress } from "./resource-types";
import type { RiskDraft } from "./risk";
import { tableRisks } from "./table-risks";
import type { ResourceChange, TerraformPlan } from "./terraform-plan";
import { attributeName, kindOf, subjectOf } from "./wording";
import { zoneRisks } from "./zone-risks";

/** A plan, and what is known of where it belongs. */
export interface PlannedStack {
  readonly stack: FleetStack;
  readonly plan: TerraformPlan;
  readonly regionOf: RegionOf;
}

/** A function that finds the risks in the plan of each stack. */
export function stackRisks(
  fleet: Fleet,
  allAtOnce: (stack: FleetStack) => boolean,
): (planned: PlannedStack) => readonly RiskDraft[] {
  const cells = new Map(fleet.cells.map((cell) => [cell.name, cell]));
  const dataTypes = dataTypesOf(fleet.extensions);
  return (planned) => {
    const cell = planned.stack.cell === undefined ? undefined : cells.get(planned.stack.cell);
    const changes = (planned.plan.resource_changes ?? []).filter(isChange);
    const made = madeNames(changes);
    const aliases = aliasesOf(cell);
    return [
      ...changes.flatMap((resource) => [
        ...lossRisks(resource, aliases, dataTypes),
        ...tableRisks(resource, aliases),
        ...(planned.stack.kind === "pipeline" ? pipelineRisks(resource) : []),
        ...permissionRisks(resource, {
          ...{ stack: planned.stack, aliases, made },
          region: planned.regionOf(resource),
        }),
        ...zoneRisks(resource, { ...planned, cell, dataTypes }),
      ]),
      ...(allAtOnce(planned.stack) ? trafficRisks(changes, aliases) : []),
      ...driftRisks(planned.plan, aliases),
    ];
  };
}

function aliasesOf(cell: Cell | undefined): readonly string[] {
  return cell?.targets.map(({ alias }) => alias) ?? [];
}

/** What has data or an address, and would be destroyed or replaced. */
function lossRisks(
  resource: ResourceChange,
  aliases: readonly string[],
  { holdsData }: DataTypes,
): readonly RiskDraft[] {
  const { address, change, type } = resource;
  const kind = kindOf(change);
  if (kind !== "destroy" && kind !== "replace") return [];
  const subject = subjectOf(address, aliases);
  const verb = kind === "destroy" ? "destroyed" : "replaced";
  const because = isTainted(resource)
    ? `, because a deploy ended while it was made; \`terraform untaint ${address}\` in its folder keeps it`
    : kind === "replace"
      ? replacedBy(change.replace_paths)
      : "";
  const message: RiskDraft["message"] = (say) => `${say(subject)} would be ${verb}${say(because)}`;
  return [
    ...(holdsData(type) ? [{ code: `data-${verb}`, subject, message } as const] : []),
    ...(hasAddress(type) ? [{ code: `address-${verb}`, subject, message } as const] : []),
  ];
}

function replacedBy(paths: readonly (readonly (string | number)[])[] = []): string {
  const names = [...new Set(paths.map(([first]) => attributeName(String(first))))];
  return names.length > 0 ? `, because ${names.join(", ")} cannot be changed in place` : "";
}

/** Attributes of a function that change nothing of how it answers. */
const quiet = /^(tags|tags_all|description)\b/;

/** Functions whose new version would take all traffic at once. */
function trafficRisks(changes: readonly ResourceChange[], aliases: readonly string[]): readonly RiskDraft[] {
  return changes
    .filter(({ change, type }) => type === "aws_lambda_function" && change.actions.includes("update"))
    .filter(({ change }) =>
      changedAttributes(change).some(({ path, unknown }) => !unknown && !quiet.test(path)),
    )
    .map(({ address }) => {
      const subject = subjectOf(address, aliases);
      return {
        code: "traffic-at-once",
        subject,
        message: (say) =>
          `the new version of ${say(subject)} takes all traffic in all cells and regions of its stage at once`,
      };
    });
}

/** What was changed outside of Terraform and would be changed back. */
function driftRisks(
  { resource_changes = [], resource_drift = [] }: TerraformPlan,
  aliases: readonly string[],
): readonly RiskDraft[] {
  const planned = new Map(resource_changes.filter(isChange).map((resource) => [resource.address, resource]));
  return resource_drift.flatMap((drifted): readonly RiskDraft[] => {
    const undone = planned.get(drifted.address);
    if (!undone) return [];
    const subject = subjectOf(drifted.address, aliases);
    if (kindOf(drifted.change) === "destroy" || drifted.change.after === null) {
      if (!undone.change.actions.includes("create")) return [];
      const message: RiskDraft["message"] = (say) =>
        `${say(subject)} was deleted outside of Terraform, and would be made again`;
      return [{ code: "drift-undone", subject, message }];
    }
    const back = new Set(changedAttributes(undone.change).map(({ path }) => path));
    const paths = changedAttributes(drifted.change).filter(
      ({ path }) => back.has(path) && changesBack(path, drifted, undone),
    );
    if (paths.length === 0) return [];
    const names = [...new Set(paths.map(({ path }) => attributeName(path)))].join(", ");
    const message: RiskDraft["message"] = (say) =>
      `${say(names)} of ${say(subject)} was changed outside of Terraform, and would be changed back`;
    return [{ code: "drift-undone", subject, message }];
  });
}

/** Whether the plan starts at what the drift ended in: a plan may well change another part of what has drifted. */
function changesBack(path: string, drifted: ResourceChange, undone: ResourceChange): boolean {
  const first = path.split(/[.[]/)[0] ?? "";
  const [was, is] = [drifted.change.after, undone.change.before].map((of) =>
    isMap(of) ? of[first] : undefined,
  );
  return JSON.stringify(was) === JSON.stringify(is);
}
