import { join } from "node:path";
import type { CheckedFleet } from "../../check/load";
import { drill } from "../../cli/drill";
import { residency } from "../../cli/residency";
import { projectRoot } from "../../fleet/project";
import { onlyOf, synthesizedOf } from "../evidence/support";

// What is synthesized is spoiled on the way: no fleet file gives a front that breaks its promise.
jest.mock("../../cli/shared/evidence", () => ({
  ...jest.requireActual("../../cli/shared/evidence"),
  synthesized: ({ fleet }: CheckedFleet) =>
    synthesizedOf(fleet, ({ globex_front, ...stacks }) => {
      const router = onlyOf(globex_front, "aws_cloudfront_function");
      router.code = router.code.replace('"drained"', '"nothing"');
      onlyOf(stacks["globex_globex_eu-west-1"], "aws_cloudwatch_log_group").provider = "aws.nobody";
    }),
}));

const file = join(projectRoot, "fleet.yaml");

let printed: string;
beforeEach(() => {
  printed = "";
  const print = (text: string | Uint8Array) => {
    printed += text;
    return true;
  };
  jest.spyOn(process.stdout, "write").mockImplementation(print);
  jest.spyOn(process.stderr, "write").mockImplementation(print);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

test("a drill that finds a violation ends with exit code 1", async () => {
  await drill(file, { cell: "globex", json: true });
  expect(process.exitCode).toBe(1);
  const { cells, ok } = JSON.parse(printed);
  expect(ok).toBe(false);
  expect(cells[0].violations).toEqual([expect.objectContaining({ property: "drained regions" })]);
});

test("evidence of data outside its zone ends with exit code 1, and says what, why and how to fix it", async () => {
  await residency(file, { cell: "globex" });
  expect(process.exitCode).toBe(1);
  expect(printed).toMatch(
    /^error globex: aws_cloudwatch_log_group\.\S+ in globex_globex_eu-west-1 does not say where it is\n {2}why: .+\n {2}fix: .+$/m,
  );
});
