import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";

const page = readFileSync(join(projectRoot, "docs", "extend.md"), "utf8");

/** The blocks of TypeScript, in order. */
const [extension = "", main = "", handler = "", example = ""] = [
  ...page.matchAll(/```ts\n([\s\S]*?)```/g),
].map(([, code]) => code);

/** Code as it stands in this folder, where it is compiled and run: only the way to Meridian is another. */
const here = (code: string) => code.replaceAll(/"\.\.\/(stacks\/[\w/-]+)"; \/\/ .*/g, '"../../../$1";');

test.each([
  ["mail-queue.ts", extension],
  ["mail-queue.test.ts", example],
])("%s on the page is what is compiled and tested", (file, code) => {
  expect(here(code)).toBe(readFileSync(join(__dirname, "extend", file), "utf8"));
});

test("main.ts and the handler name what the extension gives", () => {
  expect(main).toContain('import { mailQueue } from "./extensions/mail-queue"');
  expect(handler).toContain("process.env.MAIL_QUEUE_URL");
  expect(extension).toContain('environment.set("MAIL_QUEUE_URL"');
});

test.each(["extensions", "examples"])("a test in %s is run", (folder) => {
  const { testMatch } = jest.requireActual<{ readonly testMatch: readonly string[] }>("../../jest.config.js");
  expect(testMatch).toContain(`<rootDir>/${folder}/**/*.test.ts`);
});
