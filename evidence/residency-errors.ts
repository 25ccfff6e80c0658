import type { Cell, Zone } from "../fleet/model";
import { dataStackName, targetDataStackName } from "../fleet/names";
import { followEdgeFunction } from "./edge-function";
import type { Held } from "./held";
import { blocks, text } from "./json";
import { followOrigin } from "./origin";
import { unknownType } from "./resource-types";
import type { Block, Stack } from "./stack";
import type { Synthesized } from "./synthesized";
import { regionsOf } from "./viewers";

/** Data of a zone could leave it. */
export interface ResidencyError {
  readonly stack: string;
  readonly address: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** What of a block, or of one of its replicas, lets data leave the zones of its cell. */
export function residencyErrors(
  stacks: Synthesized,
  cell: Cell,
  stack: Stack,
  held: Held,
): readonly ResidencyError[] {
  const { address, block, knowledge } = held;
  if (knowledge.scope === "state") return [];
  const found = [
    misplaced(cell, held) ??
      outsideZone(cell, stack, held) ??
      outsideTargets(cell, stack, held) ??
      unknown(held),
    ...(block.type === "aws_cloudfront_distribution"
      ? [straysLogs(cell, block), ...strayShields(stacks, cell, stack, block), ...edgeLogs(stack, block)]
      : []),
  ];
  return found.flatMap((wrong) => (wrong ? [{ stack: stack.name, address, ...wrong }] : []));
}

type Wrong = Pick<ResidencyError, "what" | "why" | "fix">;

function misplaced(cell: Cell, { address, block, place }: Held): Wrong | undefined {
  if (!place) {
    const isReplica = address !== block.address && block.place;
    return {
      what: "does not say where it is",
      why: isReplica
        ? "its region_name is no text"
        : "its provider does not name exactly one region and one account",
      fix: isReplica ? "name a region of the cell" : "give it the provider of a target",
    };
  }
  const accounts = [...new Set([...cell.targets.map(({ account }) => account.id), cell.front.account.id])];
  if (accounts.includes(place.account)) return undefined;
  return {
    what: `is in account ${place.account}, which the cell does not use`,
    why: "someone else may control another account",
    fix: `move it to ${accounts.join(" or ")}`,
  };
}

function outsideZone(cell: Cell, stack: Stack, { knowledge, place }: Held): Wrong | undefined {
  const { holdsData, scope, what } = knowledge;
  if (scope !== "regional" || !holdsData || !place) return undefined;
  const left = zonesToStayIn(cell, stack).filter((zone) => !zone.regions.includes(place.region));
  if (left.length === 0) return undefined;
  return {
    what: `is in ${place.region}, outside ${zoneNames(left)}`,
    why: `it can hold ${what}`,
    fix: `move it to ${left.map(({ regions }) => regions.join(" or ")).join(", and to ")}, or remove it`,
  };
}

/**
 * In a cell of several zones a target serves its own region's viewers, and what it holds belongs there, too. Tables are
 * where targets are in any cell: nothing reads them elsewhere.
 */
function outsideTargets(cell: Cell, stack: Stack, { knowledge, place }: Held): Wrong | undefined {
  const { holdsData, scope, what } = knowledge;
  const isShared = stack.name === dataStackName(cell.name);
  const regions = isShared ? regionsOf(cell) : targetRegions(cell, stack);
  if ((cell.zone && !isShared) || regions.length === 0) return undefined;
  if (scope !== "regional" || !holdsData || !place || regions.includes(place.region)) return undefined;
  return {
    what: `is in ${place.region}, where ${isShared ? "the cell" : "its stack"} has no target`,
    why: `it can hold ${what}`,
    fix: `move it to ${regions.join(" or ")}, or remove it`,
  };
}

/** In a cell with a zone, whoever adds a type that Meridian does not know has to say what it can hold. */
function unknown({ block, knowledge }: Held): Wrong | undefined {
  if (knowledge !== unknownType || block.mode !== "resource") return undefined;
  return {
    what: `is of a type that Meridian does not know, ${block.type}`,
    why: "nobody has said whether it can hold viewers' data, and where AWS keeps that",
    fix: `say so in resourceTypes of the extension that adds it: ${block.type}: { holdsData: true, what: "…" }, or false`,
  };
}

/** Regions of the targets that a stack is of, or whose own tables it has; none for what belongs to the whole cell. */
function targetRegions(cell: Cell, stack: Stack): readonly string[] {
  return cell.targets.flatMap(({ account, region, stack: name }) =>
    [name, targetDataStackName(cell.name, account.name, region)].includes(stack.name) ? [region] : [],
  );
}

/**
 * Origin Shield keeps an origin's answers in a region of its own:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html
 */
function strayShields(
  stacks: Synthesized,
  cell: Cell,
  stack: Stack,
  { attributes }: Block,
): readonly Wrong[] {
  return blocks(attributes.origin).flatMap((origin): readonly Wrong[] => {
    const { end, id } = followOrigin(stacks, stack, origin);
    const zones = end.kind === "function" ? zonesOf(cell, end.place.region) : zonesOf(cell);
    return blocks(origin.origin_shield).flatMap(({ enabled, origin_shield_region }) => {
      const region = text(origin_shield_region) ?? "";
      const left = zones.filter(({ regions }) => !regions.includes(region));
      if (enabled === false || left.length === 0) return [];
      return [
        {
          what: `has Origin Shield for ${id} in ${region || "a region that it does not name"}, outside ${zoneNames(left)}`,
          why: "it keeps answers there",
          fix: "move it to a region of the zone, or remove it",
        },
      ];
    });
  });
}

/**
 * What a function at the edge logs lies in whatever region it ran in:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
 */
function edgeLogs(stack: Stack, { attributes }: Block): readonly Wrong[] {
  const behaviours = [
    ...blocks(attributes.default_cache_behavior),
    ...blocks(attributes.ordered_cache_behavior),
  ];
  const powerful = behaviours
    .flatMap((behaviour) => blocks(behaviour.lambda_function_association))
    .flatMap((association) => {
      const found = followEdgeFunction(stack, association);
      return found?.isPowerless ? [] : [found?.address ?? text(association.lambda_arn) ?? "a function"];
    });
  return [...new Set(powerful)].map((address) => ({
    what: `runs ${address} at the edge, whose role may write logs or call AWS, or cannot be told`,
    why: "its logs lie in whatever region it runs in, near the viewer",
    fix: "give its role no permission at all",
  }));
}

/** The zones whose viewers a region answers; without one, all of the cell. */
function zonesOf(cell: Cell, region?: string): readonly Zone[] {
  if (cell.zone) return [cell.zone];
  return region === undefined ? cell.zones : cell.zones.filter(({ regions }) => regions.includes(region));
}

/** A distribution names the bucket of its logs by host name: `<bucket>.s3.<region>.amazonaws.com`. */
function straysLogs(cell: Cell, { attributes }: Block): Wrong | undefined {
  for (const { bucket } of blocks(attributes.logging_config)) {
    const region = /\.s3\.([a-z0-9-]+)\.amazonaws\.com$/.exec(text(bucket) ?? "")?.[1] ?? "";
    const left = zonesOf(cell).filter(({ regions }) => !regions.includes(region));
    if (left.length === 0) continue;
    return {
      what: `writes access logs to ${text(bucket) ?? "a bucket"}, ${region ? `in ${region}, outside ${zoneNames(left)}` : "and there is no telling where that is"}`,
      why: "they hold viewers' addresses",
      fix: "log to a bucket in the zone, or not at all",
    };
  }
  return undefined;
}

function zoneNames(zones: readonly Zone[]): string {
  return `zone ${zones.map(({ name }) => name).join(" and ")}`;
}

/**
 * The zones that a resource of a stack must lie in: what belongs to no target sees every viewer, and what regions share
 * has the data of each.
 */
function zonesToStayIn(cell: Cell, stack: Stack): readonly Zone[] {
  return cell.zone || targetRegions(cell, stack).length === 0 ? zonesOf(cell) : [];
}
