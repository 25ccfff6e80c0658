import { availableParallelism, freemem } from "node:os";

/** @default what is measured */
export function threadsFor(stacks: number, cores = availableParallelism(), free = freemem()): number {
  return Math.max(1, Math.min(cores, Math.floor(stacks / 150) + 1, Math.floor(free / 300e6)));
}
