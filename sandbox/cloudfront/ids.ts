import { digest } from "../ids";

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

/** An id like a distribution's, `E` and 13 letters or digits: the same for the same parts. */
export function entityId(...parts: readonly string[]): string {
  return `E${letters(parts)}`;
}

/** A distribution's domain name, `d` and 13 lower-case letters or digits below cloudfront.net. */
export function distributionDomain(id: string): string {
  return `d${letters(["domain", id]).toLowerCase()}.cloudfront.net`;
}
