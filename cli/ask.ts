import { accountCredentials, plainRequest, signedRequest } from "../operations/aws/signed-request";
import type { Address } from "./addresses";

/** What an address answered. */
export interface Reply extends Address {
  readonly status: number;
  /** Who answered: taken from the function's ARN, which only the sandbox tells. */
  readonly answeredBy?: { readonly account: string; readonly region: string };
  /** Whether it came from where it should, and was no error of a server. */
  readonly ok: boolean;
}

/** Asks an address of the sandbox, and notes which account and region answered. */
export async function ask(address: Address, endpoint: string): Promise<Reply> {
  const { account, host, kind, path, region } = address;
  const { headers, status } =
    kind === "front"
      ? await plainRequest({ endpoint, method: "GET", path, headers: { host } })
      : await signedRequest({
          endpoint,
          service: "lambda",
          region,
          path,
          host,
          credentials: accountCredentials(account),
        });
  const arn = String(headers["x-sandbox-answered-by"] ?? "").split(":");
  const answeredBy = arn[3] && arn[4] ? { region: arn[3], account: arn[4] } : undefined;
  const ok = status < 500 && answeredBy?.account === account && answeredBy.region === region;
  return { ...address, status, answeredBy, ok };
}
