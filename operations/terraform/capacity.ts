import { availableParallelism, freemem } from "node:os";

/** Bytes that Terraform and the provider need for one stack with one alias. */
export const memoryPerStack = 1.2 * 1024 ** 3;

/** A stack waits for AWS about as long as it computes, so two share a core. */
const stacksPerCore = 2;

/** How many stacks can be deployed at once: two per core, and no more than the free memory holds. */
export function stacksAtOnce(cores = availableParallelism(), free = freemem()): number {
  return Math.max(1, Math.min(cores * stacksPerCore, Math.floor(free / memoryPerStack)));
}
