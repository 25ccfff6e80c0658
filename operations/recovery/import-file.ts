import type { Import } from "./find-made";

/** Where the imports of a stack go, in its folder. Terraform reads every file of a folder whose name ends so. */
export const importFileName = "made-before.tf.json";

/**
 * A file of Terraform that takes things over: https://developer.hashicorp.com/terraform/language/import. With it in the
 * stack's folder, the plan shows what it takes over. Each import works with the provider of its own resource. A block for what
 * the state has already does nothing, so the file may stay until the stack is synthesized anew.
 *
 * @returns the file's text; undefined where there is nothing to take over
 */
export function importFile(imports: readonly Import[]): string | undefined {
  if (imports.length === 0) return undefined;
  const blocks = imports.map(({ address, id }) => ({ to: address, id: literalOf(id) }));
  return `${JSON.stringify({ import: blocks }, null, 2)}\n`;
}

/** Terraform reads `${` and `%{` in a text of JSON as templates. */
function literalOf(text: string): string {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}
