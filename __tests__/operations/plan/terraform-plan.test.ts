import { UserError } from "../../../fleet/errors";
import { parsePlan } from "../../../operations/plan/terraform-plan";

test("a plan of any minor version is read", () => {
  expect(parsePlan('{"format_version":"1.9","errored":false}')).toMatchObject({ errored: false });
});

test.each(["", "Error: no plan", "[]", "{}"])("%p is no plan", (text) => {
  expect(() => parsePlan(text)).toThrow(UserError);
});

test("a form that a later Terraform may have is refused", () => {
  expect(() => parsePlan('{"format_version":"2.0"}')).toThrow(/format 2.0/);
});
