import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCallLog } from "./calls/calls";
import { createCloudFront } from "./cloudfront/cloudfront";
import { type CodeBuildOptions, createCodeBuild } from "./codebuild/codebuild";
import { createCodePipeline } from "./codepipeline/codepipeline";
import { createNetworks } from "./ec2/networks";
import { createGateway, type Gateway } from "./gateway/gateway";
import { assumeRole, createIdentities } from "./gateway/identities";
import { startServer } from "./gateway/server";
import { trustPolicyOf } from "./gateway/trust-policies";
import { withRoleLimit } from "./iam/role-limit";
import { createLambda } from "./lambda/lambda";
import { createLogs } from "./lambda/logs";
import { createLimits } from "./limits";
import { findMoto } from "./moto/moto";
import { startMoto } from "./moto/process";
import { createMotoProxy } from "./moto/proxy";
import { createOutages } from "./outages";
import { withBucketSettings } from "./s3/bucket-settings";
import { withBucketsAhead } from "./s3/buckets-ahead";
import { createScheduler } from "./scheduler/scheduler";
import { withQueueAttributes } from "./sqs/queue-attributes";
import { createQueues } from "./sqs/queues";

/** How to start a sandbox. */
export interface SandboxOptions {
  /** @default 4566, or the next free one */
  readonly port?: number;
  /** Where to look for moto, by its PATH. Little else of it reaches moto, and nothing the functions. */
  readonly environment: NodeJS.ProcessEnv;
  /** Told what a user of the sandbox may want to know. */
  readonly onLog?: (line: string) => void;
  /** Path of the compiled sandbox/lambda/function-process.ts. */
  readonly functionProcess: string;
  /**
   * Folders in which handlers find what the runtime brings on AWS: the SDK, `@aws-sdk/*`. @default none
   */
  readonly runtimeModules?: readonly string[];
  /**
   * How long CloudFront keeps replicas of a function that no distribution names any more, so that it cannot be deleted.
   * @default 60
   */
  readonly replicaSeconds?: number;
  /** Variables that builds of CodeBuild find beside those of CodeBuild. @default PATH and HOME of `environment` */
  readonly buildEnvironment?: (endpoint: string) => Readonly<Record<string, string>>;
}

/** A bucket, and the ARN of a role in the account that is to own it. */
export interface BucketToMake {
  readonly bucket: string;
  readonly region: string;
  readonly owner: string;
}

/** A running sandbox. */
export interface Sandbox {
  readonly port: number;
  /** `http://127.0.0.1:<port>`: what AWS_ENDPOINT_URL is to be. */
  readonly endpoint: string;
  /**
   * Makes a bucket ahead of the stack that is to make it, and keeps its own state in it.
   *
   * @throws it cannot be made
   */
  makeBucketAhead(bucket: BucketToMake): Promise<void>;
  /** Ends it: no process, no socket and no file stays behind. May be called more than once. */
  close(): Promise<void>;
}

/** A folder that is gone when the process ends, however it comes to that short of being killed. */
function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "meridian-sandbox-"));
  const remove = () => {
    process.off("exit", remove);
    rmSync(path, { recursive: true, force: true });
  };
  process.on("exit", remove);
  return { path, remove };
}

function pathAndHome({ HOME = "", PATH = "" }: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return { HOME, PATH };
}

/**
 * Starts a local AWS on one port of 127.0.0.1: Lambda and CloudFront served here, the rest by moto behind it.
 *
 * @throws {UserError} moto cannot be found or started, or the port is not free
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { environment, functionProcess, onLog = () => {}, replicaSeconds, runtimeModules = [] } = options;
  const { buildEnvironment = () => pathAndHome(environment) } = options;
  const closers: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      for (const closer of closers.toReversed()) await closer();
    })();
    return closing;
  };
  try {
    const moto = await startMoto(await findMoto(environment), environment);
    closers.push(moto.close);
    const folder = temporaryFolder();
    closers.push(folder.remove);

    const identities = createIdentities();
    const outages = createOutages();
    const limits = createLimits();
    const motoProxy = createMotoProxy(moto.port, onLog);
    let endpoint = "";
    // Of functions and of builds.
    const logs = createLogs();
    const lambda = createLambda({
      folder: folder.path,
      functionProcess,
      runtimeModules,
      endpoint: () => endpoint,
      outages,
      credentials: (roleArn, region) => assumeRole(motoProxy, identities, roleArn, region),
      replicaSeconds,
      limits,
      queues: createQueues(motoProxy),
      networks: createNetworks(motoProxy),
      logs,
      onLog,
    });
    closers.push(lambda.close);
    const trustPolicy = (roleArn: string) => trustPolicyOf(motoProxy, identities, roleArn);
    const scheduler = createScheduler({ invoke: lambda.run, outages, trustPolicy, onLog });
    closers.push(scheduler.close);
    // What CodeBuild and CodePipeline do as a role goes the way of every other call, and is recorded as one.
    let gateway: Gateway | undefined;
    const calls = createCallLog();
    const asRoles: Pick<CodeBuildOptions, "ask" | "assumeRole" | "trustPolicy"> = {
      ask: async (call) => {
        if (!gateway) throw new Error("the sandbox has not started yet");
        return gateway(call);
      },
      assumeRole: (roleArn, region, session) => assumeRole(motoProxy, identities, roleArn, region, session),
      trustPolicy,
    };
    const codeBuild = createCodeBuild({
      folder: join(folder.path, "builds"),
      endpoint: () => endpoint,
      machine: () => buildEnvironment(endpoint),
      ...asRoles,
      logs,
      onLog,
    });
    const cloudFront = createCloudFront(lambda.urls, {
      lambdas: lambda.atEdge,
      trustPolicy,
      log: ({ distributionId, functionName, message }) =>
        onLog(`${distributionId} ${functionName}: ${message}`),
    });
    const buckets = withBucketsAhead(
      withBucketSettings(withQueueAttributes(withRoleLimit(motoProxy, limits))),
    );
    const codePipeline = createCodePipeline({
      ...asRoles,
      builds: codeBuild.builds,
      moto: buckets.s3,
      record: calls.record,
      onLog,
    });
    gateway = createGateway({
      identities,
      outages,
      lambda,
      cloudFront,
      codeBuild,
      scheduler,
      codePipeline,
      limits,
      calls,
      moto: buckets.s3,
      onLog,
    });
    const server = await startServer(gateway, options.port, onLog);
    // Executions end before their builds: a stage that a stopped build failed would let the next execution in.
    closers.push(server.close, codeBuild.builds.close, codePipeline.close);
    endpoint = `http://127.0.0.1:${server.port}`;
    return {
      port: server.port,
      endpoint,
      async makeBucketAhead({ bucket, owner, region }) {
        const { accessKeyId, account } = await assumeRole(motoProxy, identities, owner, region);
        await buckets.make({ bucket, region, account, accessKeyId });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
