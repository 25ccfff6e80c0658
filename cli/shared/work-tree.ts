import { execFile } from "node:child_process";
import { lstatSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { type Zippable, zipSync } from "fflate";
import { UserError } from "../../fleet/errors";
import { globalRegion } from "../../fleet/geography/regions";
import { awsClientOptions } from "../../operations/aws/client";
import type { PipelineCaller } from "../../operations/aws/code-pipeline";
import { isRefusal } from "../../operations/aws/errors";
import { say } from "./fleet-work";
import { packageLockFile, requireOwnPackages } from "./package-lock";

/** A work tree in an archive. */
export interface PackedTree {
  readonly zip: Uint8Array;
  readonly files: number;
}

/** The earliest time a zip can hold: its only use is to be the same everywhere. */
const zipTime = new Date(1980, 0, 1);

/** Bytes of a list of files: longer than that of any project which fits into a build. */
const longestList = 64 * 1024 * 1024;

/**
 * Packs what somebody would commit: what git tracks as it lies in the folder, and what is new and not ignored. The same files
 * give the same bytes.
 *
 * @throws {UserError} the folder is not in a git repository, or its package-lock.json names a package that is not packed
 */
export async function packWorkTree(folder: string): Promise<PackedTree> {
  const entries: Zippable = {};
  for (const name of [...(await filesOf(folder))].sort()) {
    const path = join(folder, name);
    // What was deleted is still tracked, and a submodule is a folder.
    if (!lstatSync(path, { throwIfNoEntry: false })) continue;
    const about = statSync(path, { throwIfNoEntry: false });
    if (!about?.isFile()) continue;
    const mode = (about.mode & 0o111) === 0 ? 0o100644 : 0o100755;
    // Unix permissions stand in the upper half of the attributes of an entry.
    entries[name] = [readFileSync(path), { attrs: (mode << 16) >>> 0, os: 3 }];
  }
  const names = Object.keys(entries);
  if (entries[packageLockFile])
    requireOwnPackages(readFileSync(join(folder, packageLockFile), "utf8"), names);
  return { zip: zipSync(entries, { level: 6, mtime: zipTime }), files: names.length };
}

async function filesOf(folder: string): Promise<ReadonlySet<string>> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  try {
    const { stdout } = await promisify(execFile)("git", args, { cwd: folder, maxBuffer: longestList });
    return new Set(stdout.split("\0").filter((name) => name !== ""));
  } catch (error) {
    const why = (error as { readonly stderr?: string }).stderr?.trim().split("\n")[0] ?? String(error);
    throw new UserError(
      `git does not list the files of ${folder}: ${why}`,
      "the pipeline is given what git tracks, and what is new and not ignored",
      "install git, and run `git init` in the project's folder",
    );
  }
}

/**
 * Puts a work tree into the bucket of a pipeline in the sandbox, which is made where it is not there.
 *
 * @returns the version of the object
 * @throws what {@link packWorkTree} throws
 */
export async function putWorkTree(
  folder: string,
  caller: PipelineCaller,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): Promise<string> {
  const { files, zip } = await packWorkTree(folder);
  const { credentials, endpoint, region } = caller;
  const client = new S3Client({ ...awsClientOptions(region), endpoint, credentials, forcePathStyle: true });
  try {
    await makeBucket(client, bucket, region);
    const { VersionId } = await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: zip }));
    if (VersionId === undefined) throw new Error(`the bucket ${bucket} keeps no versions`);
    say(`Packed ${files} files (${Math.ceil(zip.length / 1024)} KB) into s3://${bucket}/${key}.`);
    return VersionId;
  } finally {
    client.destroy();
  }
}

async function makeBucket(client: S3Client, bucket: string, region: string): Promise<void> {
  // In S3's own region no constraint may be given.
  const constraint = { LocationConstraint: region as BucketLocationConstraint };
  const place = region === globalRegion ? {} : { CreateBucketConfiguration: constraint };
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket, ...place }));
  } catch (error) {
    if (!isRefusal(error, "BucketAlreadyOwnedByYou", "BucketAlreadyExists")) throw error;
  }
  const versioning = { Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } } as const;
  await client.send(new PutBucketVersioningCommand(versioning));
}
