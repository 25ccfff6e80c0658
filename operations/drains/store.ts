import "@aws-sdk/signature-v4a";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  PutKeyCommand,
} from "@aws-sdk/client-cloudfront-keyvaluestore";
import { type Drain, drainsKey, formatDrains, isReadable, parseDrains } from "../../fleet/drains";
import { UserError } from "../../fleet/errors";
import { awsClientOptions, type Caller, callAws } from "../aws/client";
import { isRefusal, isThrottled, isUnreachable } from "../aws/errors";
import type { Credentials } from "../aws/role-credentials";

/** What a key-value store said at one moment. */
export interface Reading {
  readonly drains: readonly Drain[];
  /** What the key holds, where that is nothing that a router could read. */
  readonly unreadable?: string;
  /** The version that a write of what follows from this must meet. */
  readonly version: string;
}

/** Thrown where somebody else has written since the reading that a write came from. */
export class Conflict extends Error {}

/** What was written, and how to know it among what others have written since. */
export interface Written {
  readonly drains: readonly Drain[];
  readonly version: string;
  /** Whether drains hold what the write was for. */
  readonly holds: (drains: readonly Drain[]) => boolean;
}

/** The drains of one cell, in its key-value store. */
export interface DrainStore {
  read(): Promise<Reading>;
  /**
   * @returns the version that this makes
   * @throws {Conflict} the store is no longer of that version
   */
  write(drains: readonly Drain[], version: string): Promise<string>;
  /**
   * Waits until what was written can be read: all of it, or, where others have written since, what it was for.
   *
   * @returns milliseconds that took, or undefined where it was not so within the limit
   */
  readBack(written: Written, limit?: number): Promise<number | undefined>;
}

/** Milliseconds. Changes spread in seconds. */
const readBackLimit = 30_000;
const readBackPause = 200;

/** Readings that are tried until one is of one version. */
const readTries = 6;

/** Readings after which a store with keys, but without ours, is taken to have keys of others. */
const othersTries = 3;

/** Milliseconds to wait after a try that others got into: longer each time, and never the same as theirs. */
export function pauseAfter(attempt: number): number {
  return 100 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}

/**
 * The store with this ARN. It is reached by the nearest of many regions (SigV4A, region set `*`), so that no region's
 * outage keeps one from it. `region` only has to be one.
 */
export function openDrainStore(
  arn: string,
  region: string,
  access: Pick<Caller, "onSlow"> & { readonly credentials: () => Promise<Credentials> },
): DrainStore {
  const { credentials } = access;
  const client = new CloudFrontKeyValueStoreClient({ ...awsClientOptions(region), credentials });
  const reading = `reading the key-value store ${arn}`;
  const describe = () =>
    callAws(access, reading, (limit) =>
      client.send(new DescribeKeyValueStoreCommand({ KvsARN: arn }), limit),
    );
  const value = async () => {
    try {
      const command = new GetKeyCommand({ KvsARN: arn, Key: drainsKey });
      return (await callAws(access, reading, (limit) => client.send(command, limit))).Value;
    } catch (error) {
      // The store itself may be what is missing; that shows when its version is asked for.
      if (isRefusal(error, "ResourceNotFoundException")) return undefined;
      throw error;
    }
  };
  const read = async (): Promise<Reading> => {
    for (let attempt = 1; attempt <= readTries; attempt++) {
      const before = await describe();
      const text = await value();
      const after = await describe();
      // GetKey names no version: the value is of this one only if it was the same before and after.
      const { ETag: version = "" } = before;
      const isSettled = version !== "" && version === after.ETag;
      const hasCounted =
        text === undefined ? !after.ItemCount || attempt >= othersTries : after.ItemCount !== 0;
      if (isSettled && hasCounted) {
        const unreadable = text !== undefined && !isReadable(text) ? text : undefined;
        return { version, drains: parseDrains(text), unreadable };
      }
      await sleep(pauseAfter(attempt));
    }
    throw new UserError(
      `the key-value store ${arn} had changed at each of ${readTries} readings`,
      "others keep writing to it, or its answers are not consistent yet",
      "try again in a minute",
    );
  };
  return {
    read,
    async write(wanted, version) {
      const command = new PutKeyCommand({
        ...{ KvsARN: arn, Key: drainsKey, Value: formatDrains(wanted), IfMatch: version },
      });
      try {
        const { ETag = "" } = await callAws(access, `writing to the key-value store ${arn}`, (limit) =>
          client.send(command, limit),
        );
        return ETag;
      } catch (error) {
        if (isConflict(error)) throw new Conflict(error.message);
        throw error;
      }
    },
    async readBack({ drains, holds, version }, limit = readBackLimit) {
      const wanted = formatDrains(drains);
      const started = Date.now();
      const elapsed = () => Date.now() - started;
      const isThere = async () => {
        const found = parseDrains(await value());
        if (formatDrains(found) === wanted) return true;
        if (!holds(found)) return false;
        const later = await read();
        return later.version !== version && holds(later.drains);
      };
      for (;;) {
        const found = await isThere().catch((error: unknown) => {
          if (isUnreachable(error) || isThrottled(error)) return false;
          throw error;
        });
        if (found) return elapsed();
        if (elapsed() + readBackPause > limit) return undefined;
        await sleep(readBackPause);
      }
    },
  };
}

/** The model names ConflictException; a version that is no longer the store's may also be called invalid. */
function isConflict(error: unknown): error is Error {
  if (isRefusal(error, "ConflictException")) return true;
  return isRefusal(error, "ValidationException") && /pre-?condition/i.test(error.message);
}
