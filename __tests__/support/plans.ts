import type { Fleet } from "../../fleet/model";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import type { PlanAction, ResourceChange, TerraformPlan } from "../../operations/plan/terraform-plan";
import { fleetOf } from "./fleet";

/** A small part of a plan, for tests that say only what they are about. */
export interface ResourceParts {
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly after?: Readonly<Record<string, unknown>> | null;
  readonly unknown?: unknown;
  readonly hiddenBefore?: unknown;
  readonly hiddenAfter?: unknown;
  readonly replaces?: readonly string[];
  readonly importing?: string;
  /** Where its provider works. */
  readonly region?: string;
}

/** A resource of a plan; what happens to it follows from the two sides. */
export function resource(address: string, parts: ResourceParts): ResourceChange {
  const { after = null, before = null, importing, replaces, unknown = {} } = parts;
  const [type = "", name = ""] = address.split(".");
  return {
    ...{ address, type, name, mode: "managed" },
    change: {
      actions: actionsOf(before, after, replaces),
      ...{ before, after, after_unknown: unknown },
      before_sensitive: parts.hiddenBefore ?? false,
      after_sensitive: parts.hiddenAfter ?? {},
      ...(replaces && { replace_paths: replaces.map((path) => [path]) }),
      ...(importing !== undefined && { importing: { id: importing } }),
    },
  };
}

function actionsOf(before: unknown, after: unknown, replaces?: readonly string[]): readonly PlanAction[] {
  if (replaces) return ["delete", "create"];
  if (before === null) return ["create"];
  if (after === null) return ["delete"];
  return JSON.stringify(before) === JSON.stringify(after) ? ["no-op"] : ["update"];
}

/** A plan of these resources, and of the fingerprints. */
export function planOf(
  resources: readonly ResourceChange[],
  more: Partial<TerraformPlan> = {},
): TerraformPlan {
  const fingerprint = { actions: ["update"], before: "old", after: "new" } as const;
  return {
    format_version: "1.2",
    resource_changes: resources,
    output_changes:
      resources.length > 0 ? { meridian_begun: fingerprint, meridian_fingerprint: fingerprint } : {},
    ...more,
  };
}

/** A fleet of so many cells, each in an account of its own, with one target in Frankfurt and one in Dublin by turns. */
export function fleetOfCells(cells: number): Fleet {
  const names = Array.from({ length: cells }, (_, index) => `c${String(index).padStart(4, "0")}`);
  const id = (index: number) => String(100_000_000_000 + index);
  return fleetOf({
    fleet: "acme",
    accounts: Object.fromEntries(names.map((name, index) => [`${name}-account`, { id: id(index) }])),
    services: { hello: { source: "functions/hello/index.ts" } },
    cells: Object.fromEntries(
      names.map((name, index) => [
        name,
        {
          stage: "production",
          tenant: `${name}-tenant`,
          targets: { [`${name}-account`]: [index % 2 === 0 ? "eu-central-1" : "eu-west-1"] },
        },
      ]),
    ),
  });
}

/** The target stacks of a fleet. */
export function targetStacks(fleet: Fleet): readonly FleetStack[] {
  return fleetStacks(fleet).filter(({ kind }) => kind === "target");
}

/** What tells one target stack from another in what Terraform prints. */
export function wordsOf(fleet: Fleet, stack: FleetStack) {
  const cell = fleet.cells.find(({ name }) => name === stack.cell);
  const target = cell?.targets.find((each) => each.stack === stack.name);
  if (!cell || !target) throw new Error(`${stack.name} has no target`);
  return { cell, target, alias: target.alias, region: target.region, account: target.account.id };
}

/** The function `hello` of a target, as Terraform has it. */
export function helloFunction(
  fleet: Fleet,
  stack: FleetStack,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): ResourceChange {
  const { account, alias, cell, region } = wordsOf(fleet, stack);
  const name = `acme_${cell.name}_hello`;
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  const hash = Buffer.from(alias).toString("hex").slice(-8).toUpperCase();
  const shared = { function_name: name, arn };
  return resource(`aws_lambda_function.${alias}_hello_function_${hash}`, {
    before: { ...shared, version: String(cell.name.length), last_modified: alias, ...before },
    after: { ...shared, ...after },
    unknown: { version: true, last_modified: true },
  });
}
