import { routersOf } from "../../check/routers";
import { fleetOf, smallFile } from "../support/fleet";
import { onlyResource, stackOf, synthJson, synthTexts } from "../support/synth";

test("a front stack, as Terraform reads it", () => {
  const text = synthTexts(fleetOf(smallFile)).get("globex_front") ?? "";
  // The router has tests of its own; here its code would hide the rest, as would CDKTF's notes.
  const json = JSON.parse(text, (key, value) => (key === "//" ? undefined : key === "code" ? "…" : value));
  expect(JSON.stringify(json, null, 1)).toMatchSnapshot();
});

test("its router is the cell's", () => {
  const fleet = fleetOf(smallFile);
  const stack = stackOf(synthJson(fleet), "globex_front");
  expect(onlyResource(stack, "aws_cloudfront_function").code).toBe(routersOf(fleet).get("globex"));
});
