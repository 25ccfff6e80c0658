import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { accountCredentials, sandboxRequest } from "../../cli/shared/sandbox-request";
import { projectRoot } from "../../fleet/project";
import { plainRequest } from "../../operations/aws/signed-request";
import { packZip } from "../../sandbox/codebuild/zips";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox";

const account = "555555555555";
const region = "eu-central-1";
const role = `arn:aws:iam::${account}:role/build`;

/** Asks STS who it is, with the SDK that finds its credentials by itself. */
const whoAmI = `const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
new STSClient({}).send(new GetCallerIdentityCommand({})).then(({ Arn }) => console.log(Arn));
`;

const buildspec = `version: 0.2
env: { shell: bash, exported-variables: [ARN] }
phases:
  build: { commands: [export ARN="$(node who.js)", echo "I am $ARN"] }
`;

/** CodeBuild with the rest of AWS behind it: the tests beside sandbox/codebuild/ have none. */
describe("a build", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    const functionProcess = join(projectRoot, "dist", "function-process.js");
    sandbox = await startSandbox({
      ...{ environment: process.env, functionProcess },
      buildEnvironment: () => ({
        PATH: String(process.env.PATH),
        NODE_PATH: join(projectRoot, "node_modules"),
      }),
    });
  });
  afterAll(() => sandbox?.close());

  const send = (
    service: string,
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string,
  ) =>
    sandboxRequest({
      ...{ endpoint: sandbox.endpoint, service, region, method, path, headers, body },
      credentials: accountCredentials(account),
    });

  async function ask(service: "codebuild" | "logs", action: string, input: object) {
    const target = service === "logs" ? "Logs_20140328" : "CodeBuild_20161006";
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `${target}.${action}` };
    const { text } = await send(service, "POST", "/", headers, JSON.stringify(input));
    return JSON.parse(text);
  }

  async function createRole(service: string) {
    const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } };
    const body = new URLSearchParams({
      ...{ Action: "CreateRole", Version: "2010-05-08", RoleName: service.split(".")[0] ?? "" },
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await send("iam", "POST", "/", headers, body.toString());
  }

  test("acts as its role, which is what the calls show, and logs to CloudWatch Logs", async () => {
    await createRole("lambda.amazonaws.com");
    const configuration = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
    await send("s3", "PUT", "/sources", {}, configuration);
    await putObject(
      "/sources/source.zip",
      await packZip([
        { name: "who.js", contents: Buffer.from(whoAmI), mode: 0o100644 },
        { name: "buildspec.yml", contents: Buffer.from(buildspec), mode: 0o100644 },
      ]),
    );
    const project = {
      name: "acme",
      source: { type: "S3", location: "sources/source.zip" },
      artifacts: { type: "NO_ARTIFACTS" },
      environment: {
        type: "LINUX_CONTAINER",
        image: "aws/codebuild/standard:7.0",
        computeType: "BUILD_GENERAL1_SMALL",
      },
      serviceRole: role,
    };
    const refused = await ask("codebuild", "CreateProject", {
      ...project,
      serviceRole: `arn:aws:iam::${account}:role/lambda`,
    });
    expect(refused.message).toContain("CodeBuild is not authorized to perform: sts:AssumeRole");
    await ask("codebuild", "CreateProject", project);
    const { build } = await ask("codebuild", "StartBuild", { projectName: "acme" });
    const look = async () => (await ask("codebuild", "BatchGetBuilds", { ids: [build.id] })).builds[0];
    while ((await look()).buildStatus === "IN_PROGRESS") await sleep(200);

    const uuid = build.id.split(":")[1];
    const arn = `arn:aws:sts::${account}:assumed-role/build/AWSCodeBuild-${uuid}`;
    expect(await look()).toMatchObject({
      buildStatus: "SUCCEEDED",
      exportedEnvironmentVariables: [{ name: "ARN", value: arn }],
    });
    const { events } = await ask("logs", "GetLogEvents", {
      logGroupName: "/aws/codebuild/acme",
      logStreamName: uuid,
    });
    expect(events.map(({ message }: { readonly message: string }) => message)).toContain(`I am ${arn}`);
    const { text } = await plainRequest({
      ...{ endpoint: sandbox.endpoint, method: "GET", path: "/_sandbox/calls", headers: {} },
    });
    const calls: readonly { readonly action: string; readonly principal: string }[] = JSON.parse(text).calls;
    expect(calls.flatMap(({ action, principal }) => (principal === role ? [action] : [])).toSorted()).toEqual(
      [
        ...["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject"],
        "sts:GetCallerIdentity",
      ],
    );
  });

  /** By hand, for a body in bytes. */
  async function putObject(path: string, body: Buffer): Promise<void> {
    const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=none`;
    const { ok } = await fetch(`${sandbox.endpoint}${path}`, {
      method: "PUT",
      headers: { authorization },
      body: new Uint8Array(body),
    });
    expect(ok).toBe(true);
  }
});
