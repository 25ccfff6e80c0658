import type { AwsCall, ServiceHandler } from "./http";
import { BASE_IDENTITY, type Identities, type Identity } from "./identities";

/**
 * Assumes a role, as Lambda does for a function, so that the function's own calls reach the account of its role.
 *
 * @throws {AwsError} what STS refuses
 */
export async function assumeRole(
  sts: ServiceHandler,
  identities: Identities,
  roleArn: string,
  region: string,
): Promise<Identity> {
  const body = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: roleArn,
    RoleSessionName: "sandbox",
  });
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const credential = `${BASE_IDENTITY.accessKeyId}/${day}/${region}/sts/aws4_request`;
  const call: AwsCall = {
    service: "sts",
    region,
    account: BASE_IDENTITY.account,
    method: "POST",
    host: "127.0.0.1",
    path: "/",
    headers: {
      host: "127.0.0.1",
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: Buffer.from(body.toString()),
  };
  return identities.learn(await sts(call)) ?? BASE_IDENTITY;
}
