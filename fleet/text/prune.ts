import type { Path } from "../diagnostics";
import { isMap } from "../values";
import { valueAt } from "./walk";

/** A part of the data to leave out, or the way to such parts. */
type Cut = "all" | Map<string | number, Cut>;

/** A key that stands for another one, which was most likely meant. */
interface Rename {
  /** The map that it is in. */
  readonly at: Path;
  readonly from: string;
  readonly to: string;
}

/**
 * A copy of plain data in which wrong parts are missing, and which still knows where in the original each part was.
 * Only the way to what is left out is copied, so data that contains itself does no harm.
 */
export class Pruned {
  private current: unknown;
  private readonly cuts: Map<string | number, Cut> = new Map();
  private readonly renames: Rename[] = [];
  private base: unknown;

  constructor(data: unknown) {
    this.base = data;
    this.current = data;
  }

  /** The data as it is now. */
  get data(): unknown {
    return this.current;
  }

  /** Reads a key as another one. Only before anything is left out. */
  rename(at: Path, from: string, to: string): void {
    this.base = renameKey(this.base, at, from, to);
    this.current = this.base;
    this.renames.push({ at, from, to });
  }

  /** Leaves out what is at each path, and what then is empty. Paths are those of the data as it is now. */
  drop(paths: readonly Path[]): void {
    for (const path of paths.map((now) => this.uncut(now))) addCut(this.cuts, path);
    this.current = copyWithout(this.base, this.cuts);
  }

  /** The path, in the original, of what now is at `path`. */
  original(path: Path): Path {
    const uncut = this.uncut(path);
    const result = [...uncut];
    for (const { at, from, to } of this.renames) {
      if (uncut[at.length] === to && at.every((part, index) => uncut[index] === part))
        result[at.length] = from;
    }
    return result;
  }

  private uncut(path: Path): Path {
    let cut: Cut | undefined = this.cuts;
    return path.map((part) => {
      const children: Cut | undefined = cut;
      if (!(children instanceof Map)) return part;
      const before = typeof part === "number" ? indexBefore(children, part) : part;
      cut = children.get(before);
      return before;
    });
  }
}

/** The position that a list's item had before others were cut out. */
function indexBefore(cuts: ReadonlyMap<string | number, Cut>, index: number): number {
  let before = index;
  const gone = [...cuts].filter(([, cut]) => cut === "all").map(([key]) => Number(key));
  for (const position of gone.sort((a, b) => a - b)) if (position <= before) before += 1;
  return before;
}

function addCut(root: Map<string | number, Cut>, path: Path): void {
  let cuts = root;
  for (const [index, part] of path.entries()) {
    const existing = cuts.get(part);
    if (existing === "all") return;
    if (index === path.length - 1) cuts.set(part, "all");
    else {
      const next = existing ?? new Map<string | number, Cut>();
      cuts.set(part, next);
      cuts = next;
    }
  }
}

function copyWithout(value: unknown, cuts: Map<string | number, Cut>): unknown {
  const keep = (key: string | number, child: unknown): readonly [string | number, unknown] | undefined => {
    const cut = cuts.get(key);
    if (cut === undefined) return [key, child];
    if (cut === "all") return undefined;
    const copy = copyWithout(child, cut);
    if (!isEmpty(copy)) return [key, copy];
    cuts.set(key, "all");
    return undefined;
  };
  const kept = <T>(items: readonly (T | undefined)[]) => items.filter((item) => item !== undefined);
  if (Array.isArray(value))
    return kept(value.map((child, index) => keep(index, child))).map(([, child]) => child);
  if (!isMap(value)) return value;
  return Object.fromEntries(kept(Object.entries(value).map(([key, child]) => keep(key, child))));
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function renameKey(data: unknown, at: Path, from: string, to: string): unknown {
  const [part, ...rest] = at;
  if (part === undefined) {
    const map = valueAt(data, []) as Readonly<Record<string, unknown>>;
    return Object.fromEntries(Object.entries(map).map(([key, value]) => [key === from ? to : key, value]));
  }
  const child = renameKey(valueAt(data, [part]), rest, from, to);
  if (Array.isArray(data)) return data.map((item, index) => (index === part ? child : item));
  return { ...(data as object), [part]: child };
}
