import { AwsError, type ServiceHandler } from "../../sandbox/http";

/** The management account of these tests. */
export const managementId = "111111111111";

/** Calls a JSON service from an account. */
export function jsonClient(
  handle: ServiceHandler,
  service: string,
  account = managementId,
  region = "us-east-1",
) {
  return async (action: string, input: object = {}) => {
    const { body } = await handle({
      method: "POST",
      host: "127.0.0.1",
      path: "/",
      headers: { "x-amz-target": `Service.${action}` },
      body: Buffer.from(JSON.stringify(input)),
      service,
      region,
      account,
    });
    return JSON.parse(body.toString());
  };
}

/** Calls a service of the query protocol from an account; gives the XML that it answers. */
export function queryClient(handle: ServiceHandler, service: string, account = managementId) {
  return async (action: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { body } = await handle({
      method: "POST",
      host: "127.0.0.1",
      path: "/",
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: Buffer.from(new URLSearchParams({ Action: action, ...parameters }).toString()),
      service,
      region: "us-east-1",
      account,
    });
    return body.toString();
  };
}

async function refusalOf(call: Promise<unknown>): Promise<AwsError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AwsError) return error;
  throw new Error(`expected an AwsError, got ${error}`);
}

/** The code of the error that a call ends in. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return (await refusalOf(call)).code;
}

/** Like {@link codeOf}, with the message. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  const { code, message } = await refusalOf(call);
  return `${code}: ${message}`;
}
