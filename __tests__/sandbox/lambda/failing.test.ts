import { call, createTestLambda, deploy, frankfurt, get, json, type TestLambda } from "./helpers";

const owner = { kind: "principal", account: "111111111111", arn: "arn:aws:iam::111111111111:root" } as const;

let test: TestLambda;
beforeAll(() => {
  test = createTestLambda();
});
afterAll(() => test.close());

let count = 0;
/** Deploys a function under a name of its own. */
async function failing(code: string, settings: Readonly<Record<string, unknown>> = {}) {
  const name = `f${count++}`;
  const host = await deploy(test.lambda, frankfurt, code, { FunctionName: name, ...settings });
  const path = `/2015-03-31/functions/${name}/invocations?Qualifier=live`;
  return {
    name,
    ask: () => test.lambda.urls.request(get(host), owner),
    async invoke(event: unknown = {}) {
      const response = await test.lambda.handle(call(frankfurt, "POST", path, event));
      const id = String(response.headers["x-amzn-requestid"]);
      return { id, error: response.headers["x-amz-function-error"], result: json(response) };
    },
    log: () => test.lambda.logs({ functions: [name] }).map(({ message }) => message),
  };
}

/** The JSON of the line that begins so. */
function logged(lines: readonly string[], beginning: string): Record<string, unknown> {
  const line = lines.find((one) => one.startsWith(`ERROR\t${beginning} \t`)) ?? "";
  return JSON.parse(line.split("\t")[2] ?? "null");
}

it("logs what a handler throws, with its stack and its own properties", async () => {
  const { invoke, ask, log } = await failing(`
    exports.handler = async () => { throw Object.assign(new RangeError('no'), { code: 'E7', cause: new Error('why') }) }
  `);
  const { error, result } = await invoke();
  expect({ error, result }).toMatchObject({
    error: "Unhandled",
    result: { errorType: "RangeError", errorMessage: "no" },
  });
  expect(logged(log(), "Invoke Error")).toMatchObject({
    errorType: "RangeError",
    errorMessage: "no",
    code: "E7",
    cause: { errorType: "Error", errorMessage: "why" },
    stack: expect.arrayContaining(["RangeError: no", expect.stringContaining("index.js:2")]),
  });
  expect(await ask()).toMatchObject({ status: 502, body: Buffer.from("Internal Server Error") });
});

it("logs what is thrown and is no error, and what cannot be JSON", async () => {
  const code = "exports.handler = async (e) => { const a = new Error('x'); a.a = a; throw e.text ?? a }";
  const { invoke, log } = await failing(code);
  expect((await invoke({ text: "only text" })).result).toEqual({
    errorType: "string",
    errorMessage: "only text",
  });
  expect(logged(log(), "Invoke Error")).toMatchObject({ errorType: "Error", errorMessage: "only text" });
  await invoke();
  expect(log().at(-1)).toContain('{"errorType":"Error","errorMessage":"x"');
});

it.each([
  ["exits", "process.exit(3)", "exit status 3"],
  ["is killed", "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})", "signal: killed"],
])("logs how a process ended that %s", async (_, statement, how) => {
  const { invoke, ask, log } = await failing(`exports.handler = async () => { ${statement} }`);
  const { id, error, result } = await invoke();
  const errorMessage = `RequestId: ${id} Error: Runtime exited with error: ${how}`;
  expect({ error, result }).toEqual({
    error: "Unhandled",
    result: { errorType: "Runtime.ExitError", errorMessage },
  });
  expect(log()).toEqual([errorMessage, "Runtime.ExitError"]);
  expect((await ask()).status).toBe(502);
});

it("logs an exception outside of the handler, and the end of the process", async () => {
  const { invoke, log } = await failing(
    "exports.handler = () => new Promise(() => setTimeout(() => { throw new TypeError('later') }))",
  );
  const { id, result } = await invoke();
  expect(result).toMatchObject({ errorType: "TypeError", errorMessage: "later" });
  expect(logged(log(), "Uncaught Exception")).toMatchObject({
    errorType: "TypeError",
    errorMessage: "later",
  });
  expect(log().slice(-2)).toEqual([
    `RequestId: ${id} Error: Runtime exited with error: exit status 129`,
    "Runtime.ExitError",
  ]);
});

it("logs a rejection that nobody handles", async () => {
  const { invoke, log } = await failing(`
    exports.handler = () => new Promise(() => { Promise.reject(new Error('lost')) })
  `);
  const { id, result } = await invoke();
  const error = { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: lost" };
  expect(result).toMatchObject(error);
  expect(logged(log(), "Unhandled Promise Rejection")).toMatchObject({
    ...error,
    reason: { errorType: "Error", errorMessage: "lost" },
  });
  expect(log()).toContain(`RequestId: ${id} Error: Runtime exited with error: exit status 128`);
});

it("ends a function that runs into its timeout, and logs that", async () => {
  const { name, ask, invoke, log } = await failing(
    "exports.handler = async (e) => { if (e.pid) return process.pid; console.log(process.pid); for (;;); }",
    { Timeout: 1 },
  );
  expect(await ask()).toMatchObject({ status: 502, body: Buffer.from("Internal Server Error") });
  const [pid, ...rest] = log();
  expect(rest).toEqual(["Task timed out after 1.00 seconds"]);
  expect(test.lambda.logs({ functions: [name] })[1]?.requestId).toBe(
    test.lambda.logs({ functions: [name] })[0]?.requestId,
  );
  expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH");
  const { id, result } = await invoke();
  expect(result).toEqual({
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${id} Error: Task timed out after 1.00 seconds`,
  });
  expect((await invoke({ pid: true })).error).toBeUndefined();
});

it("ends a function that needs more memory than it has, and logs that", async () => {
  const { invoke, log } = await failing(
    "exports.handler = async () => { const a = []; for (;;) a.push(new Array(1e5).fill(Math.random())) }",
    { Timeout: 30 },
  );
  const { id, result } = await invoke();
  expect(result).toMatchObject({ errorType: "Runtime.ExitError" });
  expect(log().join("\n")).toContain("JavaScript heap out of memory");
  expect(log().slice(-2)).toEqual([
    `RequestId: ${id} Error: Runtime exited with error: signal: aborted`,
    "Runtime.ExitError",
  ]);
}, 30_000);

it.each([
  ["does not load", "throw new Error('broken')", { errorType: "Error", errorMessage: "broken" }],
  [
    "has no handler",
    "",
    {
      errorType: "Runtime.HandlerNotFound",
      errorMessage: "index.handler is undefined or not exported",
    },
  ],
])("logs why a function %s", async (_, code, error) => {
  const { invoke, ask, log } = await failing(code);
  expect((await invoke()).result).toMatchObject(error);
  expect(logged(log(), "Uncaught Exception")).toMatchObject(error);
  expect((await ask()).status).toBe(502);
});

it("ends the stream of a handler that fails, so that nothing of it is in the next answer", async () => {
  const { invoke } = await failing(`
    let failed;
    exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      if (event.fail) {
        failed = stream;
        setInterval(() => stream.write("old"), 5);
        throw new Error("no");
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      stream.end(JSON.stringify({ destroyed: failed.destroyed }));
    });
  `);
  expect((await invoke({ fail: true })).result).toMatchObject({ errorMessage: "no" });
  expect((await invoke()).result).toEqual({ destroyed: true });
});
