import { withRunner } from "../../stacks/app-slot";
import { synth } from "../../stacks/synth";

test("synth() hands what it is given to whoever runs the app, and to nobody afterwards", () => {
  const taken: unknown[] = [];
  const options = { extensions: [{ name: "queue" }] };
  withRunner(
    globalThis,
    (given) => taken.push(given),
    () => synth(options),
  );
  expect(taken).toEqual([options]);
  expect(() => synth(options)).toThrow(
    /^main\.ts was started by itself.*\n.*\n {2}fix: set "app" in cdktf\.json/,
  );
  expect(taken).toHaveLength(1);
});
