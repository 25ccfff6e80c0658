import { setTimeout as sleep } from "node:timers/promises";
import type { Cell } from "../fleet/model";
import type { LogLine } from "../sandbox/lambda/logs";
import { aborted, listenForInterrupts } from "./shared/interrupts";

/** Milliseconds between two looks for new lines. */
const lookEvery = 300;

/** The functions that a name means: those of a service, in every cell, or else the one of that name. */
export function functionsNamed(name: string, cells: readonly Cell[]): readonly string[] {
  const services = cells.flatMap(({ services }) => services);
  const named = services.filter((service) => service.name === name).map(({ functionName }) => functionName);
  return named.length > 0 ? named : [name];
}

/**
 * Prints lines as they come, one after another, until Ctrl-C.
 *
 * @param read gives what came after the line with this number
 */
export async function followLogs(read: (after: number) => Promise<readonly LogLine[]>): Promise<void> {
  const { stop } = listenForInterrupts();
  let last = 0;
  while (!stop.aborted) {
    for (const line of await read(last)) {
      const { time, account, region, function: name, message, sequence } = line;
      process.stdout.write(`${[time, account, region, name, message].join("  ")}\n`);
      last = sequence;
    }
    await Promise.race([aborted(stop), sleep(lookEvery)]);
  }
}
