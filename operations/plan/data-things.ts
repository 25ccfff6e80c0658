import type { StackKind } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import { withoutHidden } from "./attributes";
import { regionOfArn } from "./places";
import type { DataTypes } from "./resource-types";
import { replicasOf, tableType } from "./table-changes";
import type { ResourceChange, TerraformPlan } from "./terraform-plan";

/** A thing that holds data: it is only destroyed where its name is said. */
export interface DataThing {
  readonly stack: string;
  /** Terraform's address. */
  readonly address: string;
  readonly type: string;
  /** What people call it: of a bucket or a table its name, else its id. */
  readonly name: string;
  readonly id?: string;
  /** Of a table: the regions that it is in. */
  readonly regions?: readonly string[];
}

/** Data that the plan of a stack of the fleet would destroy. */
export interface LostData extends DataThing {
  /** Whether an empty one takes its place. */
  readonly isReplaced: boolean;
  /** Whether nothing asks for that but a deploy that ended while it was being made. */
  readonly isTainted: boolean;
}

const logGroup = "aws_cloudwatch_log_group";

/** Whether what a thing holds is worth a word, where its type holds data. */
export function isWorthNaming(type: string, kind: StackKind, attributes: unknown): boolean {
  // A front's store says which regions are drained, and nothing else.
  if (type === "aws_cloudfront_key_value_store") return kind !== "front";
  const name = isMap(attributes) ? attributes.name : undefined;
  return !(type === logGroup && typeof name === "string" && name.startsWith("/aws/lambda/"));
}

/** A thing as its attributes tell it. */
export function dataThing(stack: string, type: string, address: string, attributes: unknown): DataThing {
  const values = isMap(attributes) ? attributes : {};
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const id = text(values.id);
  const name = text(values.bucket) ?? text(values.name) ?? id ?? address;
  const home = type === tableType ? regionOfArn(values.arn) : undefined;
  return {
    ...{ stack, address, type, name },
    ...(id !== undefined && { id }),
    ...(home !== undefined && { regions: [home, ...replicasOf(values)] }),
  };
}

/** What holds data and would be gone, or be made again and empty, after a plan of a stack that stays. */
export function lostData(
  stack: string,
  kind: StackKind,
  { resource_changes = [] }: TerraformPlan,
  { holdsData }: DataTypes,
): readonly LostData[] {
  return resource_changes
    .filter(
      ({ change, mode, type }) => mode === "managed" && change.actions.includes("delete") && holdsData(type),
    )
    .filter(({ change, type }) => isWorthNaming(type, kind, change.before))
    .map((resource) => {
      const { address, change, type } = resource;
      const known = withoutHidden(change.before, change.before_sensitive);
      return {
        ...dataThing(stack, type, address, known),
        isReplaced: change.actions.includes("create"),
        isTainted: isTainted(resource),
      };
    });
}

/**
 * Whether a resource is made again for no other reason than that a deploy ended while it was being made.
 * https://developer.hashicorp.com/terraform/internals/json-format#change-representation
 */
export function isTainted({ action_reason, change }: ResourceChange): boolean {
  return action_reason === "replace_because_tainted" && (change.replace_paths ?? []).length === 0;
}
