import type { Cell, Zone } from "../fleet/model";
import { followEdgeFunction } from "./edge-function";
import { blocks, text } from "./json";
import { followOrigin } from "./origin";
import { knowledgeOf } from "./resource-types";
import type { Block, Stack } from "./stack";
import type { Synthesized } from "./synthesized";

/** Data of a zone could leave it. */
export interface ResidencyError {
  readonly stack: string;
  readonly address: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** What of a block lets data leave the zones of its cell. */
export function residencyErrors(
  stacks: Synthesized,
  cell: Cell,
  stack: Stack,
  block: Block,
): readonly ResidencyError[] {
  if (knowledgeOf(stack, block).scope === "state") return [];
  const found = [
    misplaced(cell, block) ?? outsideZone(cell, stack, block) ?? outsideTargets(cell, stack, block),
    ...(block.type === "aws_cloudfront_distribution"
      ? [straysLogs(cell, block), ...strayShields(stacks, cell, stack, block), ...edgeLogs(stack, block)]
      : []),
  ];
  return found.flatMap((wrong) => (wrong ? [{ stack: stack.name, address: block.address, ...wrong }] : []));
}

type Wrong = Pick<ResidencyError, "what" | "why" | "fix">;

function misplaced(cell: Cell, { place }: Block): Wrong | undefined {
  if (!place) {
    return {
      what: "does not say where it is",
      why: "its provider does not name exactly one region and one account",
      fix: "give it the provider of a target",
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

function outsideZone(cell: Cell, stack: Stack, block: Block): Wrong | undefined {
  const { place } = block;
  const { holdsData, scope, what } = knowledgeOf(stack, block);
  if (scope !== "regional" || !holdsData || !place) return undefined;
  const left = zonesToStayIn(cell, stack).filter((zone) => !zone.regions.includes(place.region));
  if (left.length === 0) return undefined;
  return {
    what: `is in ${place.region}, outside ${zoneNames(left)}`,
    why: `it can hold ${what}`,
    fix: `move it to ${left.map(({ regions }) => regions.join(" or ")).join(", and to ")}, or remove it`,
  };
}

/** In a cell of several zones a target serves its own region's viewers, and what it holds belongs there, too. */
function outsideTargets(cell: Cell, stack: Stack, block: Block): Wrong | undefined {
  const { place } = block;
  const { holdsData, scope, what } = knowledgeOf(stack, block);
  const regions = targetRegions(cell, stack);
  if (cell.zone || regions.length === 0 || scope !== "regional" || !holdsData || !place) return undefined;
  if (regions.includes(place.region)) return undefined;
  return {
    what: `is in ${place.region}, where its stack has no target`,
    why: `it can hold ${what}`,
    fix: `move it to ${regions.join(" or ")}, or remove it`,
  };
}

/** Regions of the targets that a stack holds; none for what belongs to the front. */
function targetRegions(cell: Cell, stack: Stack): readonly string[] {
  return cell.targets.flatMap((target) => (target.stack === stack.name ? [target.region] : []));
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

/** The zones that a resource of a stack must lie in: what belongs to no target sees every viewer. */
function zonesToStayIn(cell: Cell, stack: Stack): readonly Zone[] {
  return cell.zone || targetRegions(cell, stack).length === 0 ? zonesOf(cell) : [];
}
