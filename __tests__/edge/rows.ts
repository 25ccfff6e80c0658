import { router, type TestCell } from "./cell";
import { type Answered, type Asked, askInNjs, askInV8 } from "./engines";
import { hasNjs } from "./njs";

/** A request to the router of a cell, and what must become of it. */
export type Row = readonly [name: string, cell: TestCell, asked: Asked, expected: Partial<Answered>];

/** Makes a test of each row, in both engines. */
export function testRows(rows: readonly Row[]): void {
  describe.each([
    ["V8", askInV8, true],
    ["njs", askInNjs, hasNjs],
  ] as const)("in %s", (_name, ask, isThere) => {
    const run = isThere ? test : test.skip;
    run.each(rows)("%s", async (_row, cell, asked, expected) => {
      const [answered] = await ask(router(cell), [asked]);
      expect(answered).toMatchObject(expected);
    });
  });
}

/** What CloudFront says of a viewer's country. */
export const from = (country: string) => ({ "cloudfront-viewer-country": { value: country } });

/** A cell with three regions and no zone. */
export const one: TestCell = { targets: { acme: ["eu-central-1", "us-east-1", "ap-southeast-2"] } };

/** Origins, by where they are. */
export const [frankfurt, ireland, virginia, oregon, sydney, paulo] = [
  "acme_eu_central_1_hello",
  "acme_eu_west_1_hello",
  "acme_us_east_1_hello",
  "acme_us_west_2_hello",
  "acme_ap_southeast_2_hello",
  "acme_sa_east_1_hello",
];
