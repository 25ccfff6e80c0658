import { fleetOf, smallFile } from "../support/fleet";
import { synthTexts } from "../support/synth";

test("a target stack, as Terraform reads it", () => {
  const targets = { globex: ["eu-central-1"] };
  const cells = { globex: { stage: "production", tenant: "globex", targets } };
  const texts = synthTexts(fleetOf({ ...smallFile, cells }));
  expect(texts.get("globex_globex_eu-central-1")).toMatchSnapshot();
});
