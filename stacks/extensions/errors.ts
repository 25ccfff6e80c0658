import { UserError } from "../../fleet/errors";
import { listed } from "../../fleet/wording";

/** What the scope of an extension is called, beside services, which have no `_` in their names. */
const scopePrefix = "extension_";

/** Id of the construct that holds what an extension adds in a place. */
export function scopeId(extension: string): string {
  return `${scopePrefix}${extension}`;
}

/** The extension that a construct belongs to, by its path. */
export function extensionAt(path: string): string | undefined {
  return path
    .split("/")
    .find((id) => id.startsWith(scopePrefix))
    ?.slice(scopePrefix.length);
}

/** What is wrong, why it matters and how to fix it. */
export interface Mistake {
  /** A clause whose subject is the construct, or the extension. */
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/**
 * What an extension has done wrong, and where: names it and the path of the construct.
 *
 * @param extensions the one that did it, or all that may have
 */
export class ExtensionError extends UserError {
  constructor(extensions: readonly string[], path: string, { fix, what, why }: Mistake) {
    super(`${describe(extensions)} at ${path}: ${what}`, why, fix);
    this.name = "ExtensionError";
  }
}

function describe(extensions: readonly string[]): string {
  if (extensions.length === 1) return `extension ${listed(extensions)}`;
  return `one of the extensions ${listed(extensions)}`;
}
