import { readFileSync } from "node:fs";
import { join } from "node:path";
import { zipped } from "../../bundles/zip";
import { drillCell } from "../../evidence/drill";
import { cellResidency } from "../../evidence/residency";
import { projectRoot } from "../../fleet/project";
import { drillSpoiled, violation } from "./spoiled-drill";
import { closedZone, onlyCell, onlyOf, type Spoiled, synthesizedOf } from "./support";

const source = readFileSync(join(projectRoot, "edge", "hash-bodies.js"), "utf8");
const made = onlyCell(closedZone);
const stack = "globex_front";

/** What the drill says of the writes of a front whose function at the edge is another. */
async function drillOf(code: string) {
  const zip = zipped("hash-bodies", [{ name: "index.js", contents: Buffer.from(code) }]).zip;
  const stacks = synthesizedOf(made.fleet, undefined, zip);
  const { violations } = await drillCell(stacks, made.cell, { viewers: [] });
  return violations.flatMap(({ message, property }) => (property === "writes" ? [message] : []));
}

test("the function as it is does nothing but hash", async () => {
  expect(await drillOf(source)).toEqual([]);
});

test("code that several fronts have is run once, and each of them is told what is wrong with it", async () => {
  // Of what is here, code at the edge can reach only this.
  const reached: typeof Buffer & { starts?: number } = Buffer;
  const counting = "Buffer.starts = (Buffer.starts ?? 0) + 1; exports.handler = () => undefined;";
  const found = await drillOf(counting);
  expect(found).toHaveLength(1);
  expect(await drillOf(counting)).toEqual(found);
  expect(reached.starts).toBe(1);
  delete reached.starts;
});

test.each([
  [
    "hash text",
    '"base64")',
    '"utf8")',
    "does not put into x-amz-content-sha256 what the body of POST hashes to",
  ],
  [
    "hash a part of a body",
    "if (body?.inputTruncated) return tooLarge;",
    "",
    "hashes a part of the body of POST",
  ],
  ["overwrite a client's hash", " || headers[HEADER]", "", "does not put into x-amz-content-sha256"],
  ["hash DELETE", '"PATCH"]', '"PATCH", "DELETE"]', "what the body of DELETE hashes to"],
  ["answer itself", "return request;", 'return { status: "200" };', "answers GET itself, with 200"],
  ["never end", "const { request } =", "for (;;) {}\n  const { request } =", "Script execution timed out"],
  [
    "send a request elsewhere",
    "const { body, headers, method } = request;",
    'const { body, headers, method } = request; request.origin.custom.domainName = "example.com";',
    "changes GET by more than x-amz-content-sha256",
  ],
  [
    "call something",
    'require("node:crypto")',
    'require("node:https")',
    "cannot be run: it asks for node:https",
  ],
])("one that would %s is found", async (_, from, to, expected) => {
  expect(source).toContain(from);
  const found = await drillOf(source.replace(from, () => to));
  expect(found.join()).toContain(expected);
});

describe("a front", () => {
  test("without the function is found: ordinary clients could not write", async () => {
    const drill = await drillSpoiled((stacks) => {
      onlyOf(
        stacks[stack],
        "aws_cloudfront_distribution",
      ).default_cache_behavior.lambda_function_association = undefined;
    }, made);
    expect(violation(drill, "writes", false).message).toMatch(/has no function that hashes bodies/);
  });

  test("whose function is no published version is found: AWS would refuse it", async () => {
    const drill = await drillSpoiled((stacks) => {
      const [hash] = onlyOf(stacks[stack], "aws_cloudfront_distribution").default_cache_behavior
        .lambda_function_association;
      hash.lambda_arn = hash.lambda_arn.replace("qualified_arn", "arn");
    }, made);
    expect(violation(drill, "routes", false).message).toMatch(/runs a Lambda function for origin-request/);
  });

  test("that leaves hashing to the clients needs none", async () => {
    const [globex] = Object.values(closedZone.cells);
    if (!globex) throw new Error("no cell");
    const client = onlyCell({
      ...closedZone,
      cells: { globex: { ...globex, front: { bodies: "client-hash" } } },
    });
    expect((await drillSpoiled(() => {}, client)).violations).toEqual([]);
  });

  const residencyOf = (spoil: (stacks: Readonly<Record<string, Spoiled>>) => void) =>
    cellResidency(synthesizedOf(made.fleet, spoil), made.cell);

  test("keeps its function outside of any region, and that may log nothing", () => {
    const found = residencyOf(() => {});
    expect(found?.errors).toEqual([]);
    const row = found?.global.find(
      ({ stack: each, type }) => each === stack && type === "aws_lambda_function",
    );
    expect(row?.knowledge.what).toMatch(/bodies of requests, in memory, near the viewer/);
  });

  test.each<[string, (json: Spoiled) => void]>([
    [
      "a policy of its role",
      (json) => {
        const [name] = Object.keys(json.resource.aws_iam_role);
        json.resource.aws_iam_role_policy = {
          logs: { provider: "aws.main_us_east_1", role: `\${aws_iam_role.${name}.name}`, policy: "{}" },
        };
      },
    ],
    [
      "a policy that names its role by its name",
      (json) => {
        const role = onlyOf(json, "aws_iam_role").name;
        json.resource.aws_iam_role_policy_attachment = {
          logs: { provider: "aws.main_us_east_1", role, policy_arn: "arn:aws:iam::aws:policy/x" },
        };
      },
    ],
    [
      "a managed policy",
      (json) => (onlyOf(json, "aws_iam_role").managed_policy_arns = ["arn:aws:iam::aws:policy/x"]),
    ],
    [
      "a role that nobody knows",
      (json) => (onlyOf(json, "aws_lambda_function").role = "arn:aws:iam::333333333333:role/x"),
    ],
  ])("%s is an error: its logs would lie wherever a viewer is", async (_, spoil) => {
    const found = residencyOf((stacks) => spoil(stacks[stack]));
    expect(found?.errors.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^runs aws_lambda_function\.\S+ at the edge, whose role may write logs/),
    );
    const drill = await drillSpoiled((stacks) => spoil(stacks[stack]), made);
    expect(violation(drill, "residency", false).message).toMatch(/whose role may do something/);
  });
});
