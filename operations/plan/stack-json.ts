import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { begunOutput } from "../../fleet/names";

/** A stack's Terraform JSON, as far as it is looked at. */
export interface StackJson {
  /** Blocks by type and name. */
  readonly resource: Blocks;
  readonly data: Blocks;
  readonly provider: { readonly aws?: readonly Readonly<Record<string, unknown>>[] };
  readonly output: Readonly<Record<string, { readonly value?: unknown }>>;
}

type Blocks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** What planning a fleet needs to know of a stack before it runs Terraform: little, for a fleet has many. */
export interface StackFacts {
  readonly fingerprint: string;
  /** `<type>.<name>` of every resource block. */
  readonly resources: readonly string[];
  /** Outputs of other stacks that it reads. */
  readonly reads: readonly OutputRead[];
}

/** An output, or a part of one, that a stack reads of another's state. */
export interface OutputRead {
  readonly stack: string;
  readonly output: string;
  /** Keys inside the output. */
  readonly path: readonly string[];
}

/** Folder of a stack in the output folder of a synth: an ordinary root module. */
export function stackFolder(outdir: string, stack: string): string {
  return join(outdir, "stacks", stack);
}

/** The text of a stack's JSON. */
export function readStackText(outdir: string, stack: string): Promise<string> {
  return readFile(join(stackFolder(outdir, stack), "cdk.tf.json"), "utf8");
}

/** Reads a stack's JSON. */
export function parseStack(text: string): StackJson {
  return { resource: {}, data: {}, provider: {}, output: {}, ...JSON.parse(text) };
}

/** What of a stack's JSON has to be known of every stack of the fleet. */
export function stackFacts(text: string): StackFacts {
  const { output, resource } = parseStack(text);
  return {
    fingerprint: String(output[begunOutput]?.value ?? ""),
    resources: Object.entries(resource).flatMap(([type, blocks]) =>
      Object.keys(blocks).map((name) => `${type}.${name}`),
    ),
    reads: readsIn(text),
  };
}

const readExpression =
  /data\.terraform_remote_state\.([\w-]+)\.outputs\.([\w-]+)((?:\.[A-Za-z_][\w-]*|\[\\?"[^"\\]*\\?"\])*)/g;

/** Every output of another stack that a text of Terraform JSON refers to. CDKTF calls its data source like the stack. */
export function readsIn(text: string): readonly OutputRead[] {
  const reads = new Map<string, OutputRead>();
  for (const [whole, stack = "", output = "", rest = ""] of text.matchAll(readExpression)) {
    const path = [...rest.matchAll(/\.([\w-]+)|\[\\?"([^"\\]*)\\?"\]/g)].map(
      ([, name, key]) => name ?? key ?? "",
    );
    reads.set(whole, { stack, output, path });
  }
  return [...reads.values()];
}
