import { AwsError } from "../http";
import { isMap } from "../protocols/json";
import { type Query, validationError } from "./query";

/** Bytes: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const largestTemplate = 51_200;

/** The properties with which a template names an IAM resource itself. */
const iamNames = ["RoleName", "ManagedPolicyName", "UserName", "GroupName", "InstanceProfileName"];

interface Resource {
  readonly Type?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
}

/** What a stack set puts into each account. */
export interface StackSetContent {
  readonly template: string;
  /** The values of all parameters of the template; CloudFormation describes those with a default, too. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly capabilities: readonly string[];
}

function parse(text: string): Template {
  let template: unknown;
  try {
    template = JSON.parse(text);
  } catch (error) {
    throw validationError(`Template format error: JSON not well-formed. (${error})`);
  }
  if (!isMap(template) || !isMap(template.Resources) || Object.keys(template.Resources).length === 0) {
    throw validationError("Template format error: At least one Resources member must be defined.");
  }
  return template as unknown as Template;
}

/** The capability that a template needs because of the IAM resources in it. */
function neededCapability({ Resources }: Template): string | undefined {
  const iam = Object.values(Resources).filter(({ Type }) => Type?.startsWith("AWS::IAM::"));
  const isNamed = iam.some(({ Properties = {} }) => iamNames.some((name) => name in Properties));
  if (isNamed) return "CAPABILITY_NAMED_IAM";
  return iam.length > 0 ? "CAPABILITY_IAM" : undefined;
}

function requireCapabilities(template: Template, capabilities: readonly string[]): void {
  const needed = neededCapability(template);
  if (!needed || capabilities.includes(needed) || capabilities.includes("CAPABILITY_NAMED_IAM")) return;
  throw new AwsError(400, "InsufficientCapabilitiesException", `Requires capabilities : [${needed}]`);
}

function allParameters(
  { Parameters = {} }: Template,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const unknown = [...given.keys()].filter((name) => !Object.hasOwn(Parameters, name));
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.join(", ")}] do not exist in the template`);
  }
  const values = Object.entries(Parameters).map(([name, { Default }]) => {
    const value = given.get(name) ?? Default;
    return [name, value === undefined ? undefined : String(value)] as const;
  });
  const missing = values.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(", ")}] must have values`);
  return new Map(values.map(([name, value]) => [name, value ?? ""]));
}

/**
 * Reads a template and what belongs to it. Templates are JSON here: Meridian writes no others.
 *
 * @throws {AwsError} for a template, parameters or capabilities that CloudFormation would refuse
 */
export function readContent(query: Query): StackSetContent {
  const text = query.text("TemplateBody");
  if (!text) throw validationError("Either Template URL or Template Body must be specified.");
  if (Buffer.byteLength(text) > largestTemplate) {
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${largestTemplate}`,
    );
  }
  const template = parse(text);
  const capabilities = query.list("Capabilities");
  requireCapabilities(template, capabilities);
  const parameters = allParameters(template, query.pairs("Parameters", "ParameterKey", "ParameterValue"));
  return { template: text, parameters, capabilities };
}
