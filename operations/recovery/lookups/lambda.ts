import {
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { unlessMissing } from "../../aws/answers";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import type { Found, Lookup } from "./model";

const missing = "ResourceNotFoundException";

/** A function may be named by its ARN; `import` wants the name. */
const plainName = (name: string) => name.split(":function:").at(-1) ?? name;

type Tags = Readonly<Record<string, string>>;

/** The tags of a function; undefined where there is none. Aliases, URLs and permissions are parts of it, without tags. */
function functionTags(name: string, region: string, asker: Asker): Promise<Tags | undefined> {
  return asker.once(`function ${region} ${name}`, async () => {
    const client = asker.client(LambdaClient, region);
    const command = new GetFunctionCommand({ FunctionName: name });
    const answer = asker.call(`asking Lambda in ${region}`, (limit) => client.send(command, limit));
    const found = await unlessMissing(answer, missing);
    return found && (found.Tags ?? {});
  });
}

/** Looks for a part of a function, once it is known that there is the function. */
async function findPart(
  { region, values }: PlannedCreate,
  asker: Asker,
  ask: (client: LambdaClient, name: string) => Promise<Omit<Found, "tags"> | undefined>,
): Promise<readonly Found[]> {
  const name = plainName(textOf(values, "function_name") ?? "");
  const tags = await functionTags(name, region, asker);
  if (tags === undefined) return [];
  const found = await ask(asker.client(LambdaClient, region), name);
  return found ? [{ ...found, tags }] : [];
}

async function findFunction({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "function_name") ?? "";
  const tags = await functionTags(name, region, asker);
  return tags ? [{ id: name, what: `the function ${name} in ${region}`, tags }] : [];
}

function findAlias(create: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const { region, values } = create;
  return findPart(create, asker, async (client, FunctionName) => {
    const Name = textOf(values, "name") ?? "";
    const command = new GetAliasCommand({ FunctionName, Name });
    const answer = asker.call(`asking Lambda in ${region}`, (limit) => client.send(command, limit));
    const found = await unlessMissing(answer, missing);
    return (
      found && { id: `${FunctionName}/${Name}`, what: `the alias ${Name} of the function ${FunctionName}` }
    );
  });
}

function findUrl(create: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const { region, values } = create;
  return findPart(create, asker, async (client, FunctionName) => {
    const Qualifier = textOf(values, "qualifier");
    const command = new GetFunctionUrlConfigCommand({ FunctionName, Qualifier });
    const answer = asker.call(`asking Lambda in ${region}`, (limit) => client.send(command, limit));
    const found = await unlessMissing(answer, missing);
    const id = [FunctionName, ...(Qualifier === undefined ? [] : [Qualifier])].join("/");
    return found && { id, what: `the URL of the function ${FunctionName}` };
  });
}

function findPermission(create: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const { region, values } = create;
  return findPart(create, asker, async (client, FunctionName) => {
    const Qualifier = textOf(values, "qualifier");
    const qualified = [FunctionName, ...(Qualifier === undefined ? [] : [Qualifier])].join(":");
    const sids = await asker.once(`policy ${region} ${qualified}`, async () => {
      const command = new GetPolicyCommand({ FunctionName, Qualifier });
      const answer = asker.call(`asking Lambda in ${region}`, (limit) => client.send(command, limit));
      return sidsOf((await unlessMissing(answer, missing))?.Policy);
    });
    const sid = textOf(values, "statement_id") ?? "";
    return sids.includes(sid)
      ? { id: `${qualified}/${sid}`, what: `the permission ${sid} of the function ${FunctionName}` }
      : undefined;
  });
}

function sidsOf(policy = "{}"): readonly (string | undefined)[] {
  const { Statement = [] }: { readonly Statement?: readonly { readonly Sid?: string }[] } =
    JSON.parse(policy);
  return Statement.map(({ Sid }) => Sid);
}

/** What Lambda refuses to make twice. */
export const lambdaLookups = {
  aws_lambda_function: { identity: ["function_name"], find: findFunction },
  aws_lambda_alias: { identity: ["function_name", "name"], find: findAlias },
  aws_lambda_function_url: { identity: ["function_name"], optional: ["qualifier"], find: findUrl },
  aws_lambda_permission: {
    identity: ["function_name", "statement_id"],
    optional: ["qualifier"],
    find: findPermission,
  },
} as const satisfies Readonly<Record<string, Lookup>>;
