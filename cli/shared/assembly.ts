import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { UserError } from "../../fleet/errors";
import type { ExtensionFacts } from "../../fleet/model";
import { assemblyFile, assemblyRoot } from "../../fleet/project";
import { stackFolder } from "../../operations/plan/stack-json";
import { sha256 } from "../../operations/store/local-objects";
import { meridianVersion } from "./version";

/** Files and folders of an assembly, beside `assembly.json`. */
export const assemblyParts = {
  fleet: "fleet.yaml",
  output: "cdktf.out",
  program: "meridian.js",
  /** Only where the project has one. Its name has no dot in front: files that have one get lost where folders are copied. */
  providerLock: "terraform.lock.hcl",
} as const;

/** What an assembly says of itself. */
export interface Assembly {
  /** Of this form. */
  readonly version: 1;
  /** The version of Meridian that made it: only the same one works on it. */
  readonly meridian: string;
  /** The commit that its sources were at, as {@link sourceRevision} says it. */
  readonly revision?: string;
  /** The SHA-256 of its provider lock file, in hexadecimal; none where the project has no such file. */
  readonly providerLock?: string;
  /** What its project's main.ts says. */
  readonly extensions: readonly ExtensionFacts[];
}

const schema = z.object({
  version: z.literal(1),
  meridian: z.string(),
  revision: z.string().optional(),
  providerLock: z.string().optional(),
  extensions: z.array(z.custom<ExtensionFacts>((value) => typeof value === "object" && value !== null)),
});

/** The text of `assembly.json`. */
export function assemblyText(assembly: Omit<Assembly, "version" | "meridian">): string {
  const { extensions, providerLock, revision } = assembly;
  const all: Assembly = { version: 1, meridian: meridianVersion, revision, providerLock, extensions };
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** Of a provider lock file, as `assembly.json` has it. */
export function lockHash(file: string): string {
  return sha256(readFileSync(file));
}

/**
 * The path of an assembly's provider lock file; undefined where its project has none.
 *
 * @throws {UserError} it is not the one that the assembly was made with: without it, any provider would run
 */
export function assemblyLock(folder: string): string | undefined {
  const { providerLock } = readAssembly(folder);
  const file = join(folder, assemblyParts.providerLock);
  const found = existsSync(file) ? lockHash(file) : undefined;
  if (found === providerLock) return found === undefined ? undefined : file;
  const is = found === undefined ? "is missing" : "is not the one that it was made with";
  throw new UserError(
    `${assemblyParts.providerLock} of the assembly ${folder} ${is}`,
    "it says which providers may run with the rights of the deploy roles, and any other would run",
    "take the assembly as it was made, with all of its files, or assemble again",
  );
}

/**
 * Reads what an assembly says of itself.
 *
 * @throws {UserError} it is none, or was made by another version of Meridian
 */
export function readAssembly(folder: string): Assembly {
  const file = join(folder, assemblyFile);
  const { data, success } = schema.safeParse(jsonIn(file));
  if (!success) {
    throw new UserError(
      `${file} is not what \`meridian assemble\` writes`,
      "it says which extensions belong to the fleet, and nothing is known of them",
      "assemble again: npx meridian assemble --out <another folder>",
    );
  }
  if (data.meridian !== meridianVersion) {
    throw new UserError(
      `the assembly ${folder} was made by Meridian ${data.meridian}, and this is ${meridianVersion}`,
      "another version may read the fleet file otherwise, and deploy what nobody has reviewed",
      `run the one that is in it: node ${join(folder, assemblyParts.program)}`,
    );
  }
  return data;
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * The fleet file of an assembly.
 *
 * @param named what the caller names, if anything
 * @throws {UserError} that is another one
 */
export function assemblyFleet(folder: string, named: string | undefined): string {
  const own = join(folder, assemblyParts.fleet);
  if (!named || resolve(named) === own) return own;
  throw new UserError(
    `${named} is not the fleet file of the assembly ${folder}`,
    "its stacks are synthesized already, from its own fleet file",
    "leave out --fleet and MERIDIAN_FLEET; for another fleet file, make another assembly",
  );
}

/** What works on the sources of a project, and needs packages for that. */
export const commandsOnSources: readonly string[] = [
  ...["accounts", "assemble", "check", "doctor", "drill", "lock", "preflight", "residency", "role"],
  ...["sandbox", "start", "targets", "types"],
];

/**
 * @param command name of a command of the command line
 * @param root folder of the assembly that is worked on. @default that of this process
 * @throws {UserError} it works on sources, and there are none
 */
export function requireSources(command: string, root = assemblyRoot): void {
  if (root === undefined || !commandsOnSources.includes(command)) return;
  throw new UserError(
    `\`${command}\` works on the sources of a fleet, and ${root} is an assembly`,
    "it holds what the sources came to: the Terraform JSON and the bundles, and no packages to make them with",
    `run \`npx meridian ${command}\` in the project that it was made from`,
  );
}

/** @throws {UserError} the Terraform JSON of one of these stacks is not in the assembly */
export function requireStacks(folder: string, stacks: readonly { readonly name: string }[]): void {
  const outdir = join(folder, assemblyParts.output);
  const missing = stacks.filter(({ name }) => !existsSync(join(stackFolder(outdir, name), "cdk.tf.json")));
  if (missing.length === 0) return;
  throw new UserError(
    `the assembly ${folder} has no JSON of ${missing.map(({ name }) => name).join(", ")}`,
    "its fleet file has these stacks, and nothing is synthesized here",
    "take the assembly as it was made, with all of its files, or assemble again",
  );
}
