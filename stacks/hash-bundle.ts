import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, zipped } from "../bundles/zip";
import { packageRoot } from "../fleet/project";

let made: Bundle | undefined;

/** The function that hashes bodies, as it stands in `edge/`: the same for every front. */
export function hashBundle(): Bundle {
  // A checkout may have line ends of its own.
  const source = () =>
    readFileSync(join(packageRoot, "edge", "hash-bodies.js"), "utf8").replaceAll("\r\n", "\n");
  made ??= zipped("hash-bodies", [{ name: "index.js", contents: Buffer.from(source()) }]);
  return made;
}
