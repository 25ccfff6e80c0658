import type { HttpResponse } from "../http";
import { defaultErrorTtl, type ErrorResponse } from "./distribution-model";
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

const maxEntries = 1000;

/**
 * The cache of all distributions, in one place where AWS has hundreds. Nothing is served after its time; CloudFront
 * does that where an origin fails to renew an answer.
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

  /**
   * Keeps a response, unless it streams: it would have to be read to its end first.
   *
   * @param path - with the query string, as invalidations name it
   */
  put(distributionId: string, key: string, path: string, response: HttpResponse, ttlSeconds: number): void {
    if (response.rest) return;
    const entries = this.#entries.get(distributionId) ?? new Map<string, Entry>();
    const oldest = entries.keys().next().value;
    if (entries.size >= maxEntries && oldest !== undefined) entries.delete(oldest);
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
  if (isForbidden(response)) return policy.minTtl;
  const seconds = maxAge(response) ?? untilExpiry(response, now);
  return seconds === undefined ? policy.defaultTtl : clamp(seconds, policy);
}

/** Errors that CloudFront keeps, whatever the origin says of its cache. */
const keptErrors: readonly number[] = [404, 410, 414, 500, 501, 502, 503, 504];

/** Errors that it keeps where the origin gives them an age, and no others. */
const agedErrors: readonly number[] = [400, 403, 405, 412, 415];

/** Errors that an origin can keep out of the cache, with `no-store`, `no-cache` or `private`. */
const refusableErrors: readonly number[] = [404, 410, 414, 501];

/**
 * How many seconds CloudFront keeps an error; 0 is not at all. The sandbox shows no pages of a distribution's own, and
 * keeps no error that has one.
 *
 * Sources: developer guide, "How CloudFront processes HTTP 4xx and 5xx status codes from your origin" and "Control how
 * long CloudFront caches errors".
 *
 * @param configured - what the distribution says of the status code
 */
export function errorTimeToLive(
  response: HttpResponse,
  policy: CachePolicy,
  now: number,
  configured: ErrorResponse = { cachingMinTtl: defaultErrorTtl, pagePath: "" },
): number {
  const { status } = response;
  const age = maxAge(response);
  const kept = keptErrors.includes(status) || (agedErrors.includes(status) && age !== undefined);
  if (policy.maxTtl === 0 || !kept || configured.pagePath !== "") return 0;
  if (isForbidden(response)) return refusableErrors.includes(status) ? 0 : configured.cachingMinTtl;
  const seconds = age ?? untilExpiry(response, now) ?? 0;
  return Math.max(Math.min(seconds, policy.maxTtl), configured.cachingMinTtl);
}

function isForbidden(response: HttpResponse): boolean {
  return /\b(no-store|no-cache|private)\b/.test(cacheControl(response));
}

/** What the origin says in `Cache-Control`, in seconds. */
function maxAge(response: HttpResponse): number | undefined {
  const directives = cacheControl(response);
  const age = /\bs-maxage=(\d+)/.exec(directives)?.[1] ?? /\bmax-age=(\d+)/.exec(directives)?.[1];
  return age === undefined ? undefined : Number(age);
}

function untilExpiry(response: HttpResponse, now: number): number | undefined {
  const expires = Date.parse(header(response, "expires"));
  return Number.isNaN(expires) ? undefined : Math.floor((expires - now) / 1000);
}

function cacheControl(response: HttpResponse): string {
  return header(response, "cache-control").toLowerCase();
}

function clamp(seconds: number, { minTtl, maxTtl }: CachePolicy): number {
  return Math.min(Math.max(seconds, minTtl), maxTtl);
}

function header(response: HttpResponse, name: string): string {
  const value = response.headers[name];
  return typeof value === "string" ? value : (value ?? []).join(", ");
}
