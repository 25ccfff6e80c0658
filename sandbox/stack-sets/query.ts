import { randomUUID } from "node:crypto";
import { type AwsCall, AwsError, type HttpResponse } from "../http";
import { renderXml } from "../protocols/xml";

/** What a call in AWS's query protocol asks for, by name: `Regions.member.1`, `AutoDeployment.Enabled`. */
export interface Query {
  /** A single value. */
  readonly text: (name: string) => string | undefined;
  /** The values of a list, in their order. */
  readonly list: (name: string) => readonly string[];
  /** A list of pairs as a map, e.g. of `ParameterKey` and `ParameterValue`. */
  readonly pairs: (name: string, key: string, value: string) => ReadonlyMap<string, string>;
}

/** An element of an answer: its text, its children by name, or several of one name. */
export type QueryOutput =
  | string
  | readonly QueryOutput[]
  | { readonly [name: string]: QueryOutput | undefined };

const namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

/** Reads the body of a call. */
export function readQuery({ body }: AwsCall): Query {
  const values = new URLSearchParams(body.toString());
  const text = (name: string) => values.get(name) ?? undefined;
  const numbered = (name: string) => {
    const found: string[] = [];
    for (let index = 1; ; index += 1) {
      const path = `${name}.member.${index}`;
      if (![...values.keys()].some((key) => key === path || key.startsWith(`${path}.`))) return found;
      found.push(path);
    }
  };
  return {
    text,
    list: (name) => numbered(name).map((path) => text(path) ?? ""),
    pairs: (name, key, value) =>
      new Map(numbered(name).map((path) => [text(`${path}.${key}`) ?? "", text(`${path}.${value}`) ?? ""])),
  };
}

/** @throws {AwsError} ValidationError, where the value is missing */
export function requireText(query: Query, name: string): string {
  const value = query.text(name);
  if (value) return value;
  throw validationError(`Value null at '${name}' failed to satisfy constraint: Member must not be null`);
}

/** What CloudFormation answers to a request that makes no sense. */
export function validationError(message: string): AwsError {
  return new AwsError(400, "ValidationError", message);
}

/** CloudFormation's form of a list. */
export function members(list: readonly QueryOutput[]): QueryOutput {
  return { member: list };
}

/** Writes the answer to an action. */
export function queryAnswer(action: string, result: QueryOutput): HttpResponse {
  const requestId = randomUUID();
  const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return {
    status: 200,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: renderXml(`${action}Response`, content, namespace),
  };
}
