import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../fleet/values";
import type { ResourceChange, TerraformPlan, ValueChange } from "./terraform-plan";

/** How a plan is held against the one that was reviewed. */
export interface ReviewOptions {
  /**
   * Whether an earlier attempt has begun to apply what was reviewed: then what is left of it is enough, and what that
   * attempt left half-made may be made anew.
   */
  readonly hasBegun: boolean;
}

/**
 * In what a plan would do anything but what was reviewed: made as another role, or at another time, of the same JSON. The
 * same things have to come to the same, and every value that was known has to be the same. What was not known then may be
 * known by now.
 *
 * Values that neither plan touches are not compared: some of AWS's, such as the tag of a version, move by themselves.
 *
 * @returns a line for each thing, without any value, which may be a secret; none where it is what was reviewed
 */
export function unlikeReviewed(
  reviewed: TerraformPlan,
  now: TerraformPlan,
  options: ReviewOptions,
): readonly string[] {
  const expected = byKey(reviewed);
  const actual = byKey(now);
  const others = [...actual].flatMap(([key, change]) => {
    const before = expected.get(key) ?? leftOver(expected, change, options);
    const why = before ? unlikeChange(before, change, options) : `${wordOf(change)}, which was not reviewed`;
    return why === undefined ? [] : [`${key}: ${why}`];
  });
  const missing = [...expected].flatMap(([key, change]) =>
    options.hasBegun || actual.has(key) ? [] : [`${key}: nothing, and not ${wordOf(change)}`],
  );
  return [...others, ...missing, ...unlikeOutputs(reviewed, now)];
}

/** All that a plan does, by address. Data is only read. */
function byKey({ resource_changes = [] }: TerraformPlan): ReadonlyMap<string, ResourceChange> {
  const doing = resource_changes.filter(
    ({ change, mode }) =>
      mode === "managed" &&
      (change.importing !== undefined || change.actions.some((action) => action !== "no-op")),
  );
  return new Map(doing.map((change) => [keyOf(change), change]));
}

function keyOf({ address, deposed }: Pick<ResourceChange, "address" | "deposed">): string {
  return deposed === undefined ? address : `${address} (deposed ${deposed})`;
}

/** What an earlier attempt could not delete when it had made what takes its place. */
function leftOver(
  expected: ReadonlyMap<string, ResourceChange>,
  { address, deposed }: ResourceChange,
  { hasBegun }: ReviewOptions,
): ResourceChange | undefined {
  if (!hasBegun || deposed === undefined) return undefined;
  const maker = expected.get(address);
  if (!maker?.change.actions.includes("create")) return undefined;
  return { ...maker, change: { actions: ["delete"], before: null, after: null } };
}

/**
 * What may be left of a change once it was begun, by Terraform's actions: less of it, or the same once more for a thing that
 * was made and not finished.
 */
const rests: Readonly<Record<string, readonly string[]>> = {
  create: ["create", "update", "no-op", "delete-create", "create-delete"],
  "delete-create": ["delete-create", "create", "update", "no-op"],
  "create-delete": ["create-delete", "create", "update", "no-op"],
  update: ["update", "no-op"],
};

/** Whether that much may be left of a change that was begun. Both are Terraform's actions, as `delete-create`. */
export function isRest(reviewed: string, now: string): boolean {
  return reviewed === now || (rests[reviewed] ?? []).includes(now);
}

/** Why a change is not what was reviewed; undefined where it is. */
function unlikeChange(
  { change: reviewed }: ResourceChange,
  { change: now }: ResourceChange,
  { hasBegun }: ReviewOptions,
): string | undefined {
  const [expected, actual] = [reviewed.actions.join("-"), now.actions.join("-")];
  const isAllowed = hasBegun ? isRest(expected, actual) : expected === actual;
  if (!isAllowed) return `${wordOf({ change: now })}, and not ${wordOf({ change: reviewed })}`;
  const [taken, takes] = [reviewed.importing?.id, now.importing?.id];
  // An attempt may have taken over what was to be, or made what it could not write down: that is taken over then.
  const isLeft = takes === undefined || (taken === undefined && expected === "create");
  if (taken !== takes && !(hasBegun && isLeft)) return "another thing than was reviewed is taken over";
  if (!(hasBegun && reviewed.actions.includes("create")) && isAnother(reviewed.before, now.before))
    return "it is another thing than was reviewed: its id is not the same";
  const path = unlikeAt("", sidesOf(reviewed), sidesOf(now));
  return path === undefined ? undefined : `${path || "its value"} is not what was reviewed`;
}

function wordOf({ change: { actions, importing } }: Pick<ResourceChange, "change">): string {
  const word = actions.join(" and ");
  if (importing === undefined) return word;
  return word === "no-op" ? "import" : `import and ${word}`;
}

function isAnother(reviewed: unknown, now: unknown): boolean {
  const [expected, actual] = [reviewed, now].map((value) => (isMap(value) ? value.id : undefined));
  return typeof expected === "string" && typeof actual === "string" && expected !== actual;
}

/** A stack that reads an output is planned with its value. That one stays as it is, though, is no difference. */
function unlikeOutputs(reviewed: TerraformPlan, now: TerraformPlan): readonly string[] {
  return Object.entries(now.output_changes ?? {}).flatMap(([name, change]) => {
    if (change.actions.every((action) => action === "no-op")) return [];
    const expected = reviewed.output_changes?.[name];
    if (!expected) return [`output ${name}: it was not reviewed`];
    const path = unlikeAt("", sidesOf(expected), sidesOf(change));
    return path === undefined ? [] : [`output ${name}: ${path || "its value"} is not what was reviewed`];
  });
}

/** A value before and after, and which of it is not known yet. */
interface Sides {
  /** Absent where nothing was there that could stay as it is. */
  readonly before?: unknown;
  readonly after: unknown;
  readonly unknown: unknown;
}

function sidesOf({ actions, after, after_unknown, before }: ValueChange): Sides {
  const stays = actions.every((action) => action === "update" || action === "no-op");
  return { before: stays ? before : undefined, after, unknown: after_unknown };
}

/** Where a known value is another one: the first such path; undefined where none is. */
function unlikeAt(path: string, reviewed: Sides, now: Sides): string | undefined {
  if (reviewed.unknown === true || isUntouched(reviewed, now)) return undefined;
  if (isMap(reviewed.after) && isMap(now.after)) {
    for (const key of keysOf(reviewed, now)) {
      const found = unlikeAt(path === "" ? key : `${path}.${key}`, inside(reviewed, key), inside(now, key));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (Array.isArray(reviewed.after) && Array.isArray(now.after) && hasUnknown(reviewed.unknown))
    return isOneOfEach(reviewed, now) ? undefined : path;
  return isSame(reviewed.after, now.after) && !hasUnknown(now.unknown) ? undefined : path;
}

/** Whether each plan leaves a value as it finds it. */
function isUntouched(...both: readonly Sides[]): boolean {
  return both.every(
    ({ after, before, unknown }) => before !== undefined && !hasUnknown(unknown) && isSame(before, after),
  );
}

/** Terraform leaves out what is not set in one place, and says `null` in another. */
function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one ?? null, other ?? null);
}

function keysOf(...both: readonly Sides[]): readonly string[] {
  const maps = both.flatMap(({ after, unknown }) => [after, unknown]).filter(isMap);
  return [...new Set(maps.flatMap((map) => Object.keys(map)))].sort();
}

function inside({ after, before, unknown }: Sides, key: string): Sides {
  const at = (value: unknown) => (isMap(value) ? value[key] : undefined);
  return { before: at(before), after: at(after), unknown: at(unknown) };
}

function hasUnknown(unknown: unknown): boolean {
  if (Array.isArray(unknown)) return unknown.some(hasUnknown);
  return isMap(unknown) ? Object.values(unknown).some(hasUnknown) : unknown === true;
}

/**
 * Whether two lists with something unknown have elements that fit each other. The order of a set depends on what its
 * elements are, so it is another one once they are known.
 */
function isOneOfEach(reviewed: Sides, now: Sides): boolean {
  const [expected, left] = [elementsOf(reviewed), [...elementsOf(now)]];
  if (expected.length !== left.length) return false;
  // What is wholly known fits one element only, and so has the first choice.
  const ordered = [...expected].sort((a, b) => Number(hasUnknown(a.unknown)) - Number(hasUnknown(b.unknown)));
  return ordered.every((element) => {
    const index = left.findIndex((candidate) => unlikeAt("", element, candidate) === undefined);
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

function elementsOf({ after, unknown }: Sides): readonly Sides[] {
  const marks: readonly unknown[] = Array.isArray(unknown) ? unknown : [];
  return (Array.isArray(after) ? after : []).map((element: unknown, index) => ({
    after: element,
    unknown: marks[index],
  }));
}
