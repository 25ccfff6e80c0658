import { type AwsCall, AwsError, type FunctionUrls, type OwnService } from "../http";
import { createLimits, type Limits } from "../limits";
import type { Outages } from "../outages";
import { readObject } from "../protocols/json";
import { createLambdaAtEdge, type LambdaAtEdge } from "./at-edge";
import { createCodeStore } from "./code";
import { invoke } from "./invoke";
import { createLogs, type LogLine, type LogQuery } from "./logs";
import { functionArn, parseFunctionReference } from "./names";
import { createReplicas, type Replicas } from "./replicas";
import { lambdaOperations, route } from "./routes";
import { type Credentials, createRunner } from "./runner";
import { createStore } from "./store";
import { functionUrl } from "./url-configs";
import { createFunctionUrls } from "./urls";

/** What Lambda needs of the sandbox. */
export interface LambdaOptions {
  /** An existing folder of its own, for the deployed code. */
  readonly folder: string;
  /** Path of the compiled function-process.ts. */
  readonly functionProcess: string;
  /** Folders in which handlers find what the runtime brings on AWS: the SDK, `@aws-sdk/*`. */
  readonly runtimeModules: readonly string[];
  /** The sandbox's address, which functions send their own AWS calls to. */
  readonly endpoint: () => string;
  readonly outages: Outages;
  /** Credentials for a session of a function's role. */
  readonly credentials: (roleArn: string, region: string) => Promise<Credentials>;
  /** How long CloudFront keeps replicas of a function that no distribution names any more. @default 60 */
  readonly replicaSeconds?: number;
  /** @default AWS's own */
  readonly limits?: Limits;
}

/** A deployed function, for listings. */
export interface DeployedFunction {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  /** One per function URL; `$LATEST` is the function itself. */
  readonly urls: readonly { readonly qualifier: string; readonly arn: string; readonly url: string }[];
}

/** Lambda: the API, the function URLs, and what the functions wrote. */
export interface Lambda extends OwnService {
  readonly urls: FunctionUrls;
  readonly atEdge: LambdaAtEdge;
  readonly replicas: Replicas;
  readonly logs: (query: LogQuery) => readonly LogLine[];
  readonly functions: () => readonly DeployedFunction[];
  /** A deployed zip, by the file name at the end of what GetFunction says of its location. */
  readonly code: (file: string) => Buffer | undefined;
  /** Ends all function processes. */
  readonly close: () => Promise<void>;
}

const notJson = () => new AwsError(400, "SerializationException", "the request body is not JSON");

/** A Lambda without functions, for all accounts and regions. Layers are remembered, but not laid under the code. */
export function createLambda({
  folder,
  functionProcess,
  runtimeModules,
  endpoint,
  outages,
  credentials,
  replicaSeconds,
  limits = createLimits(),
}: LambdaOptions): Lambda {
  const store = createStore();
  const codeStore = createCodeStore(folder);
  const logs = createLogs();
  const replicas = createReplicas(replicaSeconds);
  const runner = createRunner({ functionProcess, runtimeModules, endpoint, credentials, logs });

  async function handle(call: AwsCall) {
    const { action, reference, item, query } = route(call);
    if (action === "invoke") {
      const named = parseFunctionReference(reference ?? "", call);
      const qualifier = query.get("Qualifier") ?? named.qualifier;
      return invoke(runner, logs, call, store.get(named.id), qualifier);
    }
    const body = readObject(call.body, notJson);
    const { account, region } = call;
    const name = reference ?? body.FunctionName;
    const named = name === undefined ? undefined : parseFunctionReference(String(name), call);
    const id = named?.id ?? { account, region, name: "" };
    const qualifier = query.get("Qualifier") ?? named?.qualifier;
    const before = store.find(id);
    const context = { store, codeStore, replicas, limits, call, id, qualifier, item, query, body, endpoint };
    const response = action(context);
    const after = store.find(id);
    if (before && before !== after) runner.retire(before, after);
    return response;
  }

  return {
    handle,
    operations: lambdaOperations.map(({ name }) => name),
    urls: createFunctionUrls(store, runner, outages),
    atEdge: createLambdaAtEdge(store, runner, replicas),
    replicas,
    logs: (query) => logs.read(query),
    functions: () =>
      store.list().map(({ id, urls }) => ({
        ...id,
        arn: functionArn(id),
        urls: [...urls.keys()].map((qualifier) => ({
          qualifier,
          arn: functionArn(id, qualifier),
          url: functionUrl(id, qualifier),
        })),
      })),
    code: (file) => codeStore.read(file),
    close: () => runner.close(),
  };
}
