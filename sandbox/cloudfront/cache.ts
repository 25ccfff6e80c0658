import type { HttpResponse } from "../http";
import { matchesInvalidation } from "./path-pattern";
import type { CachePolicy } from "./policies";

interface Entry {
  readonly response: HttpResponse;
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly stored: number;
  readonly expires: number;
}

/** What one key of a distribution's cache holds. */
export interface CacheHit {
  readonly response: HttpResponse;
  readonly ageSeconds: number;
}

const MAX_ENTRIES = 1000;

/**
 * The cache of all distributions, in one place where AWS has hundreds. Errors are not cached (CloudFront keeps
 * some for ten seconds), and nothing is served after its time.
 */
export class ResponseCache {
  readonly #entries = new Map<string, Map<string, Entry>>();

  constructor(private readonly now: () => number) {}

  get(distributionId: string, key: string): CacheHit | undefined {
    const entries = this.#entries.get(distributionId);
    const entry = entries?.get(key);
    if (entry === undefined) return undefined;
    if (entry.expires <= this.now()) {
      entries?.delete(key);
      return undefined;
    }
    return { response: entry.response, ageSeconds: Math.floor((this.now() - entry.stored) / 1000) };
  }

  /** @param path - with the query string, as invalidations name it */
  put(distributionId: string, key: string, path: string, response: HttpResponse, ttlSeconds: number): void {
    const entries = this.#entries.get(distributionId) ?? new Map<string, Entry>();
    const oldest = entries.keys().next().value;
    if (entries.size >= MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
    const stored = this.now();
    entries.set(key, { response, path, stored, expires: stored + ttlSeconds * 1000 });
    this.#entries.set(distributionId, entries);
  }

  /** Removes what matches the paths of an invalidation. */
  invalidate(distributionId: string, paths: readonly string[]): void {
    const entries = this.#entries.get(distributionId);
    for (const [key, entry] of entries ?? []) {
      if (paths.some((pattern) => matchesInvalidation(pattern, entry.path))) entries?.delete(key);
    }
  }
}

/**
 * How many seconds CloudFront keeps a response; 0 is not at all (developer guide, "Manage how long content stays
 * in the cache").
 */
export function timeToLive(response: HttpResponse, policy: CachePolicy, now: number): number {
  if (policy.maxTtl === 0 || response.status >= 400 || response.status === 206) return 0;
  const directives = header(response, "cache-control").toLowerCase();
  if (/\b(no-store|no-cache|private)\b/.test(directives)) return policy.minTtl;
  const age = /\bs-maxage=(\d+)/.exec(directives)?.[1] ?? /\bmax-age=(\d+)/.exec(directives)?.[1];
  if (age !== undefined) return clamp(Number(age), policy);
  const expires = Date.parse(header(response, "expires"));
  if (!Number.isNaN(expires)) return clamp(Math.floor((expires - now) / 1000), policy);
  return policy.defaultTtl;
}

function clamp(seconds: number, { minTtl, maxTtl }: CachePolicy): number {
  return Math.min(Math.max(seconds, minTtl), maxTtl);
}

function header(response: HttpResponse, name: string): string {
  const value = response.headers[name];
  return typeof value === "string" ? value : (value ?? []).join(", ");
}
