import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Import } from "./find-made";

/** Where the imports of a stack go, in its folder. Terraform reads every file of a folder whose name ends so. */
const fileName = "made-before.tf.json";

/**
 * A file of Terraform that takes things over: https://developer.hashicorp.com/terraform/language/import. Each import works
 * with the provider of its own resource.
 */
export function importFile(imports: readonly Import[]): string {
  const blocks = imports.map(({ address, id }) => ({ to: address, id: literalOf(id) }));
  return `${JSON.stringify({ import: blocks }, null, 2)}\n`;
}

/** Terraform reads `${` and `%{` in a text of JSON as templates. */
function literalOf(text: string): string {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}

/**
 * Plans a stack with imports. The plan holds them, so its apply needs the file no more, and it goes when the plan is made: a
 * block for what is gone one day would fail every plan. One that a killed process has left behind goes, too.
 *
 * @param folder the stack's
 * @param plan runs `terraform plan -out` there
 */
export async function whileImporting<T>(
  folder: string,
  imports: readonly Import[],
  plan: () => Promise<T>,
): Promise<T> {
  const file = join(folder, fileName);
  rmSync(file, { force: true });
  if (imports.length === 0) return plan();
  try {
    writeFileSync(file, importFile(imports));
    return await plan();
  } finally {
    rmSync(file, { force: true });
  }
}
