/**
 * An error meant for the person at the keyboard: printed as it is, without a stack trace.
 *
 * @example throw new UserError("terraform is not on the PATH", "every stack is planned by it", "install Terraform 1.10 or newer");
 */
export class UserError extends Error {
  constructor(
    /** What is wrong, one sentence without a full stop. */
    readonly what: string,
    /** Why it matters. */
    readonly why: string,
    /** How to fix it. */
    readonly fix: string,
  ) {
    super(`${what}\n  why: ${why}\n  fix: ${fix}`);
    this.name = "UserError";
  }
}
