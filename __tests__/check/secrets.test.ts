import { findingsOf, fleetText } from "../support/findings";

const withService = (settings: string, cell = "") =>
  fleetText({})
    .replace("source: a.ts", `source: a.ts, ${settings}`)
    .replace("stage: dev", `stage: dev${cell}`);

test("what looks like a secret is to be kept where the function can read it for itself", () => {
  const [finding] = findingsOf(withService("environment: { dbPassword: q7Zp2Lx9Vw4Ks8Tn }"));
  expect(finding).toMatchObject({ code: "secret-in-environment" });
  expect(finding?.fix).toContain('"secrets": { DBPASSWORD: { parameter: "/{cell}/dbpassword" } }');
  expect(findingsOf(withService('secrets: { DBPASSWORD: { parameter: "/{cell}/dbpassword" } }'))).toEqual([]);
});

test("where secrets lie counts among the bytes of the environment, with the names of the cell", () => {
  const places = Array.from(
    { length: 40 },
    (_, index) => `S${index}: { parameter: "/{cell}/${"x".repeat(80)}" }`,
  );
  expect(findingsOf(withService(`secrets: { ${places.join(", ")} }`))).toEqual([]);
  const long = places.map((place) => place.replace("{cell}", "{cell}/{cell}/{cell}/{cell}"));
  expect(findingsOf(withService(`secrets: { ${long.join(", ")} }`))).toMatchObject([
    { code: "environment-too-large" },
  ]);
});

test("a service that streams may take longer than the front waits for a part of its answer", () => {
  const codes = (settings: string, cell?: string) =>
    findingsOf(withService(settings, cell)).map(({ code }) => code);
  expect(codes("timeout: 120")).toEqual(["timeout-beyond-front"]);
  expect(codes("timeout: 120, streaming: true")).toEqual([]);
  expect(codes("streaming: true", ", services: { hello: { timeout: 120 } }")).toEqual([]);
});
