import { types } from "node:util";
import { type CloudFront, createCloudFront } from "../../sandbox/cloudfront/cloudfront";
import { createGateway } from "../../sandbox/gateway/gateway";
import { createIdentities } from "../../sandbox/gateway/identities";
import { startServer } from "../../sandbox/gateway/server";
import { credentialScope } from "../../sandbox/gateway/signature";
import { type AwsCall, AwsError, type HttpRequest, type ServiceHandler } from "../../sandbox/http";
import { createLimits, type Limits } from "../../sandbox/limits";
import type { Outages } from "../../sandbox/outages";
import { renderError } from "../../sandbox/protocols/errors";
import { createTestLambda } from "../sandbox/lambda/helpers";
import { fakeS3, type S3Objects } from "./fake-s3";

/** The sandbox's own server, in this process, with something in place of moto that only says who calls, assumes roles and keeps objects. */
export interface LocalAws {
  /** What sends the SDK's calls there, and keeps it from this machine's own credentials. */
  readonly env: Readonly<Record<string, string>>;
  readonly cloudFront: CloudFront;
  readonly outages: Outages;
  /** Limits of AWS, as it tells them. */
  readonly limits: Limits;
  /** Every request so far, as `<region> <method> <path>`, and what the sandbox logs. */
  readonly calls: string[];
  /**
   * Called before each request is answered, so that a test may do something in between; an AwsError thrown is the
   * answer, and anything else cuts the connection.
   */
  before: (request: HttpRequest) => void;
  /** Objects of S3, by bucket and key. */
  readonly objects: S3Objects;
  /** Makes a key-value store, as Terraform would, and returns its ARN. */
  createStore(account: string, name: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Jest gives tests an Error of their own. That of Node.js's sockets is another, which the SDK would not know for one:
 * it would see no lost connection.
 */
export function knowErrorsOfNode(): void {
  Object.defineProperty(Error, Symbol.hasInstance, {
    configurable: true,
    value(this: unknown, value: unknown) {
      return this === Error
        ? types.isNativeError(value)
        : Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
}

/** The role ARNs that are refused hold this word. */
export const forbiddenWord = "forbidden";

/** Starts it on a port of its own. */
export async function startLocalAws(): Promise<LocalAws> {
  knowErrorsOfNode();
  const limits = createLimits();
  const { close: closeLambda, lambda, outages } = createTestLambda(limits);
  const cloudFront = createCloudFront(lambda.urls);
  const calls: string[] = [];
  const objects: S3Objects = new Map();
  const s3 = fakeS3(objects);
  const moto: ServiceHandler = async (call) => {
    const { body, service } = call;
    const asked = new URLSearchParams(body.toString());
    if (asked.get("Action") === "GetCallerIdentity") return callerIdentity(call);
    if (asked.get("Action") === "GetAccountSummary") return accountSummary;
    if (service === "sts") return assumeRole(String(asked.get("RoleArn")));
    return s3(call);
  };
  const gateway = createGateway({
    ...{ identities: createIdentities(), outages, lambda, limits, cloudFront, moto },
    onLog: (line) => calls.push(line),
  });
  const server = await startServer(
    async (request) => {
      calls.push(summary(request));
      try {
        local.before(request);
      } catch (error) {
        const scope = credentialScope(request);
        if (!(error instanceof AwsError) || !scope) throw error;
        return renderError({ ...request, ...scope, account: "" }, error);
      }
      return gateway(request);
    },
    0,
    (line) => calls.push(line),
  );
  const local: LocalAws = {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
      AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: `http://localhost:${server.port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    },
    cloudFront,
    outages,
    limits,
    calls,
    objects,
    before: () => {},
    createStore: (account, name) => createStore(cloudFront, account, name),
    close: async () => {
      await server.close();
      await closeLambda();
    },
  };
  return local;
}

/** `<region> <method> <path>`, for STS with the role; the region is empty for what is signed with SigV4A. */
function summary({ body, headers, method, path }: HttpRequest): string {
  const scope = /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1]?.split("/") ?? [];
  const region = scope.length === 5 ? scope[2] : "";
  const role = new URLSearchParams(body.toString()).get("RoleArn");
  return [region, method, decodeURIComponent(path), role].filter(Boolean).join(" ");
}

/** Who the caller of {@link LocalAws} is. */
export const callerArn = "arn:aws:iam::111111111111:user/ann";

/** Whoever has no key of the caller's has a session of the deploy role that accounts have by default. */
function callerIdentity({ account, headers }: AwsCall) {
  const isCaller = headers.authorization?.includes("Credential=test/") ?? false;
  const arn = isCaller ? callerArn : `arn:aws:sts::${account}:assumed-role/meridian-deploy/session`;
  const id = isCaller ? "111111111111" : account;
  return xml(`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>${arn}</Arn><UserId>A:session</UserId><Account>${id}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`);
}

const accountSummary =
  xml(`<GetAccountSummaryResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetAccountSummaryResult><SummaryMap>
    <entry><key>Roles</key><value>3</value></entry><entry><key>RolesQuota</key><value>1000</value></entry>
    </SummaryMap></GetAccountSummaryResult></GetAccountSummaryResponse>`);

function xml(body: string) {
  return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(body) };
}

function assumeRole(arn: string) {
  if (arn.includes(forbiddenWord))
    throw new AwsError(403, "AccessDenied", `not authorized to perform: sts:AssumeRole on ${arn}`);
  const account = arn.split(":")[4];
  const session = `arn:aws:sts::${account}:assumed-role/${arn.split("/")[1]}/session`;
  const body = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
    <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><Arn>${session}</Arn>
    <AssumedRoleId>A:session</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(body) };
}

async function createStore(cloudFront: CloudFront, account: string, name: string): Promise<string> {
  const { body } = await cloudFront.handle({
    ...{ method: "POST", host: "127.0.0.1", path: "/2020-05-31/key-value-store", headers: {} },
    body: Buffer.from(`<CreateKeyValueStoreRequest><Name>${name}</Name></CreateKeyValueStoreRequest>`),
    ...{ service: "cloudfront", region: "us-east-1", account },
  });
  const arn = /<ARN>([^<]+)</.exec(body.toString())?.[1];
  if (!arn) throw new Error(`no ARN in ${body}`);
  return arn;
}
