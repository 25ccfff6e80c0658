import { createHash } from "node:crypto";

/** A hash in small letters and digits, the same in every run. */
export function letters(of: string, length: number): string {
  const number = BigInt(`0x${createHash("sha256").update(of).digest("hex")}`);
  return number.toString(36).padStart(50, "0").slice(-length);
}

/** The first of the candidates for an id, made with 0, 1, 2, ..., that is not taken. */
export function free(candidate: (attempt: number) => string, isTaken: (id: string) => boolean): string {
  let attempt = 0;
  while (isTaken(candidate(attempt))) attempt += 1;
  return candidate(attempt);
}

/** The id of a created account: made from its e-mail address, so that it does not depend on who comes first. */
export function createdAccountId(email: string, isTaken: (id: string) => boolean): string {
  const digits = (attempt: number) =>
    BigInt(`0x${createHash("sha256").update(`${email} ${attempt}`).digest("hex")}`)
      .toString()
      .slice(-11);
  return free((attempt) => `6${digits(attempt)}`, isTaken);
}
