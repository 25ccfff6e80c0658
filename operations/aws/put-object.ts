import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { UserError } from "../../fleet/errors";
import { globalRegion } from "../../fleet/geography/regions";
import { awsClientOptions, type Caller, callAws } from "./client";
import { describeError, isRefusal } from "./errors";

/** A place in S3. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Reads the address of an object, as the AWS CLI writes it.
 *
 * @returns undefined for what is no such address, e.g. the name of a file
 * @throws {UserError} it names no bucket, or no key
 * @example objectPlace("s3://pipeline-acme/plans/1.md") // { bucket: "pipeline-acme", key: "plans/1.md" }
 */
export function objectPlace(address: string): ObjectPlace | undefined {
  if (!address.startsWith("s3://")) return undefined;
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*[^/])$/s.exec(address) ?? [];
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  throw new UserError(
    `${address} is no address of an object in S3`,
    "what is written has to have a bucket and a key",
    "write it as s3://<bucket>/<key>",
  );
}

/** Milliseconds for what goes over a slow line. */
const limit = 60_000;

/**
 * Writes a text into S3, with the shell's own credentials, and over nothing: a link to it shows the same for as long as it is
 * there. The bucket is asked for in the shell's region; where it lies in another one, S3 says so.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 *
 * @throws {UserError} it could not be written, or there is something
 */
export async function putText(
  { bucket, key }: ObjectPlace,
  text: string,
  contentType: string,
  caller: Caller,
): Promise<void> {
  const { AWS_DEFAULT_REGION, AWS_REGION } = caller.environment;
  const region = AWS_REGION || AWS_DEFAULT_REGION || globalRegion;
  const client = new S3Client({ ...awsClientOptions(region), followRegionRedirects: true });
  const place = { Bucket: bucket, Key: key };
  const command = new PutObjectCommand({ ...place, Body: text, ContentType: contentType, IfNoneMatch: "*" });
  try {
    await callAws(caller, `writing s3://${bucket}/${key}`, (options) => client.send(command, options), {
      limit,
    });
  } catch (error) {
    // Also where it was written, S3's answer was lost, and the SDK has asked again.
    if (isRefusal(error, "PreconditionFailed")) {
      throw new UserError(
        `s3://${bucket}/${key} is there already`,
        "it may be what somebody has read and approved, so nothing is written over it",
        "name a key at which there is nothing; in a pipeline, retry the stage: each of its builds has one of its own",
      );
    }
    throw new UserError(
      `s3://${bucket}/${key} cannot be written: ${describeError(error)}`,
      "whoever is to read it would find nothing there",
      "use credentials that may write it, or name a file",
    );
  } finally {
    client.destroy();
  }
}
