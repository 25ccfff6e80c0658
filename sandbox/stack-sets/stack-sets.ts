import { actionOf } from "../aws-errors";
import { AwsError, type ServiceHandler } from "../http";
import type { Organizations } from "../organizations/organizations";
import { stackInstanceOperations } from "./instances";
import { createStackSetStore } from "./model";
import type { StackSetHandler } from "./operations";
import { queryAnswer, readQuery } from "./query";
import { stackSetOperations } from "./sets";

const operations: Readonly<Record<string, StackSetHandler>> = {
  ...stackSetOperations,
  ...stackInstanceOperations,
};

/**
 * CloudFormation, as far as service-managed stack sets need it. An operation is done as soon as it was asked for; no
 * stack is made: in the sandbox, no role has to be there to be assumed.
 */
export function createStackSets(organizations: Organizations): ServiceHandler {
  const store = createStackSetStore();
  return async (call) => {
    const action = actionOf(call);
    const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
    if (!operation) {
      throw new AwsError(400, "NotImplemented", `the sandbox does not serve cloudformation ${action}`);
    }
    return queryAnswer(action, operation({ query: readQuery(call), call, store, organizations }));
  };
}
