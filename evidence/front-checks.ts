import type { Cell } from "../fleet/model";
import { targetAlias } from "../fleet/names";
import { cellRoutes, takesBodies } from "../fleet/routes";
import { checkEdgeFunction } from "./edge-function";
import type { Behaviour, SynthesizedFront } from "./front";
import type { Property } from "./judge";
import type { Origin } from "./origin";
import { countryHeader } from "./policies";
import { authorizationHeader, privateHeader, requestHeader, zoneHeader } from "./router";

/** Something wrong with a front, whoever the viewer is. */
export interface FrontFinding {
  readonly property: Property;
  /** What is wrong, one sentence without a full stop. */
  readonly message: string;
}

/** Everything that is wrong with a front before any request is made. */
export function checkFront(cell: Cell, front: SynthesizedFront): readonly FrontFinding[] {
  const disabled: FrontFinding = { property: "routes", message: "the distribution is not enabled" };
  return [
    ...(front.isEnabled ? [] : [disabled]),
    ...[...front.origins.values()].flatMap((origin) => checkOrigin(cell, origin)),
    ...front.behaviours.flatMap((behaviour) => checkBehaviour(cell, front, behaviour)),
  ];
}

/** Whether requests with bodies can come by a behaviour, and the front is to hash them. */
function hasToHash({ front, services }: Cell, { isDefault, pattern }: Behaviour): boolean {
  const path = isDefault ? "/*" : pattern;
  const routes = cellRoutes(services).filter(({ route }) => route.path === path);
  return front.bodies === "edge-hash" && routes.some(({ route }) => takesBodies(route));
}

/** Runs each function at the edge of a front: it may do nothing to a request but put in the hash of its body. */
export async function checkEdgeFunctions({ behaviours }: SynthesizedFront): Promise<readonly FrontFinding[]> {
  const functions = new Map(
    behaviours.flatMap(({ edgeFunction }) => (edgeFunction ? [[edgeFunction.address, edgeFunction]] : [])),
  );
  const found: FrontFinding[] = [];
  for (const [address, edgeFunction] of functions) {
    const wrong = await checkEdgeFunction(edgeFunction);
    if (wrong) found.push({ property: "writes", message: `the function at the edge, ${address}, ${wrong}` });
  }
  return found;
}

function checkOrigin(cell: Cell, origin: Origin): readonly FrontFinding[] {
  const wrong = (property: Property, message: string) => [
    { property, message: `the origin ${origin.id} ${message}` },
  ];
  const { isSigned, path } = origin;
  return [
    ...checkEnd(cell, origin, wrong),
    ...(isSigned ? [] : wrong("origins", "has no access control that signs every call to a function URL")),
    ...(path === "" ? [] : wrong("routes", `puts ${path} in front of every path`)),
  ];
}

function checkEnd(
  cell: Cell,
  { end, id }: Origin,
  wrong: (property: Property, message: string) => readonly FrontFinding[],
): readonly FrontFinding[] {
  if (end.kind === "lost") return wrong("origins", `cannot be followed to a function: ${end.why}`);
  const { account, region } = end.place;
  const target = cell.targets.find((each) => each.account.id === account && each.region === region);
  if (!target) {
    return wrong("residency", `leads to account ${account} in ${region}, which is not a target of the cell`);
  }
  const named = `${targetAlias(target.account.name, region)}_${end.service}`;
  return named === id ? [] : wrong("origins", `leads to what should be called ${named}`);
}

function checkBehaviour(cell: Cell, front: SynthesizedFront, behaviour: Behaviour): readonly FrontFinding[] {
  const { allowedMethods, cachedMethods, cachePolicy, edgeFunction, isDefault, otherFunctions, pattern } =
    behaviour;
  const { router, target } = behaviour;
  const subject = isDefault ? "the default behaviour" : `the behaviour of ${pattern}`;
  const found: [isWrong: boolean, property: Property, message: string][] = [
    [!front.origins.has(target), "origins", `names the origin ${target}, which the distribution lacks`],
    [!router, "residency", "has no router for viewers' requests: its own origin answers everyone"],
    [
      router?.isPublished === false,
      "residency",
      "has a router that is not published: its own origin answers everyone",
    ],
    [
      !behaviour.forwardsCountry,
      cell.zones.length > 0 ? "residency" : "order",
      `does not tell its router where a viewer is: no policy names ${countryHeader}`,
    ],
    [otherFunctions.length > 0, "routes", `runs ${otherFunctions.join(" and ")}, which is not the fleet's`],
    [
      edgeFunction === undefined && hasToHash(cell, behaviour),
      "writes",
      "has no function that hashes bodies: only clients that say the hash can write",
    ],
    [
      edgeFunction?.isPowerless === false,
      "residency",
      `runs ${edgeFunction?.address}, whose role may do something: what it logs lies wherever it runs`,
    ],
    [
      router !== undefined && !router.stores.includes(cell.front.keyValueStore),
      "drained regions",
      `has a router that cannot read the key-value store ${cell.front.keyValueStore}`,
    ],
    [
      allowedMethods.includes("OPTIONS") && !cachedMethods.includes("OPTIONS"),
      "reads",
      "does not fail over for OPTIONS, which is not a cached method",
    ],
  ];
  const told = ["authorization", authorizationHeader].filter((name) => cachePolicy.keyHeaders.includes(name));
  found.push([told.length > 0, "authorization", `has ${told.join(" and ")} in its cache key`]);
  if (cachePolicy.maxTtl !== 0) {
    const apart = [requestHeader, privateHeader];
    found.push([
      !apart.some((header) => cachePolicy.keyHeaders.includes(header)),
      "authorization",
      `can cache answers to requests with Authorization, but its cache key (policy ${cachePolicy.name}) has neither ${apart.join(" nor ")}`,
    ]);
    const needed = [countryHeader, ...(cell.zones.length > 0 ? [zoneHeader] : [])];
    const missing = needed.filter((header) => !cachePolicy.keyHeaders.includes(header));
    const message = `can cache answers, but its cache key (policy ${cachePolicy.name}) lacks ${missing.join(" and ")}`;
    found.push([missing.length > 0, "cache", message]);
  }
  return found.flatMap(([isWrong, property, message]) =>
    isWrong ? [{ property, message: `${subject} ${message}` }] : [],
  );
}
