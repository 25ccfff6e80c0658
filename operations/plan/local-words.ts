import { regionCodes } from "../../fleet/geography/regions";
import type { Cell, Fleet } from "../../fleet/model";
import { roleName } from "../../fleet/names";
import type { FleetStack } from "../../fleet/stacks";

/**
 * Puts aside what a stack calls its own, so that the same change reads the same in every stack: account ids, regions,
 * aliases, names of the cell, its tenant, its accounts and stacks, and names made of them.
 *
 * @example normal("acme_globex_hello in eu-central-1") // "acme_{cell}_hello in {region}"
 */
export type PutAside = (text: string) => string;

/** The hash that CDKTF ends the id of a resource in. */
const idHash = /(?<=^[a-z0-9_]+\.\S*_)_?[0-9A-F]{8}(?=\[|$)/;

/** What ends a name that was too long: see `fleet/names.ts`. */
const shortened = "[a-z0-9_-]*[_-][0-9a-f]{10}";

/** An address of Terraform without the hash that CDKTF puts at its end. */
export function withoutHash(address: string): string {
  return address.replace(idHash, "").replace(/_(?=\[|$)/, "");
}

/** A function that puts aside what each stack of a fleet calls its own. Cells are looked up once. */
export function putAsideIn(fleet: Fleet): (stack: FleetStack) => PutAside {
  const cells = new Map(fleet.cells.map((cell) => [cell.name, cell]));
  return (stack) => {
    const cell = stack.cell === undefined ? undefined : cells.get(stack.cell);
    const words = new Map<string, string>();
    // There is one of each stack of the foundation, so nothing has to be put aside.
    if (!cell) return (text) => text;
    cellWords(words, cell, stack);
    words.set(stack.name, "{stack}");
    return replacing(words, `(?:logs-)?${escaped(cell.fleet)}[_-]${escaped(cell.name)}`);
  };
}

/** Later entries win, so the most certain ones come last. */
function cellWords(words: Map<string, string>, cell: Cell, stack: FleetStack): void {
  const { front, services, targets } = cell;
  for (const region of regionCodes) words.set(region, region);
  // A service may be called like its cell, and is the same service in every other one.
  const isService = new Set(services.map(({ name }) => name));
  const own = [
    cell.name,
    cell.tenant ?? cell.name,
    ...[...targets, front].map(({ account }) => account.name),
  ];
  for (const name of own) if (!isService.has(name)) words.set(name, "{cell}");
  for (const { account } of [...targets, front]) words.set(account.id, "{account}");

  const isFront = stack.kind === "front";
  const regions = isFront ? [] : stack.regions;
  const others = [...new Set(targets.map(({ region }) => region))].filter(
    (region) => !regions.includes(region),
  );
  others.forEach((region, index) => {
    words.set(region, `{region ${index + 1}}`);
  });
  for (const region of regions) words.set(region, "{region}");
  const otherTargets = targets.filter((target) => target.stack !== stack.name);
  otherTargets.forEach((target, index) => {
    words.set(target.alias, `{target ${index + 1}}`);
    words.set(target.stack, `{stack ${index + 1}}`);
  });
  for (const target of targets) if (target.stack === stack.name) words.set(target.alias, "{target}");

  for (const { functionName, name: service } of services) {
    words.set(functionName, `${cell.fleet}_{cell}_${service}`);
    for (const { region } of targets) {
      const role = roleName(cell.fleet, cell.name, service, region);
      words.set(role, `${cell.fleet}_{cell}_${service}_${words.get(region)}`);
    }
  }
  words.set(front.keyValueStore, `${cell.fleet}_{cell}`);
  if (front.logs) words.set(front.logs.bucket, "{log bucket}");
}

/** Whole words only: a cell called "a" does not take the letter out of every word. */
function replacing(words: ReadonlyMap<string, string>, nameStart: string): PutAside {
  const longestFirst = [...words.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const known = longestFirst.map(escaped);
  const whole = (alternatives: readonly string[]) =>
    `(?<![A-Za-z0-9])(?:${alternatives.join("|")})(?![A-Za-z0-9])`;
  const expression = new RegExp(whole([...known, `${nameStart}${shortened}`]), "g");
  return (text) => text.replace(expression, (found) => words.get(found) ?? "{name}");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
