import { fleetOf, smallFile } from "../support/fleet";
import { synthTexts } from "../support/synth";

test("a front stack, as Terraform reads it", () => {
  expect(synthTexts(fleetOf(smallFile)).get("globex_front")).toMatchSnapshot();
});
