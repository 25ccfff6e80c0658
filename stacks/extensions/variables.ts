import { looksSecret, referenceName } from "../../check/environment";
import { quoted } from "../../fleet/wording";
import type { LambdaService } from "../../modules/lambda-service";
import { referencesIn, writtenOut } from "./expressions";
import type { HookCall } from "./place";

/** A variable of a function that an extension sets. */
export interface ServiceVariable {
  readonly service: string;
  readonly name: string;
  readonly extension: string;
}

/** Names that extensions may give to variables. */
export const variableForm = /^[A-Z][A-Z0-9_]*$/;

/** The variables that extensions set in one target: who sets what. */
export class ServiceVariables {
  private readonly owners = new Map<string, ServiceVariable>();

  /** In the order that they were set in. */
  get all(): readonly ServiceVariable[] {
    return [...this.owners.values()];
  }

  /**
   * Sets a variable of a function.
   *
   * @throws {ExtensionError} the name is none or is taken, or the value is a secret as far as can be told
   */
  set(hook: HookCall, service: string, lambda: LambdaService, name: string, value: string): void {
    hook.requireRunning();
    const path = lambda.node.path;
    if (typeof name !== "string" || !variableForm.test(name)) {
      throw hook.mistake(
        {
          what: `it sets the variable ${quoted(name)}`,
          why: "names of variables are in capitals, so that none is one of JavaScript's own",
          fix: "write capital letters, digits and _, a letter first, such as QUEUE_URL",
        },
        path,
      );
    }
    const variables = lambda.function.environmentInput?.variables ?? {};
    const key = `${service} ${name}`;
    const owner = this.owners.get(key);
    const taken = takenBy(name, owner, name in variables);
    if (taken !== undefined) {
      throw hook.mistake(
        {
          what: `it sets "${name}" of ${service}, which is taken: ${taken}`,
          why: "a function has one value for a name, and would find the one or the other",
          fix: "choose another name; that of the extension in front keeps names apart",
        },
        path,
      );
    }
    if (typeof value !== "string") {
      throw hook.mistake(
        {
          what: `it sets "${name}" to ${value === null ? "null" : typeof value}`,
          why: "a variable is text",
          fix: "pass a string: String(value), or Token.asString(value) for an attribute of a resource",
        },
        path,
      );
    }
    if (isSecretText(name, String(writtenOut(hook.scope, value)))) {
      throw hook.mistake(
        {
          what: `it sets "${name}" to what looks like a secret`,
          why: "variables can be read in the state, in the console and by whoever may describe the function",
          fix: "set where it lies, such as its ARN, and let the handler read it; or name it in `secrets` of the service",
        },
        path,
      );
    }
    this.owners.set(key, { service, name, extension: hook.extension });
    lambda.function.putEnvironment({ variables: { ...variables, [name]: value } });
  }
}

/** Names that are Lambda's, and those that Meridian gives. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const reserved: readonly (readonly [RegExp, string])[] = [
  [/^(AWS|LAMBDA)_/, "Lambda keeps names that begin with AWS_ and LAMBDA_ to itself"],
  [/^MERIDIAN_/, "names that begin with MERIDIAN_ are Meridian's own"],
  [/^TABLE_/, "names that begin with TABLE_ are those of the fleet file's tables"],
];

/** Whose a name is that no extension may set; undefined for any other. */
export function keeperOf(name: string): string | undefined {
  return reserved.find(([form]) => form.test(name))?.[1];
}

function takenBy(name: string, owner: ServiceVariable | undefined, isSet: boolean): string | undefined {
  const keeper = keeperOf(name);
  if (keeper !== undefined) return keeper;
  if (owner) return `the extension "${owner.extension}" sets it`;
  return isSet ? "the function has it already, from the fleet file or from Meridian" : undefined;
}

/**
 * Attributes that hold a secret, as resources of AWS and of HashiCorp's small providers call them: `password`,
 * `secret_string`, `private_key_pem`, `auth_token`, `plaintext`, the `secret` of an access key, the `result` of a random
 * password.
 */
const secretAttribute = /password|passwd|passphrase|secret|private_key|token|credential|plaintext/i;

/** Attributes whose names do not say it, by type. `insecure_value` is what a parameter has that is no secret. */
const secretByType: Readonly<Record<string, RegExp>> = {
  aws_ssm_parameter: /^\.value$/,
  random_password: /^\.(result|bcrypt_hash)$/,
};

/** Whether a variable is a secret, as far as can be told from its value in Terraform JSON. */
export function isSecretText(name: string, text: string): boolean {
  const references = referencesIn(text);
  if (references.length === 0 && !text.includes("${")) return looksSecret(name, text);
  return references.some(({ address, attributes }) => {
    const type = address.replace(/^data\./, "").split(".")[0] ?? "";
    if (secretByType[type]?.test(attributes)) return true;
    const last = attributes.split(".").at(-1) ?? "";
    return secretAttribute.test(attributes) && !referenceName.test(last.replace(/\[.*/, ""));
  });
}
