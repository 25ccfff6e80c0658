import type { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import type { Home, Table, Target } from "../../fleet/model";
import { tableArn } from "../../fleet/tables";
import { listed, suggest } from "../../fleet/wording";
import type { LambdaService } from "../../modules/lambda-service";
import { AllowedByExtensions } from "./allowed";
import type { ExtendedTable, Extension } from "./extension";
import { extend, type HookCall, type Place } from "./place";
import { type ServiceVariable, ServiceVariables } from "./variables";

type Where = Omit<Place, "kind" | "account" | "region">;

/** A target, open to extensions. */
export interface TargetPlace extends Where {
  readonly target: Target;
  /** By name of the service. */
  readonly services: ReadonlyMap<string, LambdaService>;
}

/**
 * Lets extensions add to a target.
 *
 * @returns the variables that they have set
 * @throws {ExtensionError}
 */
export function extendTarget(
  { services, target, ...where }: TargetPlace,
  extensions: readonly Extension[],
): readonly ServiceVariable[] {
  const { account, region } = target;
  const variables = new ServiceVariables();
  const allowed = new AllowedByExtensions(where.parent, where.provider);
  extend({ ...where, kind: "target", account, region }, extensions, (extension, context, hook) =>
    extension.target?.({
      ...context,
      target,
      service: (name) => {
        hook.requireRunning();
        const lambda = services.get(name);
        if (!lambda) throw unknown(hook, "service", name, [...services.keys()]);
        return {
          function: lambda.function,
          role: lambda.role,
          alias: lambda.alias,
          logGroup: lambda.logGroup,
          environment: { set: (key, value) => variables.set(hook, name, lambda, key, value) },
          allow: (permission) => allowed.allow(hook, name, lambda, permission),
        };
      },
      table: (name) => tableIn(hook, where.cell.tables, name, target),
    }),
  );
  allowed.finish();
  return variables.all;
}

/** Lets extensions add to a front. */
export function extendFront(
  {
    distribution,
    ...where
  }: Where & Pick<Place, "account" | "region"> & { readonly distribution: CloudfrontDistribution },
  extensions: readonly Extension[],
): void {
  extend({ ...where, kind: "front" }, extensions, (extension, context) =>
    extension.front?.({ ...context, distribution }),
  );
}

/** Lets extensions add once to a cell, in its home. */
export function extendCell(
  { home, ...where }: Where & { readonly home: Home },
  extensions: readonly Extension[],
): void {
  const shared = where.cell.tables.filter(({ replicate }) => replicate === "cell");
  extend({ ...where, ...home, kind: "cell" }, extensions, (extension, context, hook) =>
    extension.cell?.({ ...context, table: (name) => tableIn(hook, shared, name, home) }),
  );
}

function tableIn(hook: HookCall, tables: readonly Table[], name: string, where: Home): ExtendedTable {
  hook.requireRunning();
  const table = tables.find((each) => each.name === name);
  if (!table)
    throw unknown(
      hook,
      "table",
      name,
      tables.map((each) => each.name),
    );
  return { name: table.tableName, arn: tableArn(table, where) };
}

function unknown(hook: HookCall, kind: string, name: string, known: readonly string[]) {
  return hook.mistake({
    what: `it asks for the ${kind} ${listed([name])}, which is not there`,
    why: `the fleet file says which ${kind}s there are`,
    fix: known.length === 0 ? `add the ${kind} to the fleet file` : suggest(String(name), known),
  });
}
