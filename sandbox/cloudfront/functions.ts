import { AwsError } from "../http";
import { child, items, listOf, parseXml, text, type XmlElement } from "../protocols/xml";
import { checkVersion, type EdgeFunction, type FunctionStage, nextVersion } from "./account";
import { answer, noContent, type Operation, type OperationInput, type OperationOutput } from "./operation";

/** Quota "Maximum size of a function" of CloudFront Functions, in bytes. */
const maxCodeBytes = 10 * 1024;

/** CloudFront Functions: create, read, change, publish, delete. `TestFunction` is left out. */
export const functionOperations: readonly Operation[] = [
  { name: "CreateFunction", method: "POST", path: "/function", run: create },
  { name: "ListFunctions", method: "GET", path: "/function", run: list },
  { name: "DescribeFunction", method: "GET", path: "/function/{Name}/describe", run: describeFunction },
  { name: "GetFunction", method: "GET", path: "/function/{Name}", run: getCode },
  { name: "UpdateFunction", method: "PUT", path: "/function/{Name}", run: update },
  { name: "PublishFunction", method: "POST", path: "/function/{Name}/publish", run: publish },
  { name: "DeleteFunction", method: "DELETE", path: "/function/{Name}", run: remove },
];

function create({ account, body, now }: OperationInput): OperationOutput {
  const { content } = parseXml(body);
  const name = text(content, "Name");
  if (!/^[a-zA-Z0-9-_]{1,64}$/.test(name)) {
    throw new AwsError(
      400,
      "InvalidArgument",
      "A function name is 1 to 64 letters, digits, hyphens or underscores.",
    );
  }
  if (account.functions.has(name)) {
    throw new AwsError(409, "FunctionAlreadyExists", `A function with the name ${name} already exists.`);
  }
  const development = { ...readStage(account, content), ...nextVersion(`function/${name}`, now) };
  const arn = `arn:aws:cloudfront::${account.id}:function/${name}`;
  const created: EdgeFunction = { name, arn, created: now, development };
  account.functions.set(name, created);
  return { ...summary(created, "DEVELOPMENT", 201), headers: { location: `/2020-05-31/function/${arn}` } };
}

function list({ account, query }: OperationInput): OperationOutput {
  const stages = [...account.functions.values()].flatMap((fn) => [
    ...(query.get("Stage") === "LIVE" ? [] : [describeStage(fn, "DEVELOPMENT", fn.development)]),
    ...(query.get("Stage") === "DEVELOPMENT" || fn.live === undefined
      ? []
      : [describeStage(fn, "LIVE", fn.live)]),
  ]);
  return answer(200, "FunctionList", { MaxItems: "100", ...listOf("FunctionSummary", stages) });
}

function describeFunction(input: OperationInput): OperationOutput {
  return summary(find(input), input.query.get("Stage") ?? "DEVELOPMENT", 200);
}

function getCode(input: OperationInput): OperationOutput {
  const { code, etag } = stageOf(find(input), input.query.get("Stage") ?? "DEVELOPMENT");
  return { status: 200, etag, content: code };
}

function update(input: OperationInput): OperationOutput {
  const { account, ifMatch, body, now } = input;
  const before = find(input);
  checkVersion(before.development, ifMatch);
  const stage = readStage(account, parseXml(body).content);
  const version = nextVersion(`function/${before.name}`, now, before.development);
  const after = { ...before, development: { ...stage, ...version } };
  account.functions.set(before.name, after);
  // The API names the header so (`UpdateFunctionResult` in its model), and clients read it under this name only.
  return { ...summary(after, "DEVELOPMENT", 200), headers: { ettag: version.etag } };
}

function publish(input: OperationInput): OperationOutput {
  const { account, ifMatch, now } = input;
  const before = find(input);
  checkVersion(before.development, ifMatch);
  const live = { ...before.development, ...nextVersion(`function/${before.name}/live`, now, before.live) };
  const after = { ...before, live };
  account.functions.set(before.name, after);
  return summary(after, "DEVELOPMENT", 200);
}

function remove(input: OperationInput): OperationOutput {
  const fn = find(input);
  checkVersion(fn.development, input.ifMatch);
  if (associated(input.account, fn)) {
    throw new AwsError(
      409,
      "FunctionInUse",
      "Cannot delete the function because it's attached to one or more cache behaviors.",
    );
  }
  input.account.functions.delete(fn.name);
  return noContent;
}

function readStage(
  account: OperationInput["account"],
  content: XmlElement,
): Pick<FunctionStage, "code" | "config"> {
  const code = Buffer.from(text(content, "FunctionCode"), "base64");
  const config = child(content, "FunctionConfig");
  if (code.length === 0) throw new AwsError(400, "InvalidArgument", "The function code is empty.");
  if (code.length > maxCodeBytes) {
    throw new AwsError(
      413,
      "FunctionSizeLimitExceeded",
      `The function is too large: ${code.length} bytes, at most ${maxCodeBytes} are allowed.`,
    );
  }
  const runtime = text(config, "Runtime");
  if (runtime !== "cloudfront-js-2.0") {
    throw new AwsError(400, "InvalidArgument", `The sandbox runs cloudfront-js-2.0 only, not ${runtime}.`);
  }
  const stores = items(child(config, "KeyValueStoreAssociations"), "KeyValueStoreAssociation");
  if (stores.length > 1) {
    throw new AwsError(400, "InvalidArgument", "A function can be associated with one key value store only.");
  }
  const known = [...account.keyValueStores.values()].map(({ values }) => values.arn);
  for (const store of stores) {
    const arn = text(store, "KeyValueStoreARN");
    if (!known.includes(arn))
      throw new AwsError(400, "InvalidArgument", `The key value store does not exist: ${arn}`);
  }
  return { code, config };
}

function find({ account, params }: OperationInput): EdgeFunction {
  const found = account.functions.get(params.Name ?? "");
  if (found === undefined) throw missing(params.Name ?? "");
  return found;
}

function stageOf(fn: EdgeFunction, stage: string): FunctionStage {
  const found = stage === "LIVE" ? fn.live : fn.development;
  if (found === undefined) throw missing(fn.name);
  return found;
}

function missing(name: string): AwsError {
  return new AwsError(404, "NoSuchFunctionExists", `The specified function does not exist: ${name}`);
}

function summary(fn: EdgeFunction, name: string, status: number): OperationOutput {
  const stage = stageOf(fn, name);
  return answer(status, "FunctionSummary", describeStage(fn, name, stage), stage.etag);
}

/** AWS tells UNASSOCIATED from DEPLOYED; one status keeps what Terraform has read true after the association. */
function describeStage(fn: EdgeFunction, name: string, stage: FunctionStage): XmlElement {
  return {
    Name: fn.name,
    Status: fn.live === undefined ? "UNPUBLISHED" : "DEPLOYED",
    FunctionConfig: stage.config,
    FunctionMetadata: {
      FunctionARN: fn.arn,
      Stage: name,
      CreatedTime: fn.created,
      LastModifiedTime: stage.modified,
    },
  };
}

function associated(account: OperationInput["account"], fn: EdgeFunction): boolean {
  return [...account.distributions.values()].some(({ model }) =>
    model.behaviours.some(({ functions }) => [...functions.values()].includes(fn.arn)),
  );
}
