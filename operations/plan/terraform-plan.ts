import { UserError } from "../../fleet/errors";
import { isMap } from "../../fleet/values";

/**
 * What is read of `terraform show -json <plan>`; Terraform says more.
 * https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */
export interface TerraformPlan {
  /** `1.2` in Terraform 1.11. Another minor version only adds to the form. */
  readonly format_version: string;
  /** Every resource and data source of the stack, also those that stay as they are. */
  readonly resource_changes?: readonly ResourceChange[];
  /** What was changed outside of Terraform, as far as the plan depends on it: `before` is the state, `after` the cloud. */
  readonly resource_drift?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, ValueChange>>;
  readonly configuration?: PlanConfiguration;
  /** The state that was planned on: read anew, in a plan that refreshes. */
  readonly prior_state?: PriorState;
  /** Whether planning failed half-way. */
  readonly errored?: boolean;
  /** Whether there is anything to apply. */
  readonly applyable?: boolean;
}

/** What happens to a resource. */
export interface ResourceChange {
  readonly address: string;
  /** Where it was before a `moved` block, if there. */
  readonly previous_address?: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  /** A copy that an earlier replacement could not delete. */
  readonly deposed?: string;
  /** Why it comes to that, where Terraform says so, e.g. `replace_because_tainted`. */
  readonly action_reason?: string;
  readonly change: ValueChange;
}

/** One step of a change; a replacement has two. */
export type PlanAction = "no-op" | "create" | "read" | "update" | "delete" | "forget";

/** A value before and after. `null`: it is not there. */
export interface ValueChange {
  readonly actions: readonly PlanAction[];
  readonly before: unknown;
  /** What is not known before the apply is left out. */
  readonly after?: unknown;
  /** `true`, or the same form as `after` with `true` for what is not known. */
  readonly after_unknown?: unknown;
  /** `true`, or the same form as `before` with `true` for what is sensitive. */
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  /** Attributes that ask for a replacement. */
  readonly replace_paths?: readonly (readonly (string | number)[])[];
  /** Set where the resource is taken over. */
  readonly importing?: { readonly id?: string };
}

/** What is read of the configuration: which provider makes a resource, and where that works. */
export interface PlanConfiguration {
  /** By `aws.<alias>`. */
  readonly provider_config?: Readonly<Record<string, ProviderConfig>>;
  readonly root_module?: { readonly resources?: readonly ConfiguredResource[] };
}

/** What is read of a state: the resources of the root module. */
export interface PriorState {
  readonly values?: {
    readonly root_module?: {
      readonly resources?: readonly {
        readonly address: string;
        readonly type: string;
        readonly values?: Readonly<Record<string, unknown>>;
      }[];
    };
  };
}

/** A provider of the stack. */
export interface ProviderConfig {
  readonly alias?: string;
  readonly expressions?: Readonly<Record<string, unknown>>;
}

/** A resource as the stack writes it. */
export interface ConfiguredResource {
  readonly address: string;
  readonly provider_config_key?: string;
}

/**
 * Reads what `terraform show -json <plan>` printed.
 *
 * @throws UserError for a text that is no plan, or one in a form that a later Terraform may have
 */
export function parsePlan(text: string): TerraformPlan {
  const plan = jsonOf(text);
  const version = isMap(plan) ? plan.format_version : undefined;
  if (typeof version !== "string") {
    throw new UserError(
      "what Terraform printed is no plan",
      "the changes are read off its JSON",
      "run the command again; if it stays so, run `terraform show -json` on the plan and look at what it says",
    );
  }
  if (!version.startsWith("1.")) {
    throw new UserError(
      `Terraform wrote the plan in format ${version}, and format 1 is known`,
      "a change that is read wrongly could be approved",
      "use Terraform 1.10 or 1.11",
    );
  }
  return plan as unknown as TerraformPlan;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
