import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { AwsError } from "../http";

/** A deployed zip. */
export interface Code {
  /** Base64 SHA-256 of the zip, which Lambda calls CodeSha256. */
  readonly sha256: string;
  /** The zip's length in bytes. */
  readonly size: number;
  /** Where it is unpacked. */
  readonly folder: string;
  /** The zip's file name within the code store. */
  readonly file: string;
}

/** Keeps the deployed zips in a folder, one copy of each, however many functions use it. */
export interface CodeStore {
  /**
   * Keeps and unpacks a zip.
   *
   * @throws {AwsError} 400 when it is not a zip, is larger than Lambda takes, or would write outside its folder
   */
  readonly add: (zip: Buffer) => Code;
  /** A kept zip by its file name, if there is one. */
  readonly read: (file: string) => Buffer | undefined;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 250 MB unzipped. */
const maxUnzipped = 262_144_000;

function invalid(message: string): AwsError {
  return new AwsError(400, "InvalidParameterValueException", message);
}

/** A name that stays inside the folder it is unpacked to, on any system. */
export function isInside(name: string): boolean {
  return !/^[/\\]|^[A-Za-z]:|\\|\0/.test(name) && !name.split("/").includes("..");
}

function unzip(zip: Buffer): ReadonlyMap<string, Uint8Array> {
  let size = 0;
  try {
    const files = unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        if (!isInside(name)) throw invalid(`Could not unzip uploaded file: '${name}' lies outside of it.`);
        size += originalSize;
        if (size > maxUnzipped) throw invalid(`Unzipped size must be smaller than ${maxUnzipped} bytes`);
        return !name.endsWith("/");
      },
    });
    return new Map(Object.entries(files));
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
  }
}

/** A code store in `root`, which exists and belongs to it alone. */
export function createCodeStore(root: string): CodeStore {
  return {
    add(zip) {
      const hash = createHash("sha256").update(zip).digest();
      const name = hash.toString("hex");
      const folder = join(root, name);
      const code = { sha256: hash.toString("base64"), size: zip.length, folder, file: `${name}.zip` };
      if (existsSync(folder)) return code;
      const files = unzip(zip);
      const scratch = `${folder}.new`;
      mkdirSync(scratch, { recursive: true });
      for (const [file, content] of files) {
        mkdirSync(dirname(join(scratch, file)), { recursive: true });
        writeFileSync(join(scratch, file), content);
      }
      writeFileSync(join(root, code.file), zip);
      renameSync(scratch, folder);
      return code;
    },
    read(file) {
      if (!/^[0-9a-f]{64}\.zip$/.test(file) || !existsSync(join(root, file))) return undefined;
      return readFileSync(join(root, file));
    },
  };
}
