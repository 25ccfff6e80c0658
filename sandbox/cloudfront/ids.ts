import { createHash } from "node:crypto";

const digitsAndLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** 13 upper-case letters and digits that stand for `parts`: the variable part of CloudFront's ids. */
function letters(parts: readonly string[]): string {
  let rest = BigInt(`0x${digest(parts)}`);
  let id = "";
  for (let index = 0; index < 13; index++) {
    id += digitsAndLetters[Number(rest % 36n)];
    rest /= 36n;
  }
  return id;
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** An id like a distribution's, `E` and 13 letters or digits: the same for the same parts. */
export function entityId(...parts: readonly string[]): string {
  return `E${letters(parts)}`;
}

/** A distribution's domain name, `d` and 13 lower-case letters or digits below cloudfront.net. */
export function distributionDomain(id: string): string {
  return `d${letters(["domain", id]).toLowerCase()}.cloudfront.net`;
}

/** An id like a policy's, in the form of a UUID: the same for the same parts. */
export function uuid(...parts: readonly string[]): string {
  const hex = digest(parts);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/**
 * The first id that is free. An id follows from its parts, so a thing that was renamed still holds the id of
 * its old name.
 */
export function freshId(taken: { has(id: string): boolean }, make: (attempt: string) => string): string {
  for (let attempt = 0; ; attempt++) {
    const id = make(String(attempt));
    if (!taken.has(id)) return id;
  }
}
