import type { SynthesizedFront } from "./front";
import type { Probe } from "./probes";

/** The origins that CloudFront would ask for a case, followed to where they lead. */
export interface Chosen {
  readonly ids: readonly string[];
  /** Of each origin. */
  readonly regions: readonly string[];
  readonly services: readonly string[];
  /** What the front would do, in words. */
  readonly would: () => string;
}

/** Methods that CloudFront fails over for. */
export const reads: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * Follows what a router chose; where it chose nothing, the behaviour's own target, as CloudFront does.
 *
 * @returns what the front would do instead of answering, where an origin is missing or leads nobody knows where to
 */
export function followChoice(
  front: SynthesizedFront,
  ids: readonly string[],
  asked: { readonly method: string; readonly probe: Probe },
): Chosen | string {
  const { method, probe } = asked;
  if (ids.length === 0) {
    const target = followChoice(front, [probe.behaviour.target], asked);
    const prefix = "choose nothing, so the behaviour's own origin answers: ";
    return typeof target === "string" ? prefix + target : { ...target, would: () => prefix + target.would() };
  }
  const link = reads.includes(method) ? ", and if that fails " : ", then ";
  const regions: string[] = [];
  const services: string[] = [];
  for (const id of ids) {
    const end = front.origins.get(id)?.end;
    if (!end) return `ask the origin ${id}, which the distribution lacks`;
    if (end.kind === "lost")
      return `ask the origin ${id}, and there is no telling where that leads: ${end.why}`;
    regions.push(end.place.region);
    services.push(end.service);
  }
  return {
    ids,
    regions,
    services,
    would: () => `ask ${ids.map((id, index) => `${regions[index]} (${id})`).join(link)}`,
  };
}
