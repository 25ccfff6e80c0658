import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Cell, Fleet, State } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { awsClientOptions, callAws } from "./aws-client";
import { isRefusal } from "./aws-errors";
import type { AssumeRole } from "./role-credentials";

/** The front stack's output that holds the ARN of its key-value store. */
const storeOutput = "key_value_store";

/**
 * The ARN of a cell's key-value store as Terraform's state has it, which can be read while CloudFront's control plane
 * is down. Undefined where the front was not deployed, or not since it has a store.
 *
 * @throws what reading the state throws
 */
export async function storeArnInState(
  { name, state }: Fleet,
  { front }: Cell,
  assumeRole: AssumeRole,
): Promise<string | undefined> {
  const text = await (state.backend === "local"
    ? readLocalState(front.stack)
    : readS3State(state, front.stack, `meridian-${name}`, assumeRole));
  const { outputs }: StateFile = JSON.parse(text ?? "{}");
  const arn = outputs?.[storeOutput]?.value;
  return typeof arn === "string" ? arn : undefined;
}

/** What of Terraform's state is looked at. */
interface StateFile {
  readonly outputs?: Readonly<Record<string, { readonly value?: unknown }>>;
}

/** Where terraform-state/backend.ts puts local state: beside CDKTF's output folder. */
export function localStateFile(stack: string, output = process.env.CDKTF_OUTPUT): string {
  return join(resolve(projectRoot, output || "cdktf.out"), "..", "terraform-state", `${stack}.tfstate`);
}

async function readLocalState(stack: string): Promise<string | undefined> {
  try {
    return await readFile(localStateFile(stack), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Where terraform-state/backend.ts puts a stack's state in its bucket. */
export function s3StateKey({ prefix }: { readonly prefix: string }, stack: string): string {
  return `${prefix}/${stack}.tfstate`;
}

async function readS3State(
  state: Extract<State, { backend: "s3" }>,
  stack: string,
  sessionName: string,
  assumeRole: AssumeRole,
): Promise<string | undefined> {
  const { bucket, region, role } = state;
  const credentials = role === undefined ? undefined : () => assumeRole({ arn: role, sessionName });
  const client = new S3Client({ ...awsClientOptions(region), credentials });
  try {
    const { Body } = await callAws(`reading the state of ${stack} in ${region}`, (limit) =>
      client.send(new GetObjectCommand({ Bucket: bucket, Key: s3StateKey(state, stack) }), limit),
    );
    return await Body?.transformToString();
  } catch (error) {
    if (isRefusal(error, "NoSuchKey")) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}
