import type { Drain } from "../../fleet/drains";
import { UserError } from "../../fleet/errors";
import type { Cell, Fleet } from "../../fleet/model";
import { describeError } from "./aws-client";
import { type Decide, type Decision, describeStranded, refusalOf } from "./drain-decision";
import { Conflict, type DrainStore, openDrainStore, type Reading } from "./drain-store";
import { type AssumeRole, deployRole, NoCredentials, roleAssumer, stsRegions } from "./role-credentials";
import { findStoreArn } from "./store-arn";

/** A cell's store, and what it said. */
export interface OpenCell {
  readonly cell: Cell;
  readonly store: DrainStore;
  readonly reading: Reading;
  /** What the user should know about how it was reached. */
  readonly notes: readonly string[];
}

/** A cell that could not be worked on. */
export interface FailedCell {
  readonly cell: Cell;
  readonly error: UserError;
}

/** What was done in a cell. */
export interface ChangedCell {
  readonly cell: Cell;
  readonly changed: boolean;
  /** What was put in or taken out, or is kept. */
  readonly drain?: Drain;
  /** Milliseconds until a change could be read back. */
  readonly readableAfter?: number;
  readonly notes: readonly string[];
}

/** Where a command finds the stores of its cells. */
export interface Places {
  readonly fleet: Fleet;
  readonly cells: readonly Cell[];
  /** A region that may be down. */
  readonly takenOut?: string;
}

/**
 * Reads the drains of cells, all at once.
 *
 * @throws {NoCredentials}
 */
export async function openCells({
  fleet,
  cells,
  takenOut,
}: Places): Promise<readonly (OpenCell | FailedCell)[]> {
  const regions = stsRegions(fleet, takenOut);
  const assumeRole = roleAssumer(regions);
  return Promise.all(
    cells.map((cell) => openCell(fleet, cell, regions[0] ?? "us-east-1", assumeRole).catch(failed(cell))),
  );
}

async function openCell(fleet: Fleet, cell: Cell, region: string, assumeRole: AssumeRole): Promise<OpenCell> {
  const role = deployRole(fleet.name, cell.front.account);
  const { arn, isFromState } = await findStoreArn(fleet, cell, assumeRole);
  const store = openDrainStore(arn, region, () => assumeRole(role));
  const notes = isFromState
    ? ["CloudFront's control plane in us-east-1 does not answer; the store's ARN is from Terraform's state"]
    : [];
  return { cell, store, reading: await store.read(), notes };
}

/**
 * Changes the drains of cells, all at once. Every cell is looked at before anything is written; one that fails stops
 * no other.
 *
 * @throws {UserError} some cell must not be changed so: then none is; {@link NoCredentials}
 */
export async function changeDrains(
  places: Places,
  decide: Decide,
): Promise<readonly (ChangedCell | FailedCell)[]> {
  const opened = await openCells(places);
  const refused = opened.flatMap((open) => {
    const refusal =
      "error" in open ? undefined : refusalOf(open.cell, decide(open.cell, open.reading.drains));
    return refusal ? [refusal] : [];
  });
  if (refused.length > 0) throw joined(refused);
  return Promise.all(
    opened.map((open) => ("error" in open ? open : changeCell(open, decide).catch(failed(open.cell)))),
  );
}

/** Writes that are tried before others are left the field. */
const tries = 5;

async function changeCell(
  { cell, notes, reading: first, store }: OpenCell,
  decide: Decide,
): Promise<ChangedCell> {
  let reading = first;
  for (let attempt = 1; ; attempt++) {
    const decision = decide(cell, reading.drains);
    const refusal = refusalOf(cell, decision);
    if (refusal) throw refusal;
    if (decision.kind === "keep") return { cell, changed: false, drain: decision.drain, notes };
    if (decision.kind !== "write") throw new Error(`undecided: ${decision.kind}`);
    try {
      await store.write(decision.drains, reading.version);
      return await confirmed(cell, store, decision, notes);
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      if (attempt === tries) throw keptChanging(cell);
    }
    reading = await store.read();
  }
}

async function confirmed(
  cell: Cell,
  store: DrainStore,
  { drain, drains, stranded }: Extract<Decision, { kind: "write" }>,
  notes: readonly string[],
): Promise<ChangedCell> {
  const wanted = drains.includes(drain);
  const readableAfter = await store.readBack(
    (found) => found.some(({ region, since }) => region === drain.region && since === drain.since) === wanted,
  );
  if (readableAfter === undefined) {
    throw new UserError(
      `the change was written to the key-value store of ${cell.name}, but cannot be read back yet`,
      "the router may still work with what was there before",
      "look again in a minute: npx meridian drains",
    );
  }
  const left =
    stranded.length > 0 ? [`no region is left for ${describeStranded(stranded)}: they get 503`] : [];
  return { cell, changed: true, drain, readableAfter, notes: [...notes, ...left] };
}

/** All that is refused, in one error. */
function joined(refusals: readonly UserError[]): UserError {
  const all = (part: "what" | "why" | "fix") =>
    [...new Set(refusals.map((refusal) => refusal[part]))].join("; ");
  return new UserError(all("what"), all("why"), all("fix"));
}

function keptChanging({ name }: Cell): UserError {
  return new UserError(
    `the key-value store of ${name} was changed by others ${tries} times while this was writing`,
    "a change must not overwrite what it has not seen",
    "look at what is drained (`npx meridian drains`), and try again",
  );
}

function failed(cell: Cell): (error: unknown) => FailedCell {
  return (error) => {
    if (error instanceof NoCredentials) throw error;
    if (error instanceof UserError) return { cell, error };
    const { account } = cell.front;
    return {
      cell,
      error: new UserError(
        `the key-value store of ${cell.name} cannot be used: ${describeError(error)}`,
        `what is drained is written there, in account ${account.id}`,
        `try again; if it is a permission, let ${account.deployRole} use cloudfront:DescribeKeyValueStore and cloudfront-keyvaluestore:*`,
      ),
    };
  };
}
