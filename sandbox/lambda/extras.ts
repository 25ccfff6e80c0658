import { AwsError } from "../http";
import type { Body } from "./configuration";
import { type Operation, ok } from "./operation";

/** PutFunctionConcurrency: how many invocations may run at once, over all versions. */
export const putConcurrency: Operation = ({ store, id, body }) => {
  const reserved = Number(body.ReservedConcurrentExecutions);
  if (!Number.isInteger(reserved) || reserved < 0) {
    throw new AwsError(
      400,
      "InvalidParameterValueException",
      "ReservedConcurrentExecutions is not a whole number",
    );
  }
  store.put({ ...store.get(id), reservedConcurrency: reserved });
  return ok({ ReservedConcurrentExecutions: reserved });
};

/** GetFunctionConcurrency. */
export const getConcurrency: Operation = ({ store, id }) => {
  const { reservedConcurrency } = store.get(id);
  return ok(reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency });
};

/** DeleteFunctionConcurrency. */
export const deleteConcurrency: Operation = ({ store, id }) => {
  store.put({ ...store.get(id), reservedConcurrency: undefined });
  return ok(undefined, 204);
};

/** ListTags of a function. */
export const listTags: Operation = ({ store, id }) => ok({ Tags: store.get(id).tags });

/** TagResource. */
export const tagResource: Operation = ({ store, id, body }) => {
  const state = store.get(id);
  store.put({ ...state, tags: { ...state.tags, ...(body.Tags as Body) } });
  return ok(undefined, 204);
};

/** UntagResource. */
export const untagResource: Operation = ({ store, id, query }) => {
  const state = store.get(id);
  const gone = new Set(query.getAll("tagKeys"));
  const tags = Object.fromEntries(Object.entries(state.tags).filter(([key]) => !gone.has(key)));
  store.put({ ...state, tags });
  return ok(undefined, 204);
};

/** GetFunctionCodeSigningConfig: never one. */
export const getCodeSigningConfig: Operation = ({ store, id }) =>
  ok({ FunctionName: store.get(id).id.name, CodeSigningConfigArn: "" });
