import type { Cell } from "../../fleet/model";
import type { Address } from "../shared/addresses";

/** A word of a command line, in quotes where a shell would take it for more. */
export function quoteForShell(word: string): string {
  return /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line that asks an address of the sandbox, ready to paste. */
export function curlLine({ account, host, kind, path, region }: Address, port: number): string {
  return kind === "front"
    ? `curl ${quoteForShell(`http://${host}${path}`)}`
    : `curl --aws-sigv4 aws:amz:${region}:lambda --user ${account}:test -H 'Host: ${host}' ${quoteForShell(`http://127.0.0.1:${port}${path}`)}`;
}

/** The command line that drains a region in these cells. */
export function drainLine(file: string, region: string, cells: readonly Cell[], reason: string): string {
  const words = ["npx", "meridian", ...(file === "fleet.yaml" ? [] : ["--fleet", file]), "drain", region];
  const options = cells.flatMap(({ name }) => ["--cell", name]);
  return [...words, ...options, ...(reason ? ["--reason", reason] : [])].map(quoteForShell).join(" ");
}
