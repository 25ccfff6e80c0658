import { runTree } from "../../bench/process-tree";

const onLinux = process.platform === "linux" ? test : test.skip;

const grown = "const b = Buffer.alloc(150e6, 1); setTimeout(() => b.fill(2), 500)";
const program = (script: string, code?: number) => ({
  ...{ command: process.execPath, args: ["-e", script], env: { PATH: process.env.PATH }, code },
});

onLinux("the memory of what a program starts counts as its own, and at the same time", async () => {
  const nested = `const { spawn } = require("node:child_process");
    const b = Buffer.alloc(150e6, 1);
    spawn(process.execPath, ["-e", ${JSON.stringify(grown)}]).once("exit", () => b.fill(2))`;
  const { cpuSeconds, peakBytes } = await runTree(program(nested));
  expect(peakBytes).toBeGreaterThan(350e6);
  expect(peakBytes).toBeLessThan(700e6);
  expect(cpuSeconds).toBeGreaterThan(0);
});

onLinux("a program that computes in a child has computed", async () => {
  const busy = "const end = process.cpuUsage().user + 4e5; while (process.cpuUsage().user < end);";
  const nested = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(busy)}])`;
  expect((await runTree(program(nested))).cpuSeconds).toBeGreaterThanOrEqual(0.4);
});

onLinux("a program that ends otherwise than it should is an error that says what it said", async () => {
  await expect(runTree(program("console.error('no fleet'); process.exit(3)"))).rejects.toThrow(
    /exit code 3\nno fleet/,
  );
  expect(await runTree(program("process.exit(2)", 2))).toMatchObject({ peakBytes: expect.any(Number) });
});
