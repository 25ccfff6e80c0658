import { type ActionContext, type ActionResult, failed, type RunningAction } from "./action";
import type { Surroundings } from "./surroundings";

/**
 * Takes an archive out of a bucket, in its newest version or in the one that the execution was started for:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
 */
export function startS3Source(context: ActionContext, surroundings: Surroundings): RunningAction {
  const result = fetchSource(context, surroundings).catch((error: Error) =>
    failed("ConfigurationError", error.message),
  );
  return { result, abandon: () => {} };
}

async function fetchSource(
  { configuration, kmsKey, outputs, place, revision, roleArn }: ActionContext,
  surroundings: Surroundings,
): Promise<ActionResult> {
  const from = { bucket: configuration.S3Bucket ?? "", key: configuration.S3ObjectKey ?? "" };
  const where = `s3://${from.bucket}/${from.key}`;
  const aws = await surroundings.as(roleArn, place);
  const found = await aws.version(from, revision);
  if (!found) {
    const version = revision === undefined ? "" : ` in version ${revision}`;
    return failed("ConfigurationError", `There is no source at ${where}${version}`);
  }
  const { eTag, versionId } = found;
  if (versionId === undefined) {
    return failed("ConfigurationError", `Versioning is not enabled for the source bucket ${from.bucket}`);
  }
  const [to] = outputs;
  if (to) await aws.copy({ ...from, versionId }, { bucket: to.bucket, key: to.key, kmsKey });
  const summary = `Amazon S3 version id: ${versionId}`;
  return {
    status: "Succeeded",
    summary,
    revision: { id: versionId, summary },
    variables: { BucketName: from.bucket, ETag: eTag, ObjectKey: from.key, VersionId: versionId },
  };
}
