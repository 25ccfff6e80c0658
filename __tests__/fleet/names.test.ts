import { regionCodes } from "../../fleet/geography/regions";
import {
  functionName,
  joinName,
  nameLimits,
  roleName,
  targetAlias,
  targetStackName,
} from "../../fleet/names";
import { fc } from "../support/properties";

const legal = (maxLength: number) =>
  fc.oneof(
    fc.stringMatching(/^[ab]([ab-]{0,3}[ab])?$/),
    fc.stringMatching(new RegExp(`^[a-z][a-z0-9-]{${maxLength - 4},${maxLength - 2}}[a-z0-9]$`)),
  );
const [fleet, name] = [legal(20), legal(40)];
const region = fc.constantFrom(...regionCodes);

test("names stay within the limits of AWS", () => {
  fc.assert(
    fc.property(fleet, name, name, region, (fleet, cell, other, region) => {
      expect(functionName(fleet, cell, other)).toMatch(/^[\w-]{1,64}$/);
      expect(roleName(fleet, cell, other, region)).toMatch(/^[\w-]{1,64}$/);
      expect(targetStackName(cell, other, region)).toMatch(/^[\w-]{1,128}$/);
      expect(targetAlias(other, region)).toMatch(/^[a-z]\w*$/);
    }),
  );
});

test("different parts never give one name", () => {
  const parts = fc.array(name, { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, fc.constantFrom(nameLimits.function, nameLimits.stack), (a, b, maxLength) => {
      const isSame = JSON.stringify(a) === JSON.stringify(b);
      expect(joinName(maxLength, ...a) === joinName(maxLength, ...b)).toBe(isSame);
    }),
  );
});

test("a shortened name keeps its beginning and ends in a hash over all of it", () => {
  const long = ["acme", "a".repeat(40), "b".repeat(40)];
  const [one, two] = [joinName(64, ...long, "x"), joinName(64, ...long, "y")];
  expect(one).toMatch(/^acme_a{40}_b{7}_[0-9a-f]{10}$/);
  expect(one).toHaveLength(64);
  expect(two.slice(0, 54)).toBe(one.slice(0, 54));
  expect(two.slice(54)).not.toBe(one.slice(54));
});
