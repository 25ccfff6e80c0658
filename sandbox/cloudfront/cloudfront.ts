import { AwsError, type FunctionUrls, type HttpRequest, type HttpResponse, type OwnService } from "../http";
import type { LambdaAtEdge } from "../lambda/at-edge";
import { findOperation } from "../protocols/rest";
import { type Account, type Distribution, emptyAccount } from "./account";
import { ResponseCache } from "./cache";
import { configOperations } from "./configs";
import { errorPage, serve } from "./data-plane";
import { distributionOperations, tagOperations } from "./distributions";
import type { EdgeLog } from "./edge-functions";
import { functionOperations } from "./functions";
import { invalidationOperations } from "./invalidations";
import type { KeyValueStore } from "./key-value-store";
import { keyValueStoreOperations } from "./key-value-stores";
import { type Operation, render } from "./operation";

/** What a list of distributions shows. */
export interface DistributionSummary {
  readonly id: string;
  readonly arn: string;
  /** 12 digits. */
  readonly account: string;
  readonly domain: string;
  readonly aliases: readonly string[];
  readonly enabled: boolean;
  /** The value of the tag `meridian:cell`. */
  readonly cell?: string;
}

/** CloudFront in the sandbox: its API and its distributions. */
export interface CloudFront extends OwnService {
  /**
   * Whether a request to this host goes to a distribution: its domain name, one of its aliases, or
   * `<cell>.localhost` where it carries the tag `meridian:cell=<cell>`. A port makes no difference.
   */
  owns(host: string): boolean;
  /** Serves a viewer's request; a host that nobody owns gets CloudFront's 403. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** All distributions of all accounts. */
  distributions(): readonly DistributionSummary[];
  /** The contents of a key-value store. */
  keyValueStore(arn: string): KeyValueStore | undefined;
}

/** What a caller may want to watch or steer. */
export interface CloudFrontOptions {
  /** Takes what edge functions log, and why they failed. @default drops it */
  readonly log?: (entry: EdgeLog) => void;
  /** The Lambda functions that distributions may run. @default there are none */
  readonly lambdas?: LambdaAtEdge;
  /** Who may assume a role, as JSON; undefined where there is no such role. @default there is no role */
  readonly trustPolicy?: (roleArn: string) => Promise<string | undefined>;
  /** Milliseconds since the epoch. @default the clock */
  readonly now?: () => number;
}

/** The tag by which a distribution says which cell it fronts. */
const cellTag = "meridian:cell";

/** The operations of CloudFront's API. */
export const cloudFrontOperations: readonly Operation[] = [
  ...distributionOperations,
  ...invalidationOperations,
  ...configOperations,
  ...functionOperations,
  ...keyValueStoreOperations,
  ...tagOperations,
].map((operation) => ({ ...operation, path: `/2020-05-31${operation.path}` }));

const noLambdas: LambdaAtEdge = {
  find: () => undefined,
  run: async (arn) => ({ kind: "failed", message: `there is no ${arn}` }),
  associate: () => {},
};

/** A CloudFront without resources. */
export function createCloudFront(urls: FunctionUrls, options: CloudFrontOptions = {}): CloudFront {
  const {
    lambdas = noLambdas,
    log = () => {},
    now = Date.now,
    trustPolicy = async () => undefined,
  } = options;
  const edge = { find: lambdas.find, trustPolicy };
  const accounts = new Map<string, Account>();
  const cache = new ResponseCache(now);
  const all = (): readonly (readonly [Account, Distribution])[] =>
    [...accounts.values()].flatMap((account) =>
      [...account.distributions.values()].map((distribution) => [account, distribution] as const),
    );
  const associatedLambdas = () => {
    const behaviours = all().flatMap(([, { model }]) => model.behaviours);
    return new Set(behaviours.flatMap((behaviour) => behaviour.lambdas.map(({ arn }) => arn)));
  };
  const find = (host: string) => {
    const name = host.toLowerCase().replace(/:\d+$/, "");
    return all().find(([, distribution]) => answersTo(distribution, name));
  };

  return {
    operations: cloudFrontOperations.map(({ name }) => name),
    handle: async (call) => {
      const account = accounts.get(call.account) ?? emptyAccount(call.account);
      accounts.set(call.account, account);
      const found = findOperation(cloudFrontOperations, call);
      if (!found) {
        throw new AwsError(
          400,
          "UnsupportedOperation",
          `The sandbox does not implement this operation of cloudfront: ${call.method} ${call.path}.`,
        );
      }
      const { operation, params, query } = found;
      const output = await operation.run({
        account,
        params,
        query,
        ifMatch: call.headers["if-match"],
        body: call.body,
        now: new Date(now()).toISOString(),
        everywhere: () => all().map(([, distribution]) => distribution),
        edge,
        invalidate: (distributionId, paths) => cache.invalidate(distributionId, paths),
      });
      if (call.method !== "GET") lambdas.associate(associatedLambdas());
      return render(output);
    },
    owns: (host) => find(host) !== undefined,
    request: async (request) => {
      const found = find(request.host);
      if (found === undefined) return errorPage(403, `No distribution answers to ${request.host}.`, "none");
      return serve({ urls, lambdas, cache, log, now }, found[0], found[1], request);
    },
    distributions: () => all().map(([account, distribution]) => summary(account, distribution)),
    keyValueStore: (arn) =>
      [...accounts.values()]
        .flatMap((account) => [...account.keyValueStores.values()])
        .find(({ values }) => values.arn === arn)?.values,
  };
}

function answersTo({ domain, model, tags }: Distribution, host: string): boolean {
  const cell = tags.get(cellTag);
  const local = cell === undefined ? undefined : `${cell.toLowerCase()}.localhost`;
  return [domain, local, ...model.aliases].includes(host);
}

function summary(account: Account, { id, arn, domain, model, tags }: Distribution): DistributionSummary {
  const cell = tags.get(cellTag);
  return {
    id,
    arn,
    account: account.id,
    domain,
    aliases: model.aliases,
    enabled: model.enabled,
    ...(cell === undefined ? {} : { cell }),
  };
}
