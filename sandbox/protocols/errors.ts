import { randomUUID } from "node:crypto";
import type { AwsCall, AwsError, HttpRequest, HttpResponse } from "../http";
import { type Protocol, services } from "../services";

/** The protocol of a call; for a service that is not served it is read off the request. */
function protocolOf({ service, headers, path }: AwsCall): Protocol {
  const known = services[service];
  if (known) return known.protocol;
  if (headers["x-amz-target"]) return "json";
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  return isForm || /[?&]Action=/.test(path) ? "query" : "rest-json";
}

/** What a call asks for, as its service names it: an action, or for a REST API the method and the path. */
export function actionOf({ method, path, headers, body }: HttpRequest): string {
  const target = headers["x-amz-target"];
  if (target) return target.slice(target.lastIndexOf(".") + 1);
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const query = path.split("?")[1];
  const action = new URLSearchParams(isForm ? body.toString() : query).get("Action");
  return action ?? `${method} ${path.split("?")[0]}`;
}

/** Text as it stands in XML and HTML. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function xmlBody(protocol: Protocol, { code, message }: AwsError, requestId: string): string {
  const what = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  const id = `<RequestId>${requestId}</RequestId>`;
  if (protocol === "ec2")
    return `<Response><Errors><Error>${what}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
  const error = protocol === "s3" ? `<Error>${what}${id}</Error>` : undefined;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${
    error ?? `<ErrorResponse><Error><Type>Sender</Type>${what}</Error>${id}</ErrorResponse>`
  }`;
}

/** An error as an HTTP answer, in the protocol of the service that was called. */
export function renderError(call: AwsCall, error: AwsError): HttpResponse {
  const protocol = protocolOf(call);
  const requestId = randomUUID();
  const isXml = protocol === "query" || protocol === "ec2" || protocol === "rest-xml" || protocol === "s3";
  if (isXml) {
    return {
      status: error.status,
      headers: { "content-type": "text/xml", "x-amz-request-id": requestId, "x-amzn-requestid": requestId },
      body: Buffer.from(xmlBody(protocol, error, requestId)),
    };
  }
  return {
    status: error.status,
    headers: {
      "content-type": protocol === "json" ? "application/x-amz-json-1.1" : "application/json",
      "x-amzn-errortype": error.code,
      "x-amzn-requestid": requestId,
    },
    body: Buffer.from(JSON.stringify({ __type: error.code, Type: "User", message: error.message })),
  };
}
