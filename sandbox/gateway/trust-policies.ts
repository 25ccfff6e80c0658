import type { ServiceHandler } from "../http";
import { motoCall } from "../moto/proxy";
import { globalRegion } from "../services";
import { assumeRole, type Identities } from "./identities";

/**
 * Who may assume a role, as the JSON that it was made with; undefined where there is no such role.
 *
 * @throws {AwsError} what IAM refuses
 */
export async function trustPolicyOf(
  moto: ServiceHandler,
  identities: Identities,
  roleArn: string,
): Promise<string | undefined> {
  // A session of the role itself: it belongs to the role's account, and in the sandbox may ask IAM anything.
  const { accessKeyId, account } = await assumeRole(moto, identities, roleArn, globalRegion);
  const body = new URLSearchParams({
    Action: "GetRole",
    Version: "2010-05-08",
    RoleName: roleArn.slice(roleArn.lastIndexOf("/") + 1),
  });
  const call = motoCall({
    ...{ service: "iam", region: globalRegion, account, accessKeyId, method: "POST", path: "/" },
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: body.toString(),
  });
  const response = await moto(call);
  const [, encoded] =
    /<AssumeRolePolicyDocument>([^<]+)</.exec(response.status === 200 ? response.body.toString() : "") ?? [];
  return encoded === undefined ? undefined : decodeURIComponent(encoded);
}
