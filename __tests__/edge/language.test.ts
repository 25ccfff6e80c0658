import { parse } from "acorn";
import { full } from "acorn-walk";
import { regionCodes } from "../../fleet/geography/regions";
import { router } from "./cell";
import { outsideLanguage } from "./language";

const code = router({ targets: { acme: regionCodes } });

test("the router keeps to what CloudFront's engine knows", () => {
  expect(outsideLanguage(code)).toEqual([]);
});

test.each([
  ["const { a } = b;", "ObjectPattern"],
  ["const [a] = b;", "ArrayPattern"],
  ["const a = { ...b };", "SpreadElement"],
  ["for (const a of b) a();", "ForOfStatement"],
  ["class A {}", "ClassDeclaration"],
  ["const a = b?.c;", "ChainExpression"],
  ["const a = b ?? c;", "LogicalExpression ??"],
  ["function a(b = 1) {}", "AssignmentPattern"],
  ["function* a() { yield 1; }", "FunctionDeclaration generator"],
  ["const a = { b, };", "Property shorthand"],
  ["const a = { b() {} };", "Property method"],
  ["const a = { [b]: 1 };", "Property computed"],
  ["try { a(); } catch { b(); }", "CatchClause without a name"],
  ["const a = new Map();", "Map"],
  ["const a = new URL(b);", "URL"],
  ["const a = fetch(b);", "fetch"],
  ["const a = [[1]].flat();", ".flat()"],
  ["const a = Object.fromEntries(b);", ".fromEntries()"],
  ["const a = b.replaceAll(c, d);", ".replaceAll()"],
  ["const a = async () => { await b(); };", "async closure"],
  ["const a = b(await c());", "await in arguments"],
])("%s is outside of it", (source, what) => {
  expect(outsideLanguage(`async function f(b, c, d) { ${source} }`)).toContain(what);
});

test("Terraform finds no placeholder of its own in the code", () => {
  expect(code).not.toMatch(/[$%]\{/);
});

test("the code is one module, of one import", () => {
  const imports: string[] = [];
  full(parse(code, { ecmaVersion: "latest", sourceType: "module" }), (node) => {
    if (node.type === "ImportDeclaration") imports.push(code.slice(node.start, node.end));
  });
  expect(imports).toHaveLength(1);
});
