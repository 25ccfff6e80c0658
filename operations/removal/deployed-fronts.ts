import type { FleetStack } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import type { FleetStore, StackPlace, StackState } from "../store/model";
import { mapFew } from "../store/objects";
import { reason } from "../store/states";

/** Host names of the function URLs in a state. */
export function hostsOf({ resources }: StackState): readonly string[] {
  return resources
    .filter(({ mode, type }) => mode === "managed" && type === "aws_lambda_function_url")
    .flatMap(({ instances }) =>
      instances.flatMap(({ attributes }) => {
        const url = attributes?.function_url;
        return typeof url === "string" && URL.canParse(url) ? [new URL(url).hostname] : [];
      }),
    );
}

/** Host names that the distributions in a state send requests to. */
export function originsOf({ resources }: StackState): ReadonlySet<string> {
  const distributions = resources.filter(
    ({ mode, type }) => mode === "managed" && type === "aws_cloudfront_distribution",
  );
  const origins = distributions.flatMap(({ instances }) =>
    instances.flatMap(({ attributes }) => (Array.isArray(attributes?.origin) ? attributes.origin : [])),
  );
  return new Set(
    origins.flatMap((origin) =>
      isMap(origin) && typeof origin.domain_name === "string" ? [origin.domain_name] : [],
    ),
  );
}

/**
 * All that may have a distribution, but for what is taken away. What an orphan was is not always known.
 *
 * @param stacks of the fleet file
 * @param found all orphans
 * @param taken those that are taken away
 */
export function frontsBeside(
  stacks: readonly FleetStack[],
  found: readonly StackPlace[],
  taken: readonly FleetStack[],
): readonly StackPlace[] {
  const goes = new Set(taken.map(({ name }) => name));
  const fronts = stacks.filter(({ kind }) => kind === "front");
  return [
    ...fronts.map(({ account, name }) => ({ stack: name, account })),
    ...found.filter(({ stack }) => !goes.has(stack)),
  ];
}

/** Where the deployed fronts send requests to. */
export interface DeployedFronts {
  /** Why hosts may still be asked; undefined where no front that is deployed has one of them. */
  readonly uses: (hosts: readonly string[]) => string | undefined;
}

/**
 * Looks at what fronts are deployed as. One that cannot be looked at may send requests anywhere.
 *
 * @param fronts all that may have a distribution
 */
export async function readFronts(
  store: Pick<FleetStore, "state">,
  fronts: readonly StackPlace[],
): Promise<DeployedFronts> {
  const read = await mapFew(fronts, async (front) => {
    try {
      const state = await store.state(front);
      return { stack: front.stack, origins: state ? originsOf(state) : new Set<string>() };
    } catch (error) {
      return { stack: front.stack, why: reason(error) };
    }
  });
  return {
    uses(hosts) {
      if (hosts.length === 0) return undefined;
      for (const front of read) {
        if ("why" in front)
          return `whether ${front.stack} still sends requests to it is not known: ${front.why}`;
        if (hosts.some((host) => front.origins.has(host)))
          return `${front.stack}, as it is deployed, still sends requests to it`;
      }
      return undefined;
    },
  };
}
