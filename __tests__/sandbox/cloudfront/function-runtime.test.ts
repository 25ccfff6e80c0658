import { FunctionError, type FunctionInput, runFunction } from "../../../sandbox/cloudfront/function-runtime";
import { KeyValueStore } from "../../../sandbox/cloudfront/key-value-store";

function run(code: string, more: Partial<FunctionInput> = {}) {
  const event = {
    version: "1.0",
    context: { eventType: "viewer-request" },
    request: { uri: "/", headers: {} },
  };
  return runFunction({ name: "f", code, event, originIds: ["a", "b"], edgeRegion: "eu-west-1", ...more });
}

test("runs a handler, plain or async, on the event", async () => {
  expect((await run("function handler(event) { return event.request; }")).result).toEqual({
    uri: "/",
    headers: {},
  });
  expect((await run("async function handler(event) { return event.version; }")).result).toBe("1.0");
  expect((await run("var handler = async (e) => (await Promise.resolve(1)) + 1")).result).toBe(2);
});

test.each([
  ["import cf from 'cloudfront';\n"],
  ['import cf from"cloudfront";'],
  ["/* banner */\n// line\n'use strict';\nimport cf from 'cloudfront'\n"],
])("takes the import %p", async (header) => {
  expect((await run(`${header}function handler() { return cf.edgeLocation.region; }`)).result).toBe(
    "eu-west-1",
  );
});

test("an import may have another name", async () => {
  expect((await run(`import t from"cloudfront";function handler(){return typeof t.kvs}`)).result).toBe(
    "function",
  );
});

test("chooses an origin, or a pair", async () => {
  const one = await run(
    "import cf from 'cloudfront'; function handler() { cf.selectRequestOriginById('b'); }",
  );
  expect(one.selection).toEqual({ originIds: ["b"], statusCodes: [] });
  const pair = await run(`import cf from 'cloudfront';
    function handler(event) {
      cf.createRequestOriginGroup({ originIds: [{ originId: 'b' }, { originId: 'a' }],
        failoverCriteria: { statusCodes: [500, 503] } });
      return event.request;
    }`);
  expect(pair.selection).toEqual({ originIds: ["b", "a"], statusCodes: [500, 503] });
  expect((await run("function handler() {}")).selection).toBeUndefined();
});

test.each([
  ["cf.selectRequestOriginById('c')", "no origin with the id c"],
  ["cf.createRequestOriginGroup({ originIds: [{ originId: 'a' }] })", "exactly two origins"],
  [
    "cf.createRequestOriginGroup({ originIds: [{originId:'a'},{originId:'b'}], failoverCriteria: { statusCodes: [418] } })",
    "Failover status codes",
  ],
  ["cf.updateRequestOrigin({ domainName: 'x' })", "not in the sandbox"],
  ["cf.kvs()", "No key value store"],
  ["require('crypto')", "'crypto' is not in the sandbox"],
])("%s fails with a clear message", async (call, message) => {
  await expect(run(`import cf from 'cloudfront'; function handler() { ${call}; }`)).rejects.toThrow(message);
});

test("reads the associated store", async () => {
  const store = new KeyValueStore("arn:aws:cloudfront::111111111111:key-value-store/abc");
  store.put("drain", '["a"]');
  const code = (body: string) =>
    `import cf from 'cloudfront'; const kvs = cf.kvs(); async function handler() { ${body} }`;
  const read = async (body: string) => (await run(code(body), { keyValueStore: store })).result;
  expect(await read("return await kvs.get('drain', { format: 'string' })")).toBe('["a"]');
  expect(await read("return await kvs.get('drain', { format: 'json' })")).toEqual(["a"]);
  expect(await read("return [await kvs.exists('drain'), await kvs.exists('none')]")).toEqual([true, false]);
  expect(await read("try { await kvs.get('none'); } catch (e) { return 'missing'; }")).toBe("missing");
  expect(await read("return cf.kvs('abc') !== undefined")).toBe(true);
  await expect(read("await kvs.get('none')")).rejects.toThrow("KeyNotFound");
  store.put("drain", "[]");
  expect(await read("return await kvs.get('drain')")).toBe("[]");
});

test("nothing of Node and nothing that CloudFront lacks is there", async () => {
  const names =
    "process require module Buffer setTimeout fetch Map Set Intl URL globalThis.__io [].flat Object.fromEntries";
  const kinds = names.split(" ").map((name) => `typeof ${name}`);
  const { result } = await run(`function handler() { return [${kinds.join()}]; }`);
  // `require` is a function that says what is missing.
  expect(result).toEqual(names.split(" ").map((name) => (name === "require" ? "function" : "undefined")));
  const wayOut = "console.log.constructor('return typeof process')()";
  await expect(run(`function handler() { return ${wayOut}; }`)).rejects.toThrow(
    "Code generation from strings disallowed",
  );
});

test.each([
  ["throw new Error('boom')", "boom"],
  ["while (true) {}", "did not end within 1000 ms"],
  ["return new Promise(function () {})", "never settles"],
  ["return nothing", "nothing is not defined"],
])("a handler that does %p fails", async (body, message) => {
  await expect(run(`function handler() { ${body} }`)).rejects.toThrow(FunctionError);
  await expect(run(`function handler() { ${body} }`)).rejects.toThrow(message);
});

test("an endless loop after an await fails, too", async () => {
  await expect(run("async function handler() { await 1; while (true) {} }")).rejects.toThrow("did not end");
});

test.each([
  ["const x = ;", "SyntaxError"],
  ["var y = 1;", "handler is not defined"],
  ["import crypto from 'crypto';", "'crypto' is not in the sandbox"],
])("code %p cannot be loaded", async (code, message) => {
  await expect(run(code)).rejects.toThrow(message);
});

test("an error names the line of the function's code, and comes with what was logged", async () => {
  const code = "function handler() {\n  console.log('a', { b: 1 });\n  throw new Error('boom');\n}";
  await expect(run(code)).rejects.toMatchObject({
    message: expect.stringContaining("f.js:3"),
    logs: ['a {"b":1}'],
  });
  expect((await run("function handler() { console.error('x'); }")).logs).toEqual(["x"]);
});

test("two runs share nothing", async () => {
  const code = "var n = 0; function handler() { Array.prototype.x = 1; return ++n; }";
  const results = await Promise.all([run(code), run(code)]);
  expect(results.map(({ result }) => result)).toEqual([1, 1]);
  expect("x" in []).toBe(false);
});
