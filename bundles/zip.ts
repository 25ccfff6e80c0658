import { createHash } from "node:crypto";
import { type Zippable, zipSync } from "fflate";
import { sortBy } from "../fleet/values";

/** What a stack says of a bundle. */
export interface BundleRef {
  /** Content-addressed file name, e.g. `hello.3f2a91c04b7d.zip`. */
  readonly file: string;
  /** Base64 SHA-256 of the zip, as Lambda and Terraform's `source_code_hash` want it. */
  readonly sha256: string;
}

/** Code ready to deploy. The same files give the same bytes on any machine. */
export interface Bundle extends BundleRef {
  readonly zip: Uint8Array;
  /** Bytes of the files in it. */
  readonly unzippedSize: number;
}

/** A file of a bundle. */
export interface BundleFile {
  readonly name: string;
  readonly contents: Uint8Array;
}

/** The earliest time a zip can hold: its only use is to be the same everywhere. */
const zipTime = new Date(1980, 0, 1);

/**
 * Zips files. Compression is in JavaScript because Node's own zlib gives other bytes on another processor.
 *
 * @param name that the file's name begins with
 */
export function zipped(name: string, files: readonly BundleFile[]): Bundle {
  const entries: Zippable = {};
  for (const file of sortBy(files, (each) => each.name)) entries[file.name] = file.contents;
  const zip = zipSync(entries, { level: 9, mtime: zipTime, os: 3, attrs: 0o644 << 16 });
  const digest = createHash("sha256").update(zip).digest();
  return {
    file: `${name}.${digest.toString("hex").slice(0, 12)}.zip`,
    zip,
    sha256: digest.toString("base64"),
    unzippedSize: files.reduce((size, file) => size + file.contents.length, 0),
  };
}
