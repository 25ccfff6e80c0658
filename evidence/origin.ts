import { isDeepStrictEqual } from "node:util";
import { type JsonObject, object, text } from "./json";
import { referenceParts } from "./references";
import { type Block, blocksOf, type Place, referredBlock, type Stack } from "./stack";
import type { Synthesized } from "./synthesized";

/** An origin of a distribution. */
export interface Origin {
  readonly id: string;
  /** The function URL that it leads to, or why that cannot be told. */
  readonly end: OriginEnd;
  /** Whether an access control of the stack signs what is sent there: a function URL refuses all else. */
  readonly isSigned: boolean;
  /** What is put in front of every path; empty where nothing is. */
  readonly path: string;
}

/** Where an origin leads: found by following its host name through the stacks, whatever its name says. */
export type OriginEnd =
  | {
      readonly kind: "function";
      readonly place: Place;
      /** The output of the target stack that names the host. */
      readonly output: string;
      readonly service: string;
    }
  | { readonly kind: "lost"; readonly why: string };

/**
 * Follows an origin: its host name, to an output of the stack whose state it is read from, to the function URL that
 * the output names, to that one's provider.
 */
export function followOrigin(stacks: Synthesized, front: Stack, origin: JsonObject): Origin {
  return {
    id: text(origin.origin_id) ?? "",
    end: endOf(stacks, front, origin),
    isSigned: isSigned(front, text(origin.origin_access_control_id)),
    path: text(origin.origin_path) ?? "",
  };
}

function isSigned(front: Stack, id: string | undefined): boolean {
  const access = referredBlock(front, id);
  return (
    access?.type === "aws_cloudfront_origin_access_control" &&
    access.attributes.origin_access_control_origin_type === "lambda" &&
    access.attributes.signing_behavior === "always"
  );
}

function endOf(stacks: Synthesized, front: Stack, origin: JsonObject): OriginEnd {
  const host = text(origin.domain_name);
  const [mode, type, name = "", , output = "", kind, service = "", attribute] = referenceParts(host) ?? [];
  const lost = (why: string): OriginEnd => ({ kind: "lost", why });
  if (mode !== "data" || type !== "terraform_remote_state" || kind !== "functions" || attribute !== "host")
    return lost(`its host, ${host ?? "none"}, is not a function of a target stack`);
  const state = blocksOf(front, type).find((block) => block.name === name);
  if (!state) return lost(`nothing reads a state called ${name}`);
  const target = [...stacks.values()].find((stack) => sameState(stack, state));
  if (!target) return lost(`no stack keeps its state where ${name} is read from`);
  const functions = object(object(object(target.outputs[output]).value).functions);
  const value = text(object(functions[service]).host);
  if (value === undefined) return lost(`${target.name} has no output ${output} with a function ${service}`);
  const url = functionUrl(target, value);
  if (typeof url === "string") return lost(url);
  return { kind: "function", place: url, output, service };
}

/** Whether a `terraform_remote_state` reads the state that a stack writes. */
function sameState(stack: Stack, { attributes }: Block): boolean {
  const { kind, config } = stack.backend;
  const read = object(attributes.config);
  const keys = kind === "local" ? ["path"] : ["bucket", "key", "region"];
  return attributes.backend === kind && keys.every((key) => isDeepStrictEqual(config[key], read[key]));
}

/** Where the function URL is whose host name a target stack gives out; a text says what is wrong with it. */
function functionUrl(target: Stack, host: string): Place | string {
  const [, expression, named] = /^(\$\{[^}]+\})\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(host) ?? [];
  const [type, name, attribute] = referenceParts(expression) ?? [];
  const url = blocksOf(target, "aws_lambda_function_url").find((block) => block.name === name);
  if (type !== "aws_lambda_function_url" || attribute !== "url_id" || !url)
    return `${host} in ${target.name} is not a function URL of that stack`;
  if (!url.place) return `the provider of ${url.address} in ${target.name} names no account or region`;
  if (url.place.region !== named)
    return `${url.address} in ${target.name} is in ${url.place.region}, but its host name says ${named}`;
  return url.place;
}
