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
 * A lock file with only those of its providers that a stack asks for. Terraform takes the others out with each `init`, and
 * with `-lockfile=readonly` it refuses instead. Where all are asked for, it is the same, byte for byte.
 *
 * @param required of the stack; see {@link requiredProviders}
 */
export function lockOf(text: string, required: readonly RequiredProvider[]): string {
  const sources = new Set(required.map(({ source }) => source));
  return text.replace(new RegExp(`(?:\\r?\\n)?${blocks.source}`, "gm"), (block: string, source: string) =>
    sources.has(source) ? block : "",
  );
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
