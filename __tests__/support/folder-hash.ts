import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

/** What the builds of a pipeline call the hash of a folder, worked out without a shell. For names without line breaks and `\\`. */
export function folderHash(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const names = files.map(({ name, parentPath }) => relative(folder, join(parentPath, name)));
  const inBytes = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return sha256(inBytes.map((name) => `${sha256(readFileSync(join(folder, name)))}  ./${name}\n`).join(""));
}
