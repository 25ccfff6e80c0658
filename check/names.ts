import type { Problem } from "../fleet/diagnostics";
import { frontAccount } from "../fleet/front-place";
import {
  accountStackName,
  cellName,
  frontStackName,
  functionName,
  logBucketName,
  logStackName,
  nameLimits,
  roleName,
  targetStackName,
} from "../fleet/names";
import type { CellEntry, FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { writtenLogRegion } from "./logs";
import { problem } from "./rules";
import { entryOf, oncePerPlace, targetsOf } from "./written";

/** A name in AWS or Terraform, and what bears it. */
interface Named {
  readonly name: string;
  /** Kind of thing, and where its name must be unique. */
  readonly scope: string;
  /** What bears the name, as messages put it; different for different things. */
  readonly what: string;
  readonly cell: string;
  readonly service?: string;
}

/** Different things that would get one name after shortening. */
export function names({ file }: CheckInput): readonly Problem[] {
  const owners = new Map<string, Named>();
  const problems: Problem[] = [];
  for (const named of allNames(file)) {
    const key = `${named.scope} ${named.name}`;
    const owner = owners.get(key);
    if (!owner) owners.set(key, named);
    else if (owner.what !== named.what) problems.push(collision(owner, named));
  }
  return oncePerPlace(problems);
}

function collision(owner: Named, named: Named): Problem {
  const isInCell = owner.cell === named.cell;
  const placeOf = ({ cell, service }: Named) =>
    isInCell && service !== undefined ? ["services", service] : ["cells", cell];
  return problem("name-collision", placeOf(named), {
    other: { path: placeOf(owner), atKey: true },
    message: `${owner.what} and ${named.what} would both be called "${named.name}"`,
    fix: "rename one of them; short names are used unchanged",
    atKey: true,
  });
}

function* allNames(file: FleetFile): Iterable<Named> {
  for (const [cell, entry] of Object.entries(file.cells)) {
    yield* stackNames(file, cell, entry);
    yield* serviceNames(file, cell, entry);
    yield* frontNames(file, cell, entry);
  }
}

function* frontNames(file: FleetFile, cell: string, entry: CellEntry): Iterable<Named> {
  const account = frontAccount(entry);
  if (account === undefined) return;
  const name = cellName(nameLimits.originAccessControl, file.fleet, cell);
  yield { name, scope: `front ${account}`, what: `the front of cell "${cell}"`, cell };
  const accountId = entryOf(file.accounts, account)?.id;
  const region = writtenLogRegion(file, entry);
  if (!entry.front?.logs || accountId === undefined || region === undefined) return;
  const bucket = logBucketName({ fleet: file.fleet, cell, accountId, region });
  yield { name: bucket, scope: "bucket", what: `the log bucket of cell "${cell}"`, cell };
  yield { name: logStackName(cell, region), scope: "stack", what: `the log stack of cell "${cell}"`, cell };
}

function* serviceNames(file: FleetFile, cell: string, entry: CellEntry): Iterable<Named> {
  for (const service of Object.keys(file.services).sort()) {
    const what = `of service "${service}" in cell "${cell}"`;
    const name = functionName(file.fleet, cell, service);
    for (const { account, region } of targetsOf(cell, entry)) {
      yield { name, scope: `function ${account} ${region}`, what: `the function ${what}`, cell, service };
      const role = roleName(file.fleet, cell, service, region);
      yield { name: role, scope: `role ${account}`, what: `the role ${what} and ${region}`, cell, service };
    }
  }
}

function* stackNames(file: FleetFile, cell: string, entry: CellEntry): Iterable<Named> {
  const scope = "stack";
  const perAccount = (entry.stackPer ?? file.defaults?.stackPer) === "account";
  yield { name: frontStackName(cell), scope, what: `the front stack of cell "${cell}"`, cell };
  for (const { account, region } of targetsOf(cell, entry)) {
    const what = `the stack of account "${account}" in cell "${cell}"`;
    yield perAccount
      ? { name: accountStackName(cell, account), scope, what, cell }
      : { name: targetStackName(cell, account, region), scope, what: `${what} and ${region}`, cell };
  }
}
