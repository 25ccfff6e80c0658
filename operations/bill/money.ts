/** An amount of money in 10^-12 of its unit: sums of it are exact, where those of floating-point numbers are not. */
export type Money = bigint;

/** Decimals that are kept: Cost Explorer gives ten. */
const decimals = 12;

/**
 * Reads a decimal number, such as `-1.5` or `4.2E-7`; what is behind the twelfth decimal is cut off.
 *
 * @throws the text is no decimal number
 */
export function parseMoney(text: string): Money {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i.exec(text);
  if (!match) throw new Error(`${JSON.stringify(text)} is not an amount of money`);
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = decimals + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign ? -value : value;
}

/** With two decimals, rounded half away from zero, and commas between thousands: `-1,234.50`. */
export function formatMoney(money: Money): string {
  const cent = 10n ** BigInt(decimals - 2);
  const size = money < 0n ? -money : money;
  const cents = (size + cent / 2n) / cent;
  const whole = (cents / 100n).toLocaleString("en-US");
  return `${money < 0n && cents > 0n ? "-" : ""}${whole}.${String(cents % 100n).padStart(2, "0")}`;
}

/** To the last decimal: `-1234.5`. */
export function exactMoney(money: Money): string {
  const size = String(money < 0n ? -money : money).padStart(decimals + 1, "0");
  const fraction = size.slice(-decimals).replace(/0+$/, "");
  return `${money < 0n ? "-" : ""}${size.slice(0, -decimals)}${fraction && `.${fraction}`}`;
}

/** The sum of amounts. */
export function sumOf(amounts: readonly Money[]): Money {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

/** A part of a whole in percent, to a tenth; undefined where the whole is nothing, or less. */
export function percentOf(part: Money, whole: Money): number | undefined {
  if (whole <= 0n) return undefined;
  return Math.round(Number((part * 100_000n) / whole) / 100) / 10;
}
