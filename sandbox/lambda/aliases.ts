import { randomUUID } from "node:crypto";
import { AwsError } from "../http";
import type { Body } from "./configuration";
import { type FunctionId, functionArn } from "./names";
import { type Alias, type FunctionState, type Operation, ok, resolveVersion } from "./store";

/** How an alias shares its invocations out between two versions. The sandbox keeps it, and does not act on it. */
interface RoutingConfig {
  readonly AdditionalVersionWeights?: Readonly<Record<string, number>>;
}

function hasWeights(routing: unknown): boolean {
  return Object.keys((routing as RoutingConfig | undefined)?.AdditionalVersionWeights ?? {}).length > 0;
}

function describeAlias(id: FunctionId, alias: Alias): Body {
  return {
    AliasArn: functionArn(id, alias.name),
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    // Lambda shows no routing where none is set, though the provider sends an empty one.
    ...(hasWeights(alias.routingConfig) && { RoutingConfig: alias.routingConfig }),
    RevisionId: alias.revisionId,
  };
}

function existing(state: FunctionState, name: string): Alias {
  const alias = state.aliases.get(name);
  if (!alias) {
    throw new AwsError(
      404,
      "ResourceNotFoundException",
      `Cannot find alias arn: ${functionArn(state.id, name)}`,
    );
  }
  return alias;
}

function put(state: FunctionState, alias: Alias): FunctionState {
  resolveVersion(state, alias.version);
  return { ...state, aliases: new Map(state.aliases).set(alias.name, alias) };
}

/** CreateAlias. */
export const createAlias: Operation = ({ store, id, body }) => {
  const state = store.get(id);
  const name = String(body.Name ?? "");
  if (!/^(?!\d+$)[A-Za-z0-9_-]{1,128}$/.test(name)) {
    throw new AwsError(400, "ValidationException", `Value '${name}' at 'name' is no alias name`);
  }
  if (state.aliases.has(name)) {
    throw new AwsError(409, "ResourceConflictException", `Alias already exists: ${functionArn(id, name)}`);
  }
  const alias: Alias = {
    name,
    version: String(body.FunctionVersion),
    description: String(body.Description ?? ""),
    routingConfig: body.RoutingConfig,
    revisionId: randomUUID(),
  };
  store.put(put(state, alias));
  return ok(describeAlias(id, alias), 201);
};

/** UpdateAlias; what the request leaves out stays. */
export const updateAlias: Operation = ({ store, id, item, body }) => {
  const state = store.get(id);
  const before = existing(state, item);
  const alias: Alias = {
    ...before,
    version: String(body.FunctionVersion ?? before.version),
    description: String(body.Description ?? before.description),
    routingConfig: body.RoutingConfig ?? before.routingConfig,
    revisionId: randomUUID(),
  };
  store.put(put(state, alias));
  return ok(describeAlias(id, alias));
};

/** GetAlias. */
export const getAlias: Operation = ({ store, id, item }) =>
  ok(describeAlias(id, existing(store.get(id), item)));

/** ListAliases in one page. */
export const listAliases: Operation = ({ store, id }) =>
  ok({ Aliases: [...store.get(id).aliases.values()].map((alias) => describeAlias(id, alias)) });

/** DeleteAlias, with the URL and the policy that hang on it; deleting one that is not there succeeds, as on AWS. */
export const deleteAlias: Operation = ({ store, id, item }) => {
  const state = store.get(id);
  const without = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([name]) => name !== item));
  store.put({
    ...state,
    aliases: without(state.aliases),
    urls: without(state.urls),
    policies: without(state.policies),
  });
  return ok(undefined, 204);
};
