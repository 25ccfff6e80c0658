import { isMap } from "../../fleet/values";
import type { Attribute } from "./picture-schema";
import type { ValueChange } from "./terraform-plan";

/** Characters of a value that are kept. */
const keptLength = 200;

/** Keys that tell one element of a list from another. */
const elementKeys = ["origin_id", "path_pattern", "statement_id", "Sid", "name", "key", "id", "priority"];

/** Two sides of a value, each with what Terraform says of it. */
interface Sides {
  readonly before: unknown;
  readonly after: unknown;
  readonly unknown: unknown;
  readonly hiddenBefore: unknown;
  readonly hiddenAfter: unknown;
}

/**
 * What a change does to the attributes of a resource, or to an output: each leaf that differs. Of what is new, every
 * value that it gets and that is known; of what goes away, nothing.
 *
 * A value is hidden wherever Terraform marks it as sensitive, before or after, and wherever it is one of an environment,
 * which may hold a secret that nobody marked.
 */
export function changedAttributes(change: ValueChange, root = ""): readonly Attribute[] {
  if (change.after === null && !change.after_unknown) return [];
  const isNew = change.before === null;
  const sides = {
    before: change.before,
    after: change.after,
    unknown: change.after_unknown,
    hiddenBefore: change.before_sensitive,
    hiddenAfter: change.after_sensitive,
  };
  const found = compare(root, sides).filter(
    ({ path, unknown }) => !(isNew && root === "" && (unknown || isNameTag(path))),
  );
  const replaces = new Set((change.replace_paths ?? []).map((path) => String(path[0])));
  const marked = found.map((attribute) =>
    replaces.has(attribute.path.split(/[.[]/)[0] ?? "")
      ? { ...attribute, replaces: true as const }
      : attribute,
  );
  // `tags_all` has these, and what the provider adds.
  const all = new Set(marked.map(({ path }) => path));
  return marked.filter(({ path }) => !(path.startsWith("tags.") && all.has(`tags_all.${path.slice(5)}`)));
}

/** The tags that say whose a resource is differ in every stack, and say nothing of a new one. */
function isNameTag(path: string): boolean {
  return /^tags(_all)?\.meridian:/.test(path);
}

function compare(path: string, sides: Sides): readonly Attribute[] {
  const { after, before, hiddenAfter, hiddenBefore, unknown } = sides;
  if (unknown !== true && same(before, after) && !hasTrue(unknown)) return [];
  if (hiddenBefore === true || hiddenAfter === true) return [{ path, hidden: true }];
  if (unknown === true) return [{ path, unknown: true }];
  if (isEmpty(before) && isEmpty(after) && !hasTrue(unknown)) return [];
  if (isMap(before) || isMap(after) || isMap(unknown)) return compareMaps(path, sides);
  if (Array.isArray(before) || Array.isArray(after)) return compareLists(path, sides);
  if (isEnvironment(path)) return [{ path, hidden: true }];
  const documents = [before, after].map(parsed);
  const [left, right] = documents;
  const isDocument = documents.every(
    (document, index) => document !== undefined || isEmpty([before, after][index]),
  );
  if (isDocument && ((left !== undefined && right !== undefined) || documents.some(holdsEnvironment))) {
    return compare(path, { ...noMarks, before: left, after: right });
  }
  if (documents.some(holdsEnvironment)) return [{ path, hidden: true }];
  return [{ path, ...shown("before", before), ...shown("after", after) }];
}

const noMarks = { unknown: undefined, hiddenBefore: undefined, hiddenAfter: undefined };

function compareMaps(path: string, sides: Sides): readonly Attribute[] {
  const part = (of: unknown, key: string) => (isMap(of) ? of[key] : of === true ? true : undefined);
  const keys = new Set(
    [sides.before, sides.after, sides.unknown].flatMap((of) => (isMap(of) ? Object.keys(of) : [])),
  );
  return [...keys].sort().flatMap((key) =>
    compare(
      path === "" ? key : `${path}.${key}`,
      mapSides(sides, (of) => part(of, key)),
    ),
  );
}

function mapSides(sides: Sides, of: (side: unknown) => unknown): Sides {
  return {
    before: of(sides.before),
    after: of(sides.after),
    unknown: of(sides.unknown),
    hiddenBefore: of(sides.hiddenBefore),
    hiddenAfter: of(sides.hiddenAfter),
  };
}

function compareLists(path: string, sides: Sides): readonly Attribute[] {
  const [before, after] = [listOf(sides.before), listOf(sides.after)];
  const [hiddenBefore, hiddenAfter] = [marks(sides.hiddenBefore, before), marks(sides.hiddenAfter, after)];
  const unknown = Array.isArray(sides.unknown) ? sides.unknown : [];
  if (hiddenBefore === true || hiddenAfter === true) return [{ path, hidden: true }];
  if (![...before, ...after, ...unknown].some((each) => typeof each === "object" && each !== null)) {
    const hides =
      hasTrue(hiddenBefore) ||
      hasTrue(hiddenAfter) ||
      isEnvironment(path) ||
      [...before, ...after].some((each) => holdsEnvironment(parsed(each)));
    if (hides) return [{ path, hidden: true }];
    if (hasTrue(unknown)) return [{ path, unknown: true }];
    return [{ path, ...shown("before", sides.before), ...shown("after", sides.after) }];
  }
  const at = (of: unknown, index: number | undefined) =>
    index !== undefined && Array.isArray(of) ? of[index] : undefined;
  // What names an element may be what is hidden of it.
  const keys = hasTrue(hiddenBefore) || hasTrue(hiddenAfter) ? [] : elementKeys;
  return pairs(before, after, unknown.length, keys).flatMap(({ label, left, right }) => {
    const element = {
      before: at(before, left),
      after: at(after, right),
      unknown: at(unknown, right),
      hiddenBefore: at(hiddenBefore, left),
      hiddenAfter: at(hiddenAfter, right),
    };
    const isGone = label !== "" && right === undefined && isMap(element.before);
    return isGone ? [goneElement(`${path}${label}`, element)] : compare(`${path}${label}`, element);
  });
}

/** An element that goes away is one line, whatever it held. */
function goneElement(path: string, { before, hiddenBefore }: Sides): Attribute {
  const hides = hasTrue(hiddenBefore) || isEnvironment(path) || holdsEnvironment(before);
  return hides ? { path, hidden: true } : { path, ...shown("before", before) };
}

/** Which element of a list has become which: by what names them, else those that differ, in their order. */
function pairs(
  before: readonly unknown[],
  after: readonly unknown[],
  unknown: number,
  keys: readonly string[],
) {
  const length = Math.max(after.length, unknown);
  if (before.length <= 1 && length <= 1) {
    return [{ label: "", left: before.length ? 0 : undefined, right: length ? 0 : undefined }];
  }
  const key = keys.find((name) => isKey(name, before) && isKey(name, after) && after.length === length);
  if (key === undefined) {
    const gone = before
      .map((_, index) => index)
      .filter((index) => !after.some((each) => same(each, before[index])));
    const made = Array.from({ length }, (_, index) => index).filter(
      (index) => index >= after.length || !before.some((each) => same(each, after[index])),
    );
    return Array.from({ length: Math.max(gone.length, made.length) }, (_, index) => ({
      label: `[${made[index] ?? gone[index]}]`,
      left: gone[index],
      right: made[index],
    }));
  }
  const nameOf = (element: unknown) => String((element as Readonly<Record<string, unknown>>)[key]);
  const names = [...new Set([...before, ...after].map(nameOf))].sort();
  const place = (list: readonly unknown[], name: string) => {
    const index = list.findIndex((element) => nameOf(element) === name);
    return index < 0 ? undefined : index;
  };
  return names.map((name) => ({ label: `[${name}]`, left: place(before, name), right: place(after, name) }));
}

function isKey(key: string, list: readonly unknown[]): boolean {
  const values = list.map((element) => (isMap(element) ? element[key] : undefined));
  return (
    values.every((each) => typeof each === "string" || typeof each === "number") &&
    new Set(values).size === values.length
  );
}

/** The marks of a list's elements; where they cannot be told apart, all of it counts as marked. */
function marks(of: unknown, list: readonly unknown[]): unknown {
  if (of === true) return true;
  return Array.isArray(of) && of.length !== list.length && hasTrue(of) ? true : of;
}

function isEnvironment(path: string): boolean {
  return /(^|[.\]])environment([._[]|$)|environment_variable/i.test(path);
}

/** Whether a document has environments in it, as definitions of containers do. */
function holdsEnvironment(of: unknown): boolean {
  if (Array.isArray(of)) return of.some(holdsEnvironment);
  return isMap(of) && Object.entries(of).some(([key, each]) => isEnvironment(key) || holdsEnvironment(each));
}

function listOf(of: unknown): readonly unknown[] {
  return Array.isArray(of) ? of : [];
}

function hasTrue(of: unknown): boolean {
  if (Array.isArray(of)) return of.some(hasTrue);
  return isMap(of) ? Object.values(of).some(hasTrue) : of === true;
}

function isEmpty(of: unknown): boolean {
  if (of === null || of === undefined) return true;
  return Array.isArray(of) ? of.length === 0 : isMap(of) && Object.keys(of).length === 0;
}

function same(a: unknown, b: unknown): boolean {
  if (a === b || ((a ?? null) === null && (b ?? null) === null)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, index) => same(each, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}

/** A document that a text holds: policies are written so. */
function parsed(text: unknown): unknown {
  if (typeof text !== "string" || !/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(side: "before" | "after", of: unknown): Partial<Attribute> {
  if (of === null || of === undefined) return {};
  if (typeof of === "number" || typeof of === "boolean") return { [side]: of };
  const text = typeof of === "string" ? of : JSON.stringify(of);
  return { [side]: text };
}

/** The attributes of a resource but for those of which anything is marked as sensitive; undefined where it is not there. */
export function withoutHidden(
  values: unknown,
  marked: unknown,
): Readonly<Record<string, unknown>> | undefined {
  if (!isMap(values)) return undefined;
  if (marked === true) return {};
  const isHidden = (key: string) => isMap(marked) && hasTrue(marked[key]);
  return Object.fromEntries(Object.entries(values).filter(([key]) => !isHidden(key)));
}

/** An attribute with its texts put through a function, and cut to what is kept of them. */
export function retold(attribute: Attribute, say: (text: string) => string): Attribute {
  const text = (of: Attribute["before"]) => (typeof of === "string" ? shortText(say(of)) : of);
  const { after, before, path } = attribute;
  return {
    ...attribute,
    path: shortText(say(path)),
    ...(before !== undefined && { before: text(before) }),
    ...(after !== undefined && { after: text(after) }),
  };
}

function shortText(text: string): string {
  return text.length > keptLength ? `${[...text].slice(0, keptLength - 1).join("")}…` : text;
}
