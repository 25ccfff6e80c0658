import { createAccountManagement } from "./account-management/account-management";
import { createBudgets } from "./budgets/budgets";
import type { CloudFront } from "./cloudfront/cloudfront";
import { createKeyValueStoreData } from "./cloudfront/key-value-store-data";
import type { CodeBuild } from "./codebuild/codebuild";
import type { CodePipeline } from "./codepipeline/codepipeline";
import { createControlTower } from "./control-tower/control-tower";
import { createCostExplorer } from "./cost-explorer/cost-explorer";
import type { DeployedStacks } from "./cost-explorer/stacks";
import { createDynamoDb } from "./dynamodb/dynamodb";
import type { Identities } from "./gateway/identities";
import type { OwnService, ServiceHandler } from "./http";
import { createIdentityCenter } from "./identity-center/identity-center";
import type { Lambda } from "./lambda/lambda";
import { createLimits, type Limits } from "./limits";
import { createOrganizations } from "./organizations/organizations";
import type { Outages } from "./outages";
import { createRoute53 } from "./route53/route53";
import type { Scheduler } from "./scheduler/scheduler";
import { createServiceQuotas } from "./service-quotas/service-quotas";
import { createStackSets } from "./stack-sets/stack-sets";

/** What the services stand on. */
export interface OwnServicesOptions {
  readonly lambda: Lambda;
  readonly cloudFront: CloudFront;
  readonly identities: Identities;
  readonly scheduler: Scheduler;
  /** @default none: it is not served */
  readonly codeBuild?: CodeBuild;
  /** @default none: it is not served */
  readonly codePipeline?: CodePipeline;
  /** What Cost Explorer makes a bill of. */
  readonly stacks: DeployedStacks;
  /** Who keeps the items of DynamoDB's tables. */
  readonly moto: ServiceHandler;
  readonly outages: Outages;
  /** @default AWS's own */
  readonly limits?: Limits;
}

/** The services that are served here, and not by moto, by signing name. */
export function createOwnServices(options: OwnServicesOptions): Readonly<Record<string, OwnService>> {
  const {
    lambda,
    cloudFront,
    codeBuild,
    codePipeline,
    identities,
    limits = createLimits(),
    moto,
    outages,
    scheduler,
    stacks,
  } = options;
  const organizations = createOrganizations();
  const { sso, identityStore } = createIdentityCenter();
  return {
    lambda,
    cloudfront: cloudFront,
    "cloudfront-keyvaluestore": createKeyValueStoreData(identities, cloudFront.keyValueStore),
    dynamodb: createDynamoDb({ moto, outages }),
    route53: createRoute53(),
    scheduler,
    ...(codeBuild && { codebuild: codeBuild }),
    organizations,
    cloudformation: createStackSets(organizations),
    controltower: createControlTower(organizations),
    sso,
    identitystore: identityStore,
    budgets: createBudgets(),
    ce: createCostExplorer(stacks),
    ...(codePipeline && { codepipeline: codePipeline }),
    account: createAccountManagement(limits),
    servicequotas: createServiceQuotas(limits),
  };
}
