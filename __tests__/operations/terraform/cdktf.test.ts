import { stacksAtOnce } from "../../../operations/terraform/cdktf";

const gigabyte = 1024 ** 3;

test.each([
  ["two per core where memory allows", 2, 64, 4],
  ["as many as memory holds", 16, 6.1, 5],
  ["at least one, however little there is", 1, 0.1, 1],
])("%s", (_, cores, gigabytes, stacks) => {
  expect(stacksAtOnce(cores, gigabytes * gigabyte)).toBe(stacks);
});
