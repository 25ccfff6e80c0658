import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type Account, boundaryArn } from "../../fleet/account";
import { findRegion } from "../../fleet/geography/regions";
import type { Cell, ExtensionFacts, Fleet } from "../../fleet/model";
import { extensionBucketName, extensionName, nameLimits } from "../../fleet/names";
import { quoted } from "../../fleet/wording";
import { ExtensionError, type Mistake, scopeId } from "./errors";
import type { Extension, ExtensionContext } from "./extension";
import { checkScope, onlyWithin } from "./scope";
import { keepSettings } from "./settings";

/** Where extensions may add resources. */
export interface Place {
  readonly kind: ExtensionFacts["adds"][number];
  /** Each extension gets a scope in it. */
  readonly parent: Construct;
  readonly provider: AwsProvider;
  readonly cell: Cell;
  readonly fleet: Fleet;
  readonly account: Account;
  readonly region: string;
}

/** One call of a hook. */
export interface HookCall {
  readonly extension: string;
  /** Everything that the extension adds goes in here. */
  readonly scope: Construct;
  /** What is wrong with the extension, at its scope or at a construct in it. */
  mistake(mistake: Mistake, path?: string): ExtensionError;
  /** @throws {ExtensionError} the hook has returned: its context is used for another place, or later */
  requireRunning(): void;
}

/**
 * Lets each extension that adds something to a kind of place do so.
 *
 * @param extensions by name
 * @param call calls the hook with the context of the place
 * @throws {ExtensionError} an extension does what none may, or its hook fails
 */
export function extend(
  place: Place,
  extensions: readonly Extension[],
  call: (extension: Extension, context: ExtensionContext, hook: HookCall) => unknown,
): void {
  if (extensions.length > 0) keepSettings(TerraformStack.of(place.parent));
  for (const extension of extensions) {
    if (extension[place.kind]) runHook(place, extension, call);
  }
}

function runHook(place: Place, extension: Extension, call: Parameters<typeof extend>[2]): void {
  const scope = new Construct(place.parent, scopeId(extension.name));
  let running = true;
  const mistake = (found: Mistake, path = scope.node.path) =>
    new ExtensionError([extension.name], path, found);
  const hook: HookCall = {
    extension: extension.name,
    scope,
    mistake,
    requireRunning: () => {
      if (!running) throw mistake(tooLate);
    },
  };
  try {
    const result = onlyWithin(scope, extension.name, () => call(extension, contextOf(place, hook), hook));
    if (isPromise(result)) {
      // What becomes of it is of no more interest; unhandled, a rejection would end the process first.
      result.then(undefined, () => {});
      throw mistake(asynchronous(place.kind));
    }
  } catch (error) {
    throw error instanceof ExtensionError ? error : failed(mistake, place.kind, error);
  } finally {
    running = false;
  }
  checkScope(scope, extension.name, place.provider);
}

/** What every hook is given. */
function contextOf(place: Place, hook: HookCall): ExtensionContext {
  const { account, cell, fleet, kind, provider, region } = place;
  const asked = new Set<string>();
  const partsOf = (part: string, where: string) => {
    hook.requireRunning();
    if (!isPart(part)) throw hook.mistake(noName(part));
    if (asked.has(part)) throw hook.mistake(nameTwice(part));
    asked.add(part);
    return { fleet: fleet.name, cell: cell.name, extension: hook.extension, part, place: where };
  };
  return {
    scope: hook.scope,
    provider,
    cell,
    fleet,
    permissionsBoundary: boundaryArn(account),
    name(part, { global = false, maxLength = nameLimits.function } = {}) {
      if (!Number.isInteger(maxLength) || maxLength < shortestName) throw hook.mistake(tooShort(maxLength));
      return extensionName(maxLength, partsOf(part, kind === "target" ? (global ? region : "") : kind));
    },
    bucketName: (part) => extensionBucketName(partsOf(part, kind), { accountId: account.id, region }),
  };
}

/** A name of which less is left would say nothing but its hash. */
const shortestName = 20;

/** The form of all names of the fleet file. A region is none: names of roles end in one. */
function isPart(part: unknown): part is string {
  return (
    typeof part === "string" &&
    /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(part) &&
    findRegion(part) === undefined
  );
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

const tooLate: Mistake = {
  what: "its context is used after the hook has returned",
  why: "a context belongs to one place: what another place does with it changes a stack that is not its own",
  fix: "use the context that the hook is given, and keep none for later",
};

function noName(part: unknown): Mistake {
  return {
    what: `it asks for a name for ${quoted(part)}`,
    why: "the word becomes a part of a name in AWS, whose parts `_` joins",
    fix: "write up to 40 lower-case letters, digits and inner hyphens that begin with a letter and are no region; `global: true` adds the region",
  };
}

function nameTwice(part: string): Mistake {
  return {
    what: `it asks for the name of "${part}" twice in one place`,
    why: "two resources would have one name, or one of them is not the one that is meant",
    fix: "ask once and keep the name in a variable, or give the second another word",
  };
}

function tooShort(maxLength: unknown): Mistake {
  return {
    what: `it asks for a name of at most ${quoted(maxLength)} characters`,
    why: "a shortened name ends in a hash, and has to keep some of its beginning",
    fix: `set maxLength to a whole number of at least ${shortestName}, or leave it out for ${nameLimits.function}`,
  };
}

function asynchronous(kind: Place["kind"]): Mistake {
  return {
    what: `its function ${kind}() returns a promise`,
    why: "a synth does not wait: what is added later would be missing, now in this stack and then in that",
    fix: `remove "async" and "await" from ${kind}(); read what it needs before synth() is called in main.ts`,
  };
}

function failed(mistake: HookCall["mistake"], kind: Place["kind"], thrown: unknown): ExtensionError {
  const error = mistake({
    what: `its function ${kind}() failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    why: "nothing is synthesized where an extension fails",
    fix: "correct it; MERIDIAN_TRACES=1 shows the line",
  });
  // The trace that leads to the mistake is that of the user's code.
  if (thrown instanceof Error) error.stack = `${error.message}\n${thrown.stack ?? ""}`;
  return error;
}
