import { findingsOf } from "../../support/findings";

/** What is found in a file with such sources of a pipeline, which come from a repository or from a bucket. */
const foundIn = (source: string) =>
  findingsOf(
    [
      "fleet: acme",
      'accounts: { a: { id: "111111111111" } }',
      "services: { hello: { source: a.ts } }",
      "cells: { a: { stage: dev, targets: { a: [eu-west-1] } } }",
      `pipeline: { account: a, region: eu-west-1, source: ${source} }`,
    ].join("\n"),
  )
    .filter(({ path }) => path.join(".").startsWith("pipeline.source"))
    .map(({ code, fix, path }) => `${code} ${path.join(".")}: ${fix}`);

const key = 'add "key": Key of the ZIP archive with the sources';

test.each([
  ["{ bucket: sources }", [`missing-key pipeline.source.key: ${key}`]],
  [
    "{ bucket: sources, file: fleet.zip }",
    [
      `missing-key pipeline.source.key: ${key}`,
      'unknown-key pipeline.source.file: remove it; the keys here are "bucket", "key"',
    ],
  ],
  ["{ bukcet: sources, key: fleet.zip }", ['unknown-key pipeline.source.bukcet: write "bucket"']],
  [
    "{ conection: sources, repository: a/b, branch: main }",
    [expect.stringContaining('write "connection"'), expect.anything()],
  ],
])("of several kinds of map, %s is the one that knows most of its keys", (source, findings) => {
  expect(foundIn(source)).toEqual(findings);
});

test("what is no map at all is told once that it should be one", () => {
  expect(findingsOf("fleet: acme\npipeline: { source: 5 }").map(({ message }) => message)).toContain(
    '"source" is the number 5, but a map is expected',
  );
});

const forms =
  '{ connection: "arn:aws:codeconnections:…", repository: acme/fleet, branch: main }, or { bucket: acme-sources, key: fleet.zip }';

test.each(["acme/fleet", "s3://acme/fleet.zip", "[acme/fleet]", ""])(
  "a source of a pipeline that is %j is told both forms",
  (source) => {
    expect(foundIn(source)).toEqual([`wrong-type pipeline.source: write ${forms}`]);
  },
);

test("a source without any key is told both forms", () => {
  expect(foundIn("{}")[0]).toBe(`missing-key pipeline.source.connection: write ${forms}`);
});

test("a source that is not there is missing, and not of a wrong type", () => {
  const found = findingsOf("fleet: acme\npipeline: { account: a, region: eu-west-1 }");
  expect(found.find(({ path }) => path.join(".") === "pipeline.source")).toMatchObject({
    code: "missing-key",
    message: 'pipeline has no "source"',
    fix: `add "source": ${forms}`,
  });
});

test("an ARN of a connection that is wrong is told its form", () => {
  const [found] = foundIn("{ connection: arn:aws:codeconnections:x, repository: a/b, branch: main }");
  expect(found).toContain("such as arn:aws:codeconnections:eu-central-1:111111111111:connection/<id>");
});
