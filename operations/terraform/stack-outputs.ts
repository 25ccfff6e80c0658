import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Account } from "../../fleet/account";
import type { Fleet } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { type S3State, stateKey, stateRole } from "../../fleet/state-location";
import { awsClientOptions, callAws } from "../aws/client";
import { isRefusal } from "../aws/errors";
import type { AwsSession, Role } from "../aws/role-credentials";

/** What a stack's state holds for others, by name. */
export type StackOutputs = Readonly<Record<string, unknown>>;

/**
 * The outputs of a stack as Terraform's state has them; undefined where the stack has no state.
 *
 * @param account the account that the stack is deployed to: in some buckets each has a part of its own
 * @throws what reading the state throws
 */
export async function readOutputs(
  { name, state }: Fleet,
  stack: string,
  account: Account,
  session: AwsSession,
): Promise<StackOutputs | undefined> {
  const text = await (state.backend === "local"
    ? readLocalState(localStateFile(stack, session.environment.CDKTF_OUTPUT))
    : readS3State(state, stack, account, `meridian-${name}`, session));
  if (text === undefined) return undefined;
  const { outputs = {} }: StateFile = JSON.parse(text);
  return Object.fromEntries(Object.entries(outputs).map(([output, { value }]) => [output, value]));
}

/** What of Terraform's state is looked at. */
interface StateFile {
  readonly outputs?: Readonly<Record<string, { readonly value?: unknown }>>;
}

/**
 * Where terraform-state/backend.ts puts local state: beside CDKTF's output folder.
 *
 * @param output that folder, as CDKTF_OUTPUT names it
 */
export function localStateFile(stack: string, output: string | undefined): string {
  return join(resolve(projectRoot, output || "cdktf.out"), "..", "terraform-state", `${stack}.tfstate`);
}

async function readLocalState(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function readS3State(
  state: S3State,
  stack: string,
  account: Account,
  sessionName: Role["sessionName"],
  session: AwsSession,
): Promise<string | undefined> {
  const { bucket, region } = state;
  const role = stateRole(state, account);
  const credentials = role && (() => session.assumeRole({ ...role, sessionName }));
  const client = new S3Client({ ...awsClientOptions(region), credentials });
  try {
    const { Body } = await callAws(session, `reading the state of ${stack} in ${region}`, (limit) =>
      client.send(new GetObjectCommand({ Bucket: bucket, Key: stateKey(state, stack, account) }), limit),
    );
    return await Body?.transformToString();
  } catch (error) {
    if (isRefusal(error, "NoSuchKey")) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}
