import { globalRegion } from "../../fleet/geography/regions";
import type { Cell, ExtensionFacts, Fleet, Home } from "../../fleet/model";
import { dataStackName } from "../../fleet/names";
import type { FleetStack } from "../../fleet/stacks";
import { requestedRegion } from "../policy/request";
import { type Call, someId } from "./model";

/** Where an extension adds resources. */
type Hook = ExtensionFacts["adds"][number];

/**
 * What the fleet's extensions say that the deploy of one stack calls, in each place where they add resources to it. They say
 * it for all their hooks together, so that a stack may be said to call more than it does.
 */
export function extensionCalls(
  { extensions, name: fleet }: Fleet,
  { kind, name }: FleetStack,
  cell: Cell,
): readonly Call[] {
  const places: Readonly<Record<Hook, readonly Home[]>> = {
    target: kind === "target" ? cell.targets.filter(({ stack }) => stack === name) : [],
    front: kind === "front" ? [{ account: cell.front.account, region: globalRegion }] : [],
    cell: kind === "data" && name === dataStackName(cell.name) && cell.home ? [cell.home] : [],
  };
  return extensions.flatMap((extension) =>
    extension.adds.flatMap((hook) => places[hook].flatMap((place) => callsIn(fleet, extension, place))),
  );
}

function callsIn(
  fleet: string,
  { deploy, name }: ExtensionFacts,
  { account, region }: Home,
): readonly Call[] {
  return deploy.flatMap(({ actions, conditions, resources }) =>
    actions.flatMap((action) =>
      resources.map((resource) => ({
        action,
        region: requestedRegion(action, region),
        resource: someResource(filled(resource, { fleet, account: account.id }), region),
        ...(conditions && { context: contextOf(conditions) }),
        extension: name,
      })),
    ),
  );
}

/** An ARN of an extension's, with its placeholders filled in. */
export function filled(
  resource: string,
  values: { readonly fleet: string; readonly account: string },
): string {
  return resource.replaceAll("{fleet}", values.fleet).replaceAll("{account}", values.account);
}

/** One of the resources that an ARN with wildcards means, in a region. */
function someResource(pattern: string, region: string): string {
  if (pattern === "*") return pattern;
  return pattern
    .split(":")
    .map((part, index) => (index === 3 && part === "*" ? region : part.replaceAll(/[*?]/g, someId)))
    .join(":");
}

/** The keys that a call is said to have where it asks for them to be equal to something: with these it is made. */
function contextOf(conditions: NonNullable<ExtensionFacts["deploy"][number]["conditions"]>) {
  const equal = Object.entries(conditions).flatMap(([operator, keys]) =>
    /^(String|Arn)(Equals|Like)$|^Bool$/.test(operator) ? Object.entries(keys) : [],
  );
  return Object.fromEntries(
    equal.map(([key, values]) => [key, typeof values === "string" ? values : (values[0] ?? "")]),
  );
}
