import { guardrailLockouts } from "../fleet/checks/guardrail";
import { stackCalls } from "../fleet/policy/calls";
import { fleetOf } from "./support/fleet";
test("x", () => {
const accounts: Record<string, object> = { management: { id: "111111111111" } };
const cells: Record<string, object> = {};
for (let i = 0; i < 50; i++) {
  accounts[`a${i}`] = { id: String(222222222222 + i), unit: "tenants/eu" };
  cells[`c${i}`] = { stage: "dev", tenant: `t${i}`, targets: { [`a${i}`]: ["eu-west-1", "eu-central-1", "us-east-1", "eu-north-1"] } };
}
const fleet = fleetOf({ fleet: "acme", services: { hello: { source: "x", routes: ["/*"] }, b: { source: "x", routes: ["/b"] } }, accounts, cells, organization: { management: "management", units: ["tenants/eu"], regionGuardrail: true } } as never);
let t = performance.now();
console.log("calls", stackCalls(fleet).flatMap(({ calls }) => calls).length, performance.now() - t);
t = performance.now();
guardrailLockouts(fleet);
console.log("check", performance.now() - t);
});
