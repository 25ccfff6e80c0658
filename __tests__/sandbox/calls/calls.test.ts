import { iamActions } from "../../../sandbox/calls/actions";
import { createCallLog } from "../../../sandbox/calls/calls";
import { createGateway } from "../../../sandbox/gateway/gateway";
import { createIdentities } from "../../../sandbox/gateway/identities";
import type { AwsCall } from "../../../sandbox/http";
import { createTestLambda } from "../lambda/helpers";

function call(service: string, request: string, body: string | object = "", headers = {}): AwsCall {
  const [method = "", path = ""] = request.split(" ");
  return {
    method,
    path,
    host: "127.0.0.1",
    headers,
    body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
    service,
    region: "eu-west-1",
    account: "222222222222",
  };
}

const json = (service: string, target: string, body: object = {}) =>
  call(service, "POST /", body, { "x-amz-target": target });
const form = (service: string, body: string) =>
  call(service, "POST /", body, { "content-type": "application/x-www-form-urlencoded" });

const functionPath = "/2015-03-31/functions";

describe("what IAM calls a call", () => {
  it.each([
    ["lambda", `GET ${functionPath}/f?Qualifier=live`, ["lambda:GetFunction"]],
    ["lambda", `POST ${functionPath}/f/policy`, ["lambda:AddPermission"]],
    [
      "lambda",
      `DELETE ${functionPath}/arn:aws:lambda:eu-west-1:222222222222:function:f/policy/sid`,
      ["lambda:RemovePermission"],
    ],
    ["lambda", "POST /2021-10-31/functions/f/url", ["lambda:CreateFunctionUrlConfig"]],
    ["lambda", "GET /2017-03-31/tags/arn%3Aaws%3Alambda", ["lambda:ListTags"]],
    ["lambda", "POST /2018-10-31/layers/l/versions", ["lambda:POST /2018-10-31/layers/l/versions"]],
    ["lambda", "PUT /2015-03-31/event-source-mappings/1", ["lambda:UpdateEventSourceMapping"]],
    ["scheduler", "POST /schedules/nightly", ["scheduler:CreateSchedule", "iam:PassRole"]],
    ["scheduler", "GET /schedules/nightly", ["scheduler:GetSchedule"]],
    ["cloudfront", "GET /2020-05-31/distribution/E1/config", ["cloudfront:GetDistributionConfig"]],
    ["cloudfront", "PUT /2020-05-31/distribution/E1/config", ["cloudfront:UpdateDistribution"]],
    ["cloudfront", "PUT /2020-05-31/cache-policy/x", ["cloudfront:UpdateCachePolicy"]],
    [
      "cloudfront",
      "POST /2020-05-31/distribution?WithTags",
      ["cloudfront:CreateDistribution", "cloudfront:TagResource"],
    ],
    ["cloudfront", "POST /2020-05-31/tagging?Operation=Untag&Resource=x", ["cloudfront:UntagResource"]],
    [
      "cloudfront-keyvaluestore",
      "PUT /key-value-stores/arn%3Aaws%2Fx/keys/drained",
      ["cloudfront-keyvaluestore:PutKey"],
    ],
    ["route53", "POST /2013-04-01/hostedzone/Z1/rrset/", ["route53:ChangeResourceRecordSets"]],
    ["controltower", "POST /enable-control", ["controltower:EnableControl"]],
    ["s3", "GET /?x-id=ListBuckets", ["s3:ListAllMyBuckets"]],
    ["s3", "GET /bucket?list-type=2&prefix=a", ["s3:ListBucket"]],
    ["s3", "HEAD /bucket", ["s3:ListBucket"]],
    ["s3", "PUT /bucket", ["s3:CreateBucket"]],
    ["s3", "DELETE /bucket/?lifecycle", ["s3:PutLifecycleConfiguration"]],
    ["s3", "GET /bucket?encryption", ["s3:GetEncryptionConfiguration"]],
    ["s3", "PUT /bucket?replication", ["s3:PutReplicationConfiguration", "iam:PassRole"]],
    ["s3", "DELETE /bucket?policy", ["s3:DeleteBucketPolicy"]],
    ["s3", "POST /bucket?delete", ["s3:DeleteObject"]],
    ["s3", "GET /bucket/a/b.tfstate", ["s3:GetObject"]],
    ["s3", "PUT /bucket/a/b.tfstate?x-id=PutObject", ["s3:PutObject"]],
    ["s3", "DELETE /bucket/a?versionId=1", ["s3:DeleteObjectVersion"]],
    ["s3", "GET /bucket/a?tagging", ["s3:GetObjectTagging"]],
    ["s3", "DELETE /bucket/a?uploadId=1", ["s3:AbortMultipartUpload"]],
  ])("%s %s", (service, request, actions) => {
    expect(iamActions(call(service, request))).toEqual(actions);
  });

  it("is the operation, for the protocols that name it", () => {
    expect(iamActions(json("logs", "Logs_20140328.PutRetentionPolicy"))).toEqual(["logs:PutRetentionPolicy"]);
    expect(iamActions(json("sso", "SWBExternalService.ListInstances"))).toEqual(["sso:ListInstances"]);
    expect(iamActions(form("iam", "Action=GetRole&RoleName=x"))).toEqual(["iam:GetRole"]);
  });

  it("takes in the role that a pipeline is handed, and the tags that it is made with", () => {
    const pipeline = (action: string, body?: object) =>
      iamActions(json("codepipeline", `CodePipeline_20150709.${action}`, body));
    expect(pipeline("CreatePipeline", { tags: [{ key: "a", value: "b" }] })).toEqual([
      ...["codepipeline:CreatePipeline", "codepipeline:TagResource", "iam:PassRole"],
    ]);
    expect(pipeline("UpdatePipeline")).toEqual(["codepipeline:UpdatePipeline", "iam:PassRole"]);
    expect(pipeline("GetPipeline")).toEqual(["codepipeline:GetPipeline"]);
  });

  it("takes in the role that a rule's target is reached by", () => {
    const put = (target: object) => iamActions(json("events", "AWSEvents.PutTargets", { Targets: [target] }));
    expect(put({ RoleArn: "arn:aws:iam::222222222222:role/events" })).toEqual([
      ...["events:PutTargets", "iam:PassRole"],
    ]);
    expect(put({ Arn: "arn:aws:sns:eu-west-1:222222222222:topic" })).toEqual(["events:PutTargets"]);
  });

  it("takes in what is copied, in its newest version or in an earlier one", () => {
    const copy = (source: string) => iamActions(call("s3", "PUT /b/k", "", { "x-amz-copy-source": source }));
    expect(copy("/a/k")).toEqual(["s3:PutObject", "s3:GetObject"]);
    expect(copy("/a/k?versionId=1")).toEqual(["s3:PutObject", "s3:GetObjectVersion"]);
  });

  it("takes in the right to hand a function to the edge, for a distribution that runs one", () => {
    const body =
      "<LambdaFunctionARN>arn:aws:lambda:us-east-1:222222222222:function:hash:1</LambdaFunctionARN>";
    expect(iamActions(call("cloudfront", "PUT /2020-05-31/distribution/E1/config", body))).toEqual([
      ...["cloudfront:UpdateDistribution", "lambda:GetFunction", "lambda:EnableReplication*"],
    ]);
  });

  it("takes in what a replica of a table takes in its region, and an index does not", () => {
    const update = (body: object) => iamActions(json("dynamodb", "DynamoDB_20120810.UpdateTable", body));
    const ReplicaUpdates = (change: string) => ({
      ReplicaUpdates: [{ [change]: { RegionName: "eu-west-1" } }],
    });
    expect(update(ReplicaUpdates("Create"))).toEqual(
      expect.arrayContaining(["dynamodb:UpdateTable", "dynamodb:CreateTableReplica", "dynamodb:Scan"]),
    );
    expect(update(ReplicaUpdates("Delete"))).toEqual([
      ...["dynamodb:UpdateTable", "dynamodb:DeleteTable", "dynamodb:DeleteTableReplica"],
    ]);
    for (const action of ["Create", "Delete"]) {
      const index = { GlobalSecondaryIndexUpdates: [{ [action]: { IndexName: "by-state" } }] };
      expect(update(index)).toEqual(["dynamodb:UpdateTable"]);
    }
  });

  it("is one of two for budgets, but for tags", () => {
    const budget = (action: string, body?: object) =>
      iamActions(json("budgets", `AWSBudgetServiceGateway.${action}`, body));
    expect(budget("DescribeNotificationsForBudget")).toEqual(["budgets:ViewBudget"]);
    expect(budget("CreateNotification")).toEqual(["budgets:ModifyBudget"]);
    expect(budget("ListTagsForResource")).toEqual(["budgets:ListTagsForResource"]);
    expect(budget("CreateBudget", { ResourceTags: [{ Key: "a", Value: "b" }] })).toEqual([
      "budgets:ModifyBudget",
      "budgets:TagResource",
    ]);
  });

  it("takes in the tags of what is made, and the role that is passed on", () => {
    expect(iamActions(call("lambda", `POST ${functionPath}`, { Role: "r", Tags: { a: "b" } }))).toEqual([
      "lambda:CreateFunction",
      "lambda:TagResource",
      "iam:PassRole",
    ]);
    expect(iamActions(call("lambda", `POST ${functionPath}`, { Role: "r", Tags: {} }))).not.toContain(
      "lambda:TagResource",
    );
    expect(iamActions(call("lambda", `PUT ${functionPath}/f/configuration`, { Timeout: 3 }))).toEqual([
      "lambda:UpdateFunctionConfiguration",
    ]);
    expect(iamActions(form("iam", "Action=CreateRole&Tags.member.1.Key=a&Tags.member.1.Value=b"))).toEqual([
      "iam:CreateRole",
      "iam:TagRole",
    ]);
    const vpc = "Action=CreateVpc&TagSpecification.1.ResourceType=vpc&TagSpecification.1.Tag.1.Key=a";
    expect(iamActions(form("ec2", vpc))).toEqual(["ec2:CreateVpc", "ec2:CreateTags"]);
    const tags = { Tags: [{ Key: "a", Value: "b" }] };
    expect(iamActions(json("acm", "CertificateManager.RequestCertificate", tags))).toEqual([
      "acm:RequestCertificate",
      "acm:AddTagsToCertificate",
    ]);
  });
});

describe("the log of calls", () => {
  const session = "arn:aws:sts::222222222222:assumed-role/deploy/meridian-acme";
  const line = {
    account: "222222222222",
    region: "eu-west-1",
    service: "iam",
    principal: "arn:aws:iam::222222222222:role/deploy",
  };

  it("has each line once, with the role of the session, in a fixed order", () => {
    const log = createCallLog();
    log.record(form("iam", "Action=GetRole"), session);
    log.record(form("iam", "Action=CreateRole"), session);
    log.record(form("iam", "Action=GetRole"), session.replace("acme", "other"));
    log.record(form("iam", "Action=GetRole"), undefined);
    expect(log.list()).toEqual([
      { ...line, action: "iam:GetRole", principal: "", count: 1 },
      { ...line, action: "iam:CreateRole", count: 1 },
      { ...line, action: "iam:GetRole", count: 2 },
    ]);
    log.clear();
    expect(log.list()).toEqual([]);
  });

  it("is bounded, and says how much is missing", () => {
    const log = createCallLog(2);
    for (const path of ["a", "b", "c", "a"]) log.record(call("x", `GET /${path}`), undefined);
    expect(log.list().map(({ action, count }) => [action, count])).toEqual([
      ["x:GET /a", 2],
      ["x:GET /b", 1],
    ]);
    expect(log.dropped()).toBe(1);
    log.clear();
    expect(log.dropped()).toBe(0);
  });
});

describe("the gateway", () => {
  const test = createTestLambda();
  afterAll(() => test.close());
  const gateway = createGateway({
    identities: createIdentities(),
    outages: test.outages,
    lambda: test.lambda,
    cloudFront: {
      operations: [],
      handle: async () => ({ status: 200, headers: {}, body: Buffer.alloc(0) }),
      owns: () => false,
      request: async () => ({ status: 200, headers: {}, body: Buffer.alloc(0) }),
      distributions: () => [],
      keyValueStore: () => undefined,
    },
    moto: async () => ({ status: 200, headers: {}, body: Buffer.alloc(0) }),
    onLog: () => {},
  });
  const admin = async (method: string) =>
    JSON.parse((await gateway(call("", `${method} /_sandbox/calls`))).body.toString());
  const signed = (service: string, more: AwsCall) => ({
    ...more,
    headers: {
      ...more.headers,
      authorization: `AWS4-HMAC-SHA256 Credential=222222222222/20240101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
  });

  it("shows which calls reached it, also those that it refused, and forgets them when told to", async () => {
    await gateway(signed("iam", form("iam", "Action=GetRole")));
    await gateway(signed("glue", json("glue", "AWSGlue.GetTables")));
    const line = {
      account: "222222222222",
      region: "eu-west-1",
      principal: "arn:aws:iam::222222222222:root",
    };
    expect(await admin("GET")).toEqual({
      calls: [
        { ...line, service: "glue", action: "glue:GetTables", count: 1 },
        { ...line, service: "iam", action: "iam:GetRole", count: 1 },
      ],
      dropped: 0,
    });
    expect(await admin("DELETE")).toEqual({ calls: [], dropped: 0 });
    expect(await admin("GET")).toEqual({ calls: [], dropped: 0 });
  });

  it("makes its bill of the stacks that calls told it of", async () => {
    const tags = { name: "f", Tags: { "meridian:stack": "a_eu" } };
    await gateway(signed("kms", json("kms", "TrentService.CreateKey", tags)));
    const question = {
      TimePeriod: { Start: "2026-10-01", End: "2026-11-01" },
      Granularity: "MONTHLY",
      Metrics: ["UnblendedCost"],
      GroupBy: [{ Type: "TAG", Key: "meridian:stack" }],
    };
    const { headers, body } = await gateway(
      signed("ce", json("ce", "AWSInsightsIndexService.GetCostAndUsage", question)),
    );
    expect(headers).toMatchObject({ "x-meridian-made-up": "true" });
    expect(body.toString()).toContain("meridian:stack$a_eu");
  });
});
