import { isMap } from "./values";

/** Terraform's name for the file; a project may have one beside its cdktf.json. */
export const lockFile = ".terraform.lock.hcl";

/** The version that `@cdktf/provider-aws` was generated from, and so the only one that the JSON asks for. */
export const providerVersion = "5.100.0";

/** A provider as a lock file has it. */
export interface LockedProvider {
  /** The whole address, e.g. `registry.terraform.io/hashicorp/aws`. */
  readonly source: string;
  readonly version: string;
  /** Of packages, each with its scheme in front: `h1:` is one of the files in it, `zh:` of the archive that is downloaded. */
  readonly checksums: readonly string[];
  /** Lines of its block, and of its version, counted from 1. */
  readonly lines: { readonly block: number; readonly version: number };
}

/**
 * Whether an installed provider can be held to it. Each plan asks for a checksum of its files, and with `-lockfile=readonly` an
 * `init` that finds another one does not add it (tried with Terraform 1.11.4).
 */
export function holdsFiles({ checksums }: LockedProvider): boolean {
  return checksums.some((checksum) => checksum.startsWith("h1:"));
}

/** A provider that a stack asks for. */
export interface RequiredProvider {
  /** The whole address. */
  readonly source: string;
  /** What versions will do, as Terraform writes it; none where any will. */
  readonly version?: string;
}

/** A block of the file, as Terraform lays it out: https://developer.hashicorp.com/terraform/language/files/dependency-lock */
const blocks = /^provider "([^"]+)" \{\r?\n([\s\S]*?)^\}\r?\n?/gm;

/** The providers of a lock file. What is none, or is not written as Terraform writes it, is passed over. */
export function lockedProviders(text: string): readonly LockedProvider[] {
  return [...text.matchAll(blocks)].map(({ 0: block, 1: source = "", 2: body = "", index }) => {
    const version = /^ *version *= *"([^"]*)"/m.exec(block);
    return {
      source,
      version: version?.[1] ?? "",
      checksums: [...body.matchAll(/"((?:h1|zh):[^"]+)"/g)].map(([, checksum]) => checksum as string),
      lines: { block: lineAt(text, index), version: lineAt(text, index + (version?.index ?? 0)) },
    };
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/**
 * The lock file of a stack: of the project's, only the providers that it asks for. Terraform takes the others out with each
 * `init`, and with `-lockfile=readonly` it refuses instead. Where all are asked for, it is the same, byte for byte.
 *
 * What the project's file does not have in the version that is asked for comes from another file, provider by provider: that
 * file can say nothing of a provider which the project's has.
 *
 * @param text of the project's
 * @param required of the stack; see {@link requiredProviders}
 * @param other text of the file that a release was deployed with. @default there is none
 */
export function lockOf(text: string, required: readonly RequiredProvider[], other = ""): string {
  const [project, released] = [text, other].map(lockedProviders) as [Locked, Locked];
  const fromOther = required.filter((one) => !hasIt(project, one) && hasIt(released, one));
  return (
    onlyOf(text, (source) => required.some((one) => one.source === source && !fromOther.includes(one))) +
    fromOther.map(({ source }) => `\n${blockOf(other, source)}`).join("")
  );
}

type Locked = readonly LockedProvider[];

/** Whether a lock file has what is asked for. What is no single version is for Terraform to judge. */
function hasIt(locked: Locked, { source, version = "" }: RequiredProvider): boolean {
  const found = locked.find((one) => one.source === source);
  return found !== undefined && (found.version === version || !/^\d[\w.-]*$/.test(version));
}

function onlyOf(text: string, isWanted: (source: string) => boolean): string {
  return text.replace(new RegExp(`(?:\\r?\\n)?${blocks.source}`, "gm"), (block: string, source: string) =>
    isWanted(source) ? block : "",
  );
}

/** The first there is: Terraform refuses a file that has two of one provider. */
function blockOf(text: string, source: string): string {
  return [...text.matchAll(blocks)].find(([, found]) => found === source)?.[0] ?? "";
}

/** The providers that a stack asks for, sorted by their addresses. What is a part of Terraform itself is none of them. */
export function requiredProviders(stackText: string): readonly RequiredProvider[] {
  const { terraform } = JSON.parse(stackText);
  const all = isMap(terraform) && isMap(terraform.required_providers) ? terraform.required_providers : {};
  return Object.entries(all)
    .map(([name, asked]): RequiredProvider => {
      if (!isMap(asked)) return { source: wholeSource(name) };
      const { source = name, version } = asked;
      return { source: wholeSource(String(source)), ...(typeof version === "string" && { version }) };
    })
    .filter(({ source }) => !source.startsWith("terraform.io/builtin/"))
    .sort((a, b) => (a.source < b.source ? -1 : 1));
}

/**
 * The whole address of a provider, of which host and namespace may be left out.
 * https://developer.hashicorp.com/terraform/language/providers/requirements#source-addresses
 */
function wholeSource(source: string): string {
  const parts = source.toLowerCase().split("/");
  return [...["registry.terraform.io", "hashicorp"].slice(0, 3 - parts.length), ...parts].join("/");
}

/** The address of a provider as people write it. */
export function shortSource(source: string): string {
  return source.replace(/^registry\.terraform\.io\//, "");
}

/** Of the provider that all stacks use. */
export const awsSource = wholeSource("aws");
