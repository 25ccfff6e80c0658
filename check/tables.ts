import type { Path, Problem } from "../fleet/diagnostics";
import { limits } from "../fleet/limits";
import type { FleetFile, TableEntry } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { count, suggest } from "../fleet/wording";
import { problem } from "./rules";

/** Tables that DynamoDB would not make, or not as they are meant. */
export function tables({ declared, file }: CheckInput): readonly Problem[] {
  // A key of which a part was left out, because of its shape, is reported already.
  const isWhole = ({ key, path }: WrittenKey) =>
    (declared.length?.(path) ?? Object.keys(key).length) === Object.keys(key).length;
  return tablesOf(file).flatMap(([name, entry]) => {
    const path = ["tables", name];
    const keys = keysOf(name, entry);
    const whole = keys.filter(isWhole);
    return [
      ...whole.flatMap(wrongCount),
      ...typesOf(name, keys),
      ...ttl(path, entry, keys),
      ...duplicates(whole),
      ...quotas(path, name, entry),
      ...unknownStages(path, entry, declared.stages),
    ];
  });
}

/** The tables of a file, by name, so that their order in the file decides nothing. */
export function tablesOf(file: FleetFile): readonly (readonly [string, TableEntry])[] {
  return byName(file.tables);
}

function byName<T>(section: Readonly<Record<string, T>> = {}): readonly (readonly [string, T])[] {
  return Object.entries(section).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A key of a table, as written: its own first, then those of its indexes. */
interface WrittenKey {
  readonly key: TableEntry["key"];
  readonly path: Path;
  /** Whose it is, as messages put it. */
  readonly owner: string;
}

function keysOf(table: string, { indexes, key }: TableEntry): readonly WrittenKey[] {
  const path = ["tables", table];
  return [
    { key, path: [...path, "key"], owner: `table "${table}"` },
    ...byName(indexes).map(([index, written]) => ({
      key: written.key,
      path: [...path, "indexes", index, "key"],
      owner: `index "${index}"`,
    })),
  ];
}

/** Keys of indexes may have more attributes at AWS by now; Terraform's provider 5.100.0 knows of two. */
function wrongCount({ key, owner, path }: WrittenKey): readonly Problem[] {
  const attributes = Object.keys(key).length;
  if (attributes === 1 || attributes === 2) return [];
  return [
    problem("table-key", path, {
      message: `the key of ${owner} has ${count(attributes, "attribute")}`,
      fix: 'write the partition key and, if there is one, the sort key behind it: "{ customer: string, order: string }"',
      atKey: true,
    }),
  ];
}

function typesOf(table: string, keys: readonly WrittenKey[]): readonly Problem[] {
  const firsts = new Map<string, { readonly type: string; readonly path: Path }>();
  return keys.flatMap(({ key, path: keyPath }) =>
    Object.entries(key).flatMap(([attribute, type]) => {
      const path = [...keyPath, attribute];
      const first = firsts.get(attribute);
      if (!first) firsts.set(attribute, { type, path });
      if (!first || first.type === type) return [];
      return [
        problem("attribute-types", path, {
          message: `attribute "${attribute}" of table "${table}" is a ${type} here and a ${first.type} there`,
          fix: "give it the same type in both keys, or another name in one",
          other: { path: first.path },
        }),
      ];
    }),
  );
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html */
function ttl(path: Path, { ttl }: TableEntry, keys: readonly WrittenKey[]): readonly Problem[] {
  const found = keys.find(({ key }) => ttl !== undefined && Object.hasOwn(key, ttl) && key[ttl] !== "number");
  if (ttl === undefined || !found) return [];
  return [
    problem("ttl-not-a-number", [...path, "ttl"], {
      message: `items expire by attribute "${ttl}", which is a ${found.key[ttl]} in the key of ${found.owner}`,
      fix: "name an attribute that holds seconds since 1970 as a number",
      other: { path: [...found.path, ttl] },
    }),
  ];
}

function duplicates(keys: readonly WrittenKey[]): readonly Problem[] {
  const firsts = new Map<string, WrittenKey>();
  return keys.flatMap((written) => {
    const attributes = JSON.stringify(Object.keys(written.key));
    const first = firsts.get(attributes);
    if (!first) firsts.set(attributes, written);
    if (!first || first.owner === written.owner) return [];
    return [
      problem("duplicate-index", written.path, {
        message: `${written.owner} has the same key as ${first.owner}`,
        fix: `query ${first.owner} instead, and remove the index`,
        other: { path: first.path, atKey: true },
        atKey: true,
      }),
    ];
  });
}

function quotas(path: Path, table: string, { indexes }: TableEntry): readonly Problem[] {
  const lists = byName(indexes).map(([index, { projection }]) => ({
    path: [...path, "indexes", index, "projection"],
    owner: `index "${index}"`,
    length: Array.isArray(projection) ? projection.length : 0,
    limit: limits.projectedByIndex,
  }));
  const all = {
    path: [...path, "indexes"],
    owner: `the indexes of table "${table}" together`,
    length: lists.reduce((sum, { length }) => sum + length, 0),
    limit: limits.projectedAttributes,
  };
  const projected = [...lists, all].filter(({ length, limit }) => length > limit);
  return [
    ...(lists.length > limits.tableIndexes
      ? [
          problem("many-indexes", [...path, "indexes"], {
            message: `table "${table}" has ${lists.length} indexes, but AWS's default quota is ${limits.tableIndexes}`,
            fix: "use one index for several kinds of items, or ask AWS for more in every account and region first",
            atKey: true,
          }),
        ]
      : []),
    ...projected.map(({ length, limit, owner, path }) =>
      problem("too-many-projected", path, {
        message: `${length} attributes are listed by ${owner}, but the limit is ${limit}`,
        fix: 'list fewer, or write "projection: all"',
        atKey: true,
      }),
    ),
  ];
}

function unknownStages(
  path: Path,
  { recovery }: TableEntry,
  stages: readonly string[] | undefined,
): readonly Problem[] {
  if (!stages || typeof recovery !== "object") return [];
  return Object.keys(recovery)
    .filter((stage) => !stages.includes(stage))
    .map((stage) =>
      problem("unknown-stage", [...path, "recovery", stage], {
        message: `no cell has the stage "${stage}"`,
        fix: stages.length > 0 ? suggest(stage, stages) : "remove it",
        atKey: true,
      }),
    );
}
