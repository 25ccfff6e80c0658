import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { InvokeMessage } from "../../../sandbox/lambda/function-process";
import { type FunctionInstance, startInstance } from "../../../sandbox/lambda/instance";

const folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
const open: FunctionInstance[] = [];
afterAll(async () => {
  await Promise.all(open.map((instance) => instance.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** An instance whose process says what `body` does with `message` and `say`. */
function started(body: string, ready = ""): FunctionInstance {
  const functionProcess = join(folder, `process-${open.length}.js`);
  writeFileSync(
    functionProcess,
    `const say = (message) => process.send(message);
    process.on("message", (message) => { ${body} });
    process.on("disconnect", () => process.exit());
    say({ kind: "ready" });
    ${ready}`,
  );
  const instance = startInstance({
    functionProcess,
    handler: "index.handler",
    folder,
    memoryMegabytes: 128,
    environment: {},
    onLine: () => {},
  });
  open.push(instance);
  return instance;
}

let count = 0;
const message = (): InvokeMessage => ({
  requestId: `request-${++count}`,
  event: "{}",
  deadline: 0,
  functionArn: "arn:aws:lambda:eu-central-1:111111111111:function:hello",
});

const succeeds = `say({ kind: "succeeded", requestId: message.requestId, result: "1" });`;

it.each([
  ["succeeded", `result: "old"`],
  ["failed", `error: { errorType: "Error", errorMessage: "old" }`],
  ["streaming", `contentType: "text/plain"`],
])("does not take for an invocation's own that another has %s", async (kind, more) => {
  const instance = started(`say({ kind: "${kind}", requestId: "before", ${more} }); ${succeeds}`);
  expect(await instance.invoke(message(), 5)).toMatchObject({ kind: "succeeded", result: "1" });
});

it("nor into its stream what another writes", async () => {
  const instance = started(`
    const { requestId } = message;
    say({ kind: "streaming", requestId, contentType: "text/plain" });
    say({ kind: "chunk", requestId: "before", data: Buffer.from("old") });
    say({ kind: "chunk", requestId, data: Buffer.from("new") });
    ${succeeds}
  `);
  const outcome = await instance.invoke(message(), 5);
  expect(outcome.kind === "streamed" && (await text(outcome.body))).toBe("new");
});

it("hears of the end of a process that comes during an invocation", async () => {
  const instance = started("process.exit(3)");
  const { error } = (await instance.invoke(message(), 5)) as { readonly error?: unknown };
  expect(error).toMatchObject({
    errorType: "Runtime.ExitError",
    errorMessage: expect.stringContaining("exit status 3"),
  });
});

it("and of one that came before it, at once", async () => {
  const instance = started("", "setTimeout(() => process.exit(4))");
  while (instance.isAlive()) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await instance.invoke(message(), 10)).toMatchObject({
    kind: "failed",
    error: { errorType: "Runtime.ExitError" },
  });
});

it("keeps nothing of an invocation that is over", async () => {
  const instance = started(succeeds);
  const invoke = async () => {
    const own = message();
    await instance.invoke(own, 5);
    return new WeakRef(own);
  };
  const invoked = [await invoke(), await invoke(), await invoke()];
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turns = 0; turns < 5; turns++) {
    await turn();
    collect();
  }
  expect(invoked.map((one) => one.deref())).toEqual([undefined, undefined, undefined]);
});
