import { distanceTo } from "../../../fleet/geography/distance";

// Computed another way: by the angle between the two places as vectors from the centre of the Earth.
test.each([
  ["DE", "eu-central-1", 102],
  ["IE", "eu-west-1", 122],
  ["US", "us-east-1", 1698],
  ["BR", "sa-east-1", 1747],
  ["NZ", "eu-west-1", 18642],
])("from %s to %s it is %i km", (country, region, kilometres) => {
  expect(distanceTo(country, region)).toBe(kilometres);
});

test("what is nowhere is no distance away", () => {
  expect(distanceTo("QQ", "eu-west-1")).toBe(0);
  expect(distanceTo("DE", "mars-north-1")).toBe(0);
});
