import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { UserError } from "../fleet/errors";
import type { Fleet } from "../fleet/model";
import { tableVariable } from "../fleet/tables";
import { count, listed } from "../fleet/wording";
import { extendedEnvironment } from "../stacks/extended-environment";
import type { ServiceVariable } from "../stacks/extensions/variables";
import { loadApp } from "./shared/app";
import { requireFleet } from "./shared/fleet";

interface TypesOptions {
  /** Only says whether the file is as it would be written. @default false */
  readonly check?: boolean;
  /** Where the file is. @default `environment.d.ts` in `functions/` beside the fleet file, or right beside it */
  readonly out?: string;
}

/**
 * `meridian types`: declares the variables that handlers find because of tables and extensions, so that `process.env` has
 * them with their meaning. Exit code 1 where `--check` finds another text.
 *
 * @throws {UserError} the fleet has errors, or the file was written by somebody else
 */
export async function types(file: string, options: TypesOptions): Promise<void> {
  const checked = await requireFleet(file);
  const { extensions } = await loadApp();
  const out = options.out ?? defaultPlace(file);
  const shown = relative(process.cwd(), out) || out;
  const declared = declarations(checked.fleet, extendedEnvironment(checked, extensions));
  const written = environmentTypes(declared);
  const before = existsSync(out) ? readFileSync(out, "utf8").replaceAll("\r\n", "\n") : undefined;
  if (before === written || (before === undefined && declared.length === 0)) {
    process.stdout.write(`${shown}: up to date, ${count(declared.length, "variable")}\n`);
    return;
  }
  if (before !== undefined && !before.startsWith(firstLine)) throw notOurs(shown);
  if (options.check) {
    process.stdout.write(`${shown}: not up to date; run \`npx meridian types\`\n`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, written);
  process.stdout.write(`${shown}: written, ${count(declared.length, "variable")}\n`);
}

function defaultPlace(file: string): string {
  const functions = join(dirname(file), "functions");
  return join(existsSync(functions) ? functions : dirname(file), "environment.d.ts");
}

function notOurs(file: string): UserError {
  return new UserError(
    `${file} was not written by \`meridian types\``,
    "what you have written there would be lost",
    "move it, or name another file with --out",
  );
}

/** A variable that handlers find. */
export interface Declaration {
  readonly name: string;
  /** What sets it, in words. */
  readonly by: string;
  /** The services that have it, sorted. */
  readonly services: readonly string[];
  /** Whether every function of the fleet has it. */
  readonly always: boolean;
}

/**
 * The variables of a fleet's functions that come from tables and extensions, by name.
 *
 * @param extended those that extensions set, in each target
 */
export function declarations(fleet: Fleet, extended: readonly ServiceVariable[]): readonly Declaration[] {
  const functions = fleet.cells.flatMap(({ services, targets }) => targets.flatMap(() => services));
  const ofTables = functions.flatMap(({ name: service, tables }) =>
    tables.map(({ table }) => ({
      name: tableVariable(table),
      service,
      by: `the table ${listed([table])}, as AWS calls it`,
    })),
  );
  const ofExtensions = extended.map(({ extension, name, service }) => ({
    name,
    service,
    by: `set by the extension ${listed([extension])}`,
  }));
  const all = [...ofTables, ...ofExtensions];
  return [...new Set(all.map(({ name }) => name))].sort().map((name) => {
    const found = all.filter((each) => each.name === name);
    return {
      name,
      by: [...new Set(found.map(({ by }) => by))].sort().join("; "),
      services: [...new Set(found.map(({ service }) => service))].sort(),
      always: found.length === functions.length,
    };
  });
}

const firstLine = "// Written by `npx meridian types`. Do not edit.\n";

/** The text of the file. */
export function environmentTypes(declared: readonly Declaration[]): string {
  const members = declared.map(
    ({ always, by, name, services }) =>
      `    /** In ${services.join(", ")}: ${by}. */\n    ${name}${always ? "" : "?"}: string;\n`,
  );
  return `${firstLine}declare namespace NodeJS {\n  interface ProcessEnv {\n${members.join("")}  }\n}\n`;
}
