import { isMap } from "../../fleet/values";

/** What is read of `terraform show -json <plan>`: https://developer.hashicorp.com/terraform/internals/json-format */
export interface ShownPlan {
  readonly resource_changes?: readonly ShownChange[];
  readonly prior_state?: {
    readonly values?: { readonly root_module?: { readonly resources?: readonly ShownState[] } };
  };
  readonly configuration?: {
    readonly provider_config?: Readonly<Record<string, ShownProvider>>;
    readonly root_module?: { readonly resources?: readonly ShownResource[] };
  };
}

interface ShownChange {
  readonly address: string;
  readonly mode?: string;
  readonly type: string;
  readonly change: { readonly actions: readonly string[]; readonly after?: unknown };
}

interface ShownProvider {
  readonly expressions?: { readonly region?: { readonly constant_value?: unknown } };
}

interface ShownState {
  readonly address: string;
  readonly mode?: string;
  readonly type: string;
  readonly values?: Values;
}

interface ShownResource {
  /** Without the key of an instance. */
  readonly address: string;
  readonly provider_config_key?: string;
}

/** Attributes of a resource, in Terraform's spelling. What is not known before the apply is missing. */
export type Values = Readonly<Record<string, unknown>>;

/** A resource that the state has. */
export interface Held {
  readonly type: string;
  /** Of its provider, or as its ARN says; undefined where neither does. */
  readonly region?: string;
  readonly values: Values;
}

/** A resource that a plan is to make. */
export interface PlannedCreate {
  /** As in a plan, e.g. `aws_organizations_account.accounts["staging"]`. */
  readonly address: string;
  readonly type: string;
  /** Of its provider. */
  readonly region: string;
  readonly values: Values;
}

/** What of a stack's plan decides whether something was made before. */
export interface Planned {
  readonly creates: readonly PlannedCreate[];
  /** What the state has already; it is nobody's to take over. */
  readonly held: readonly Held[];
}

/**
 * What a plan would make, and what its state has. A replacement is none: what it replaces is known.
 *
 * @param region where the stack works, for a resource whose provider does not say it
 */
export function plannedOf(plan: ShownPlan, region: string): Planned {
  const { configuration, prior_state, resource_changes = [] } = plan;
  const providers = new Map(
    (configuration?.root_module?.resources ?? []).map(({ address, provider_config_key }) => [
      address,
      provider_config_key ?? "",
    ]),
  );
  const regionOf = (address: string) => {
    const key = providers.get(address.replace(/\[.*$/s, "")) ?? "";
    const value = configuration?.provider_config?.[key]?.expressions?.region?.constant_value;
    return typeof value === "string" ? value : undefined;
  };
  const creates = resource_changes.filter(
    ({ change, mode }) => mode !== "data" && change.actions.length === 1 && change.actions[0] === "create",
  );
  return {
    creates: creates.map(({ address, change, type }) => ({
      ...{ address, type, region: regionOf(address) ?? region },
      values: isMap(change.after) ? change.after : {},
    })),
    held: (prior_state?.values?.root_module?.resources ?? [])
      .filter(({ mode }) => mode !== "data")
      .map(({ address, type, values = {} }) => ({
        type,
        region: regionOf(address) ?? regionIn(values),
        values,
      })),
  };
}

/** The region in a resource's ARN; undefined where it has none. */
function regionIn(values: Values): string | undefined {
  return textOf(values, "arn")?.split(":")[3] || undefined;
}

/** A text among the values; undefined where it is unknown, empty or none. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
