import { randomUUID } from "node:crypto";
import type { Networks } from "../ec2/networks";
import { type AwsCall, AwsError, type FunctionUrls, type OwnService } from "../http";
import { createLimits, type Limits } from "../limits";
import type { Outages } from "../outages";
import { readObject } from "../protocols/json";
import type { Queues } from "../sqs/queues";
import { createLambdaAtEdge, type LambdaAtEdge } from "./at-edge";
import { createCodeStore } from "./code";
import { type Mappings, mappingIdOf } from "./event-source-mappings";
import { invoke } from "./invoke";
import { createLogs, type LogLine, type LogQuery, type Logs } from "./logs";
import { functionArn, parseFunctionReference } from "./names";
import type { BufferedOutcome } from "./payloads";
import { createPoller } from "./poller";
import { createReplicas, type Replicas } from "./replicas";
import { lambdaOperations, route } from "./routes";
import { type Credentials, createRunner } from "./runner";
import { createStore } from "./store";
import { functionUrl } from "./url-configs";
import { createFunctionUrls } from "./urls";
import { readVpcConfig } from "./vpc";

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
  /** What event source mappings read. */
  readonly queues: Queues;
  /** What functions can be put into. */
  readonly networks: Networks;
  /** Where what handlers write is kept. @default one of its own */
  readonly logs?: Logs;
  readonly onLog?: (line: string) => void;
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
  /**
   * Calls a function as another service does, with an event in JSON.
   *
   * @param arn of the function, a version or an alias
   * @throws {AwsError} 404, there is none
   */
  readonly run: (arn: string, event: string) => Promise<BufferedOutcome>;
  readonly logs: (query: LogQuery) => readonly LogLine[];
  readonly functions: () => readonly DeployedFunction[];
  /** A deployed zip, by the file name at the end of what GetFunction says of its location. */
  readonly code: (file: string) => Buffer | undefined;
  /** Reads no queue any more, and ends all function processes. */
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
  queues,
  networks,
  logs = createLogs(),
  onLog = () => {},
}: LambdaOptions): Lambda {
  const store = createStore();
  const codeStore = createCodeStore(folder);
  const replicas = createReplicas(replicaSeconds);
  const runner = createRunner({ functionProcess, runtimeModules, endpoint, credentials, logs });
  const mappings: Mappings = new Map();
  const poller = createPoller({
    ...{ mappings, store, runner, queues, outages },
    onProblem: (mapping, problem) => onLog(`${mapping.queueArn} for ${mapping.function.name}: ${problem}`),
  });

  async function handle(call: AwsCall) {
    const { action, reference: written, item: element, query } = route(call);
    // Tags of mappings are asked by their ARN, where those of functions are asked by the function's.
    const mapping = mappingIdOf(written ?? "");
    const [reference, item] = mapping === undefined ? [written, element] : [undefined, mapping];
    if (action === "invoke") {
      const named = parseFunctionReference(reference ?? "", call);
      const qualifier = query.get("Qualifier") ?? named.qualifier;
      return invoke(runner, logs, call, store.get(named.id), qualifier);
    }
    const sent = readObject(call.body, notJson);
    const { account, region } = call;
    const VpcConfig = await readVpcConfig(networks, call, sent);
    const body = VpcConfig ? { ...sent, VpcConfig } : sent;
    const name = reference ?? body.FunctionName ?? query.get("FunctionName") ?? undefined;
    const named = name === undefined ? undefined : parseFunctionReference(String(name), call);
    const id = named?.id ?? { account, region, name: "" };
    const qualifier = query.get("Qualifier") ?? named?.qualifier;
    const before = store.find(id);
    const parts = { store, codeStore, replicas, limits, mappings, queues };
    const response = await action({ ...parts, call, id, qualifier, item, query, body, endpoint });
    if (mappings.size > 0) poller.start();
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
    async run(arn, event) {
      const [, , , region = "", account = ""] = arn.split(":");
      const { id, qualifier } = parseFunctionReference(arn, { account, region });
      const { outcome } = await runner.runBuffered(store.get(id), qualifier, event, randomUUID());
      return outcome;
    },
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
    close() {
      poller.close();
      return runner.close();
    },
  };
}
