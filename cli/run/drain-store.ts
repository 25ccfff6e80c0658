import "@aws-sdk/signature-v4a";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  PutKeyCommand,
} from "@aws-sdk/client-cloudfront-keyvaluestore";
import { type Drain, drainsKey, formatDrains, parseDrains } from "../../fleet/drains";
import { awsClientOptions, isRefusal, isUnreachable } from "./aws-client";
import type { Credentials } from "./signed-request";

/** What a key-value store said at one moment. */
export interface Reading {
  readonly drains: readonly Drain[];
  /** The version that a write of what follows from this must meet. */
  readonly version: string;
}

/** Thrown where somebody else has written since the reading that a write came from. */
export class Conflict extends Error {}

/** The drains of one cell, in its key-value store. */
export interface DrainStore {
  read(): Promise<Reading>;
  /** @throws {Conflict} the store is no longer of that version */
  write(drains: readonly Drain[], version: string): Promise<void>;
  /**
   * Waits until what was written can be read.
   *
   * @returns milliseconds that took, or undefined where it was not so within the limit
   */
  readBack(isThere: (drains: readonly Drain[]) => boolean, limit?: number): Promise<number | undefined>;
}

/** Milliseconds. Changes spread in seconds. */
const readBackLimit = 30_000;
const readBackPause = 200;

/**
 * The store with this ARN. It is reached by the nearest of many regions (SigV4A, region set `*`), so that no region's
 * outage keeps one from it. `region` only has to be one.
 */
export function openDrainStore(
  arn: string,
  region: string,
  credentials: () => Promise<Credentials>,
): DrainStore {
  const client = new CloudFrontKeyValueStoreClient({ ...awsClientOptions(region), credentials });
  const drains = async () => {
    try {
      const { Value } = await client.send(new GetKeyCommand({ KvsARN: arn, Key: drainsKey }));
      return parseDrains(Value);
    } catch (error) {
      // The store itself may be what is missing; that shows when its version is asked for.
      if (isRefusal(error, "ResourceNotFoundException")) return [];
      throw error;
    }
  };
  return {
    async read() {
      // The version first: a write in between is then a conflict, and not overwritten.
      const { ETag = "" } = await client.send(new DescribeKeyValueStoreCommand({ KvsARN: arn }));
      return { version: ETag, drains: await drains() };
    },
    async write(wanted, version) {
      const Value = formatDrains(wanted);
      try {
        await client.send(new PutKeyCommand({ KvsARN: arn, Key: drainsKey, Value, IfMatch: version }));
      } catch (error) {
        if (isConflict(error)) throw new Conflict(error.message);
        throw error;
      }
    },
    async readBack(isThere, limit = readBackLimit) {
      const started = Date.now();
      const elapsed = () => Date.now() - started;
      for (;;) {
        const found = await drains().catch((error: unknown) => {
          if (isUnreachable(error)) return undefined;
          throw error;
        });
        if (found && isThere(found)) return elapsed();
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
