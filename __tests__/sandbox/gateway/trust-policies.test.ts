import { createIdentities } from "../../../sandbox/gateway/identities";
import { trustPolicyOf } from "../../../sandbox/gateway/trust-policies";
import { AwsError, type ServiceHandler } from "../../../sandbox/http";

const policy = '{"Statement":[{"Effect":"Allow"}]}';
const roleArn = "arn:aws:iam::111111111111:role/edge/hash";

/** moto with one role, which keeps its accounts apart by access key. */
const moto: ServiceHandler = async ({ service, headers, body }) => {
  const text = (status: number, xml: string) => ({ status, headers: {}, body: Buffer.from(xml) });
  if (service === "sts") {
    return text(
      200,
      `<R><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
       <Arn>arn:aws:sts::111111111111:assumed-role/hash/sandbox</Arn></R>`,
    );
  }
  const isKnown =
    service === "iam" &&
    headers.authorization?.includes("Credential=ASIA1/") &&
    new URLSearchParams(body.toString()).get("RoleName") === "hash";
  return isKnown
    ? text(200, `<AssumeRolePolicyDocument>${encodeURIComponent(policy)}</AssumeRolePolicyDocument>`)
    : text(404, "<Error><Code>NoSuchEntity</Code></Error>");
};

test("a role's trust policy is asked of IAM in the role's account", async () => {
  expect(await trustPolicyOf(moto, createIdentities(), roleArn)).toBe(policy);
});

test("a role that does not exist has none", async () => {
  expect(await trustPolicyOf(moto, createIdentities(), `${roleArn}2`)).toBeUndefined();
});

test("what IAM refuses is refused", async () => {
  const refusing: ServiceHandler = async (call) => {
    if (call.service === "iam") throw new AwsError(400, "SandboxError", "moto did not answer");
    return moto(call);
  };
  await expect(trustPolicyOf(refusing, createIdentities(), roleArn)).rejects.toThrow("moto did not answer");
});
