import { actionOf } from "./aws-errors";
import { createBudgets } from "./budgets/budgets";
import { createControlTower } from "./control-tower/control-tower";
import { createCostExplorer } from "./cost-explorer/cost-explorer";
import type { DeployedStacks } from "./cost-explorer/stacks";
import { AwsError, type ServiceHandler } from "./http";
import { createIdentityCenter } from "./identity-center/identity-center";
import { createOrganizations } from "./organizations/organizations";
import { createRoute53 } from "./route53/route53";
import { createStackSets } from "./stack-sets/stack-sets";

/**
 * The services that neither moto serves well nor any request of a viewer reaches, by signing name.
 *
 * @param stacks what Cost Explorer makes a bill of
 */
export function createOwnServices(stacks: DeployedStacks): ServiceHandler {
  const organizations = createOrganizations();
  const identityCenter = createIdentityCenter();
  const services: Readonly<Record<string, ServiceHandler>> = {
    organizations: organizations.handle,
    cloudformation: createStackSets(organizations),
    budgets: createBudgets(),
    ce: createCostExplorer(stacks),
    controltower: createControlTower(),
    sso: identityCenter.sso,
    identitystore: identityCenter.identityStore,
    route53: createRoute53(),
  };
  return async (call) => {
    const serve = services[call.service];
    if (!serve) {
      throw new AwsError(
        400,
        "NotImplemented",
        `the sandbox does not serve ${call.service} ${actionOf(call)}`,
      );
    }
    return serve(call);
  };
}
