import { actionOf } from "./aws-errors";
import { AwsError, type ServiceHandler } from "./http";
import { createBudgets } from "./organization/budgets";
import { createControlTower } from "./organization/control-tower";
import { createCostExplorer } from "./organization/cost-explorer";
import type { DeployedStacks } from "./organization/cost-explorer-stacks";
import { createOrganizations } from "./organization/organizations";
import { createIdentityCenter } from "./organization/sso-admin";
import { createStackSets } from "./organization/stack-sets";
import { createRoute53 } from "./route53";

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
