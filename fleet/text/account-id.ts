import type { Path, Problem } from "../diagnostics";
import { quoted } from "../wording";
import { problem } from "./rules";

const example = 'write the 12 digits in quotes: "111111111111"';

/** Whether the path is `accounts.<name>.id`. */
export function isAccountId(path: Path): boolean {
  return path.length === 3 && path[0] === "accounts" && path[2] === "id";
}

/** An id in quotes that is not 12 digits. */
export function accountId(path: Path, id: string): Problem {
  const digits = id.replaceAll(/[\s-]/g, "");
  return problem("account-id", path, {
    message: `account id ${quoted(id)} is not 12 digits`,
    fix: isId(digits) ? `write "${digits}"` : (withZeros(digits) ?? example),
  });
}

/**
 * An id that YAML read as a number.
 *
 * @param written the id as the file has it, e.g. `012345678901`
 */
export function unquotedAccountId(path: Path, value: number, written: string): Problem {
  const digits = written.replaceAll(/[_-]/g, "");
  const isChanged = String(value) !== written;
  return problem("account-id-unquoted", path, {
    message: `account id ${written} is not in quotes${isChanged ? `, and was read as the number ${value}` : ""}`,
    fix: isId(digits) ? `write "${digits}"` : (withZeros(digits) ?? example),
  });
}

function isId(digits: string): boolean {
  return /^\d{12}$/.test(digits);
}

/** Ids of 8 digits and more may well be what a spreadsheet or a script left of a whole one. */
function withZeros(digits: string): string | undefined {
  if (!/^\d{8,11}$/.test(digits)) return undefined;
  return `write "${digits.padStart(12, "0")}" if leading zeros were lost; otherwise look the id up`;
}
