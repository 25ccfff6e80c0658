import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type AsyncUnzipOptions, type AsyncZippable, unzip, zip } from "fflate";
import { isInside } from "../lambda/code";

/** A file of a zip. */
export interface ZippedFile {
  /** With `/` between folders. */
  readonly name: string;
  /** Of a symbolic link: where it points to. */
  readonly contents: Uint8Array;
  /** Type and permissions, as a file system has them. */
  readonly mode: number;
}

/** The bits of a mode that say what it is, and the value of a symbolic link. */
const typeBits = 0o170000;
const linkType = 0o120000;

/** Where the modes of a Unix system are in a zip's attributes, and its number as a system that has made a zip. */
const modeShift = 16;
const unixSystem = 3;

const zipAsync = promisify<AsyncZippable, Uint8Array>(zip);
const unzipAsync = promisify<Uint8Array, AsyncUnzipOptions, Record<string, Uint8Array>>(unzip);

/** Packs files, in worker threads where they are large, so that the sandbox answers meanwhile. */
export async function packZip(files: readonly ZippedFile[]): Promise<Buffer> {
  const entries: AsyncZippable = {};
  for (const { contents, mode, name } of files) {
    // What is packed already only costs time.
    const level = /\.(zip|gz|png|jpe?g)$/.test(name) ? 0 : 6;
    entries[name] = [contents, { os: unixSystem, attrs: mode << modeShift, level }];
  }
  return Buffer.from(await zipAsync(entries));
}

/**
 * Unpacks a zip into a folder, with the permissions and the symbolic links that are in it.
 *
 * @throws it is no zip, or would write outside of the folder
 */
export async function unpackZip(packed: Buffer, folder: string): Promise<void> {
  const modes = modesIn(packed);
  const files = await unzipAsync(packed, { filter: ({ name }) => !name.endsWith("/") });
  mkdirSync(folder, { recursive: true });
  const links: (readonly [path: string, target: string])[] = [];
  for (const [name, contents] of Object.entries(files)) {
    if (!isInside(name)) throw new Error(`'${name}' lies outside of the zip`);
    const path = join(folder, name);
    const mode = modes.get(name) ?? 0;
    mkdirSync(dirname(path), { recursive: true });
    if ((mode & typeBits) === linkType) links.push([path, Buffer.from(contents).toString()]);
    else {
      writeFileSync(path, contents);
      // Only what a zip of a Unix system says; any other file is one that can be read.
      if ((mode & 0o777) !== 0) chmodSync(path, mode & 0o777);
    }
  }
  // Last, so that no file is written through one.
  for (const [path, target] of links) symlinkSync(target, path);
}

/**
 * The modes in the directory at the end of a zip, which fflate does not tell.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 and 4.3.16
 */
function modesIn(packed: Buffer): ReadonlyMap<string, number> {
  const modes = new Map<string, number>();
  const end = packed.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) return modes;
  let at = packed.readUInt32LE(end + 16);
  for (let left = packed.readUInt16LE(end + 10); left > 0 && at + 46 <= packed.length; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      packed.readUInt16LE(at + offset),
    ) as [number, number, number];
    const name = packed.toString("utf8", at + 46, at + 46 + nameLength);
    if (packed[at + 5] === unixSystem) modes.set(name, packed.readUInt32LE(at + 38) >>> modeShift);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return modes;
}
