import { limits } from "../../fleet/limits";
import type { Cell, Fleet } from "../../fleet/model";
import { secretsOf } from "../../fleet/secrets";
import type { FleetStack } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import { variablesOf } from "../../modules/lambda-service";
import type { Block } from "./blocks";
import type { Mistake } from "./errors";
import { withoutExpressions } from "./expressions";
import { isSecretText, keeperOf, variableForm } from "./variables";

/**
 * What is wrong with the variables of a function in the JSON, whoever has put them there: `environment.set` knows only what
 * goes through it, and the function itself takes others.
 */
export function environmentMistake(
  { address, attributes, path, type }: Block,
  stack: FleetStack,
  fleet: Fleet,
): Mistake | undefined {
  if (type !== "aws_lambda_function" || address.startsWith("data.")) return undefined;
  const { environment } = attributes;
  const [block] = Array.isArray(environment) ? environment : [environment];
  const written = isMap(block) && isMap(block.variables) ? block.variables : {};
  const own = ownVariables(path, stack, fleet);
  return (
    changedMistake(written, own) ??
    addedMistake(written, own) ??
    (size(written) > limits.environment ? tooLarge(size(written)) : undefined)
  );
}

type Variables = Readonly<Record<string, unknown>>;

/** What Meridian and the fleet file put into a function; undefined for one of an extension. */
function ownVariables(
  path: string,
  { cell: name, name: stack }: FleetStack,
  fleet: Fleet,
): Variables | undefined {
  const cell = fleet.cells.find((each) => each.name === name);
  const [, alias, service, construct, ...more] = path.split("/");
  if (!cell || construct !== "function" || more.length > 0) return undefined;
  return ownOf(cell, stack, alias, service);
}

function ownOf(cell: Cell, stack: string, alias?: string, name?: string): Variables | undefined {
  const target = cell.targets.find((each) => each.stack === stack && each.alias === alias);
  const service = cell.services.find((each) => each.name === name);
  if (!target || !service) return undefined;
  return variablesOf({ service, target, tables: cell.tables, secrets: secretsOf(cell, target, service) });
}

function changedMistake(written: Variables, own: Variables = {}): Mistake | undefined {
  const name = Object.keys(own).find((each) => written[each] !== own[each]);
  if (name === undefined) return undefined;
  return {
    what: `the variable "${name}" of the function ${Object.hasOwn(written, name) ? "has another value" : "is gone"}`,
    why: "it is the fleet file's or Meridian's, and the handler counts on it",
    fix: "set variables with environment.set of the service, which leaves the others alone",
  };
}

function addedMistake(written: Variables, own: Variables | undefined): Mistake | undefined {
  for (const [name, value] of Object.entries(written)) {
    if (own && Object.hasOwn(own, name)) continue;
    const keeper = keeperOf(name);
    if (own && (keeper !== undefined || !variableForm.test(name))) {
      return {
        what: `the function has the variable "${name}": ${keeper ?? "names of variables are in capitals"}`,
        why: "Lambda would refuse it, or the handler would find something else under it than it expects",
        fix: "choose another name; environment.set of the service says which may be",
      };
    }
    if (isSecretText(name, String(value))) {
      return {
        what: `the variable "${name}" of the function looks like a secret`,
        why: "variables can be read in the state, in the console and by whoever may describe the function",
        fix: "set where it lies, such as its ARN, and let the handler read it",
      };
    }
  }
  return undefined;
}

/** Bytes that are known of names and values: not what attributes of resources will be. */
function size(written: Variables): number {
  return Object.entries(written).reduce(
    (sum, [name, value]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(withoutExpressions(String(value))),
    0,
  );
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
function tooLarge(bytes: number): Mistake {
  const [are, limit] = [bytes, limits.environment].map((each) => each.toLocaleString("en-US"));
  return {
    what: `the variables of the function take ${are} bytes or more, and the limit is ${limit}`,
    why: "Lambda would refuse the function",
    fix: "keep long values in Parameter Store or S3, and set where they lie",
  };
}
