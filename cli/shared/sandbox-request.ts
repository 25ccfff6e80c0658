import type { Credentials } from "../../operations/aws/role-credentials";
import { type Answer, type SignedRequest, signedRequest } from "../../operations/aws/signed-request";

const baseCredentials: Credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** The sandbox takes a 12-digit account id for an access key of that account. */
export function accountCredentials(account: string): Credentials {
  return { accessKeyId: account, secretAccessKey: "test" };
}

/** A call of the AWS CLI to the sandbox, for a shell: it works as it stands. */
export function sandboxAwsCommand(
  { credentials, endpoint, region }: Pick<SignedRequest, "credentials" | "endpoint" | "region">,
  call: string,
): string {
  const keys = `AWS_ACCESS_KEY_ID=${credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=test`;
  return `${keys} aws --endpoint-url ${endpoint} --region ${region} ${call}`;
}

/** A request to the sandbox, signed with its base key if with none other. */
export function sandboxRequest(
  request: Omit<SignedRequest, "credentials"> & Partial<Pick<SignedRequest, "credentials">>,
): Promise<Answer> {
  return signedRequest({ ...request, credentials: request.credentials ?? baseCredentials });
}
