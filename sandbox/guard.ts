import type { HttpRequest } from "./http";

const LOCAL_HOST = /^(.+\.)?(localhost|127\.0\.0\.1)$/;

/**
 * Why a request to the sandbox's own API, or to that of an AWS service, is refused: undefined when it is not.
 *
 * Both can run code on this machine, so no web page may call them: neither one of another origin (which says so in a
 * header), nor one whose name was made to point to 127.0.0.1 (which keeps that name in Host).
 */
export function refusal({ host, headers }: HttpRequest): string | undefined {
  if (headers.origin !== undefined) return "requests from a web page (with an Origin header) are not served";
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "none" && site !== "same-origin") {
    return "requests from a web page of another site are not served";
  }
  return LOCAL_HOST.test(host) ? undefined : `Host '${host}' is not this machine's 127.0.0.1 or localhost`;
}
