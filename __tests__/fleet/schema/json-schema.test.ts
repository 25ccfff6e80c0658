import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { fleetJsonSchema } from "../../../fleet/schema/json-schema";
import { parseYaml } from "../../../fleet/text/yaml";

const root = join(__dirname, "../../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const validate = new Ajv({ allErrors: true }).compile(JSON.parse(read("fleet.schema.json")));
const validateFile = (file: string) => validate(parseYaml(read(file)).data);

test("fleet.schema.json is current; if this fails, run: npm run schema", () => {
  expect(read("fleet.schema.json")).toBe(fleetJsonSchema());
});

test("an editor finds nothing wrong in the example fleet", () => {
  validateFile("fleet.yaml");
  expect(validate.errors ?? []).toEqual([]);
});

test.each([
  "unknown-key",
  "missing-key",
  "wrong-type",
  "out-of-range",
  "not-allowed",
  "wrong-format",
  "account-id",
  "table-key",
])("an editor shows what the rule %s finds", (code) => {
  expect(validateFile(`__tests__/check/fixtures/${code}/fleet.yaml`)).toBe(false);
});

test("names are checked by pattern and length", () => {
  const fleet = (account: string) => ({
    fleet: "acme",
    accounts: { [account]: { id: "111111111111" } },
    services: {},
    cells: {},
  });
  expect(validate(fleet("globex"))).toBe(true);
  expect(validate(fleet("Globex"))).toBe(false);
  expect(validate(fleet("g".repeat(41)))).toBe(false);
});

test("an editor can explain the settings", () => {
  const { properties } = JSON.parse(read("fleet.schema.json"));
  const [service] = Object.values<{ properties: Record<string, { description: string }> }>(
    properties.services.patternProperties,
  );
  expect(service?.properties.memory?.description).toMatch(/MB/);
});
