import { exactMoney, formatMoney, parseMoney, percentOf, sumOf } from "../../../operations/bill/money";
import { fc } from "../../support/properties";

test.each([
  ["12.3456789012", "12.3456789012", "12.35"],
  ["0.0000000015", "0.0000000015", "0.00"],
  ["1.5E-7", "0.00000015", "0.00"],
  ["1.2e3", "1200", "1,200.00"],
  ["-0.004", "-0.004", "0.00"],
  ["-1234.565", "-1234.565", "-1,234.57"],
  ["1000000000000", "1000000000000", "1,000,000,000,000.00"],
  ["0.1234567890129", "0.123456789012", "0.12"],
])("%s is read, and written exactly and rounded", (text, exact, rounded) => {
  const money = parseMoney(text);
  expect([exactMoney(money), formatMoney(money)]).toEqual([exact, rounded]);
});

test.each(["", "1,5", "NaN", "1.", "0x1", "1e9999", "--1"])("%j is no amount", (text) => {
  expect(() => parseMoney(text)).toThrow("is not an amount of money");
});

test("sums are exact, where floating-point numbers are not", () => {
  expect(0.1 + 0.2).not.toBe(0.3);
  expect(exactMoney(sumOf(["0.1", "0.2"].map(parseMoney)))).toBe("0.3");
  expect(exactMoney(sumOf(Array(1000).fill(parseMoney("0.0000000001"))))).toBe("0.0000001");
});

test("whatever is written exactly is read as the same", () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), (money) => parseMoney(exactMoney(money)) === money),
  );
});

test("shares are in percent, to a tenth, and of nothing there is none", () => {
  expect(percentOf(1n, 3n)).toBe(33.3);
  expect(percentOf(-1n, 4n)).toBe(-25);
  expect(percentOf(5n, 2n)).toBe(250);
  expect([percentOf(1n, 0n), percentOf(1n, -1n)]).toEqual([undefined, undefined]);
});
