import type { Caller } from "./client";
import { ignoresEndpoints } from "./endpoint";
import { askSts, type Credentials, credentialsOf, noCredentials } from "./role-credentials";
import { signedRequest } from "./signed-request";

/** Who a caller is to AWS. */
export interface Identity {
  /** Account of the caller; what a deploy role of the fleet changes lies in others. */
  readonly account: string;
  readonly arn: string;
}

/** Milliseconds for one region's answer: the next is asked sooner than a person loses patience. */
const limit = 5_000;

/**
 * Asks STS whose credentials the caller's environment offers. No policy can forbid the call.
 *
 * @param regions where to ask: the next where one does not answer
 * @throws {StsUnanswered} no region answers; {@link NoCredentials} there are none, or AWS does not take them
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function callerIdentity(regions: readonly string[], caller: Caller): Promise<Identity> {
  const credentials = await credentialsOf(caller)();
  return askSts({
    ...{ regions, caller, refused: noCredentials },
    why: "what changes something says first who does it, and where",
    call: (region) => identityIn(region, credentials, caller),
  });
}

async function identityIn(
  region: string,
  credentials: Credentials,
  { environment }: Caller,
): Promise<Identity> {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS } = ignoresEndpoints(environment) ? {} : environment;
  const { status, text } = await signedRequest({
    endpoint: AWS_ENDPOINT_URL_STS || AWS_ENDPOINT_URL || `https://sts.${region}.amazonaws.com`,
    ...{ service: "sts", region, credentials, limit, method: "POST", path: "/" },
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  });
  const [account, arn] = [elementOf(text, "Account"), elementOf(text, "Arn")];
  if (status === 200 && account && arn) return { account, arn };
  throw Object.assign(new Error(elementOf(text, "Message") ?? `STS answered with status ${status}`), {
    name: elementOf(text, "Code") ?? "Error",
    $metadata: { httpStatusCode: status },
  });
}

/** The text of an element of the answer, in which every name is once. */
function elementOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
}
