import type { AwsCall } from "../http";

/** The tag that says which Terraform stack made a thing. */
export const stackTag = "meridian:stack";

/** Which stacks were deployed in which account, as far as the sandbox has seen. */
export interface DeployedStacks {
  /** Takes note of the caller's account and of the stack that it writes into a tag. */
  readonly observe: (call: AwsCall) => void;
  /** Stacks by account, both sorted. */
  readonly list: () => readonly (readonly [account: string, stacks: readonly string[]])[];
}

/** So many accounts and stacks are remembered, whatever calls hold. */
const mostRemembered = 10_000;

/** The value after the stack's tag, in JSON (a map, or a list of keys and values), in XML, and in a form. */
const valuePatterns: readonly RegExp[] = [
  new RegExp(`"${stackTag}"\\s*:\\s*"([^"\\\\]+)"`),
  new RegExp(`"${stackTag}"\\s*,\\s*"(?:Tag)?Value"\\s*:\\s*"([^"\\\\]+)"`, "i"),
  new RegExp(`<Key>${stackTag}</Key>\\s*<Value>([^<]+)</Value>`),
  new RegExp(`Key=${encodeURIComponent(stackTag)}&[^=]*Value=([^&]+)`),
];

function stackOf({ body, path, service }: AwsCall): string | undefined {
  // What is stored in S3 may speak of stacks of other accounts, as Terraform's state does.
  if (service === "s3" && !/[?&]tagging\b/.test(path)) return undefined;
  // A function's code may be in the same request as its tags; a search for the tag itself is cheap.
  if (!body.includes(stackTag) && !body.includes(encodeURIComponent(stackTag))) return undefined;
  const text = body.toString();
  const value = valuePatterns.map((pattern) => pattern.exec(text)?.[1]).find((one) => one !== undefined);
  return value === undefined ? undefined : decodeURIComponent(value);
}

/**
 * Remembers stacks by the tag that every resource of a stack carries, in whichever service it is made. A stack that
 * was destroyed stays, as it does on a bill.
 */
export function createDeployedStacks(): DeployedStacks {
  const accounts = new Map<string, Set<string>>();
  let known = 0;
  return {
    observe(call) {
      // Those who only assume a role elsewhere have nothing deployed.
      if (call.service === "sts" || call.service === "ce" || known >= mostRemembered) return;
      const stacks = accounts.get(call.account) ?? new Set();
      if (!accounts.has(call.account)) known++;
      accounts.set(call.account, stacks);
      const stack = stackOf(call);
      if (stack !== undefined && !stacks.has(stack)) {
        known++;
        stacks.add(stack);
      }
    },
    list: () =>
      [...accounts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([account, stacks]) => [account, [...stacks].sort()] as const),
  };
}
