import type { Fleet } from "../../fleet/model";
import type { NamedPolicy } from "../../fleet/policy-document";
import { filled } from "../calls/extension";
import type { RoleScope } from "./scope";

/**
 * What the fleet's extensions say that the deploy of their resources calls: word for word, but for the placeholders. Within
 * what a deploy role never may, see `limits.ts`.
 */
export function extensionsPolicy(scope: RoleScope, { extensions }: Pick<Fleet, "extensions">): NamedPolicy {
  return {
    name: "extensions",
    document: {
      Version: "2012-10-17",
      Statement: extensions.flatMap(({ deploy }) =>
        deploy.map(({ actions, conditions, resources }) => ({
          Effect: "Allow",
          Action: [...new Set(actions)].sort(),
          Resource: [...new Set(resources.map((resource) => filled(resource, scope)))].sort(),
          ...(conditions && { Condition: conditions }),
        })),
      ),
    },
  };
}

/** Whether any extension asks for something, and so whether deploy roles need {@link extensionsPolicy}. */
export function asksForMore({ extensions }: Pick<Fleet, "extensions">): boolean {
  return extensions.some(({ deploy }) => deploy.length > 0);
}
