import {
  DeleteFunctionCommand,
  GetAliasCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
} from "@aws-sdk/client-lambda";
import type { Service, Target } from "../../fleet/model";
import { openAccountAsker } from "../aws/account-asker";
import { allPages } from "../aws/answers";
import { isRefusal } from "../aws/errors";
import { type AwsSession, deployRole } from "../aws/role-credentials";

/** Whose old versions go. */
export interface PruneOptions {
  readonly fleet: string;
  readonly target: Target;
  /** Of the target. */
  readonly service: Pick<Service, "functionName" | "keepVersions">;
  readonly session: AwsSession;
}

/** Asks Lambda, within the command line's time limits. */
type Ask = <T>(send: (limit: { readonly abortSignal: AbortSignal }) => Promise<T>) => Promise<T>;

/** Versions that one deploy deletes of one function: with years of them, the next deploys go on. */
const mostAtOnce = 50;

/** Published versions; `$LATEST` has no number. */
const isNumbered = (version: string | undefined): version is string => /^\d+$/.test(version ?? "");

/** What AWS says of a version that an alias points at, which it never deletes, and of one that is gone already. */
const kept = ["ResourceConflictException", "ResourceNotFoundException"];

/**
 * Deletes a function's old versions: all of them count against the code storage that an account has in a region (75 GB:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), and Terraform deletes none.
 *
 * The newest stay, and whatever an alias points at: what `live` does is asked, and for aliases that somebody else has made
 * there is AWS's word, "You can't delete a version that an alias references"
 * (https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html). No release needs an old version: going back
 * publishes its bundle anew.
 *
 * @returns the versions that are gone
 * @throws AWS's error
 */
export async function pruneVersions(options: PruneOptions): Promise<readonly string[]> {
  const { fleet, service, session, target } = options;
  const asker = openAccountAsker(() => session.assumeRole(deployRole(fleet, target.account)), session);
  const client = asker.client(LambdaClient, target.region);
  const ask: Ask = (send) => asker.call(`asking Lambda in ${target.region} about old versions`, send);
  const FunctionName = service.functionName;
  try {
    const versions = await publishedVersions(client, FunctionName, ask);
    const old = versions.slice(service.keepVersions);
    if (old.length === 0) return [];
    const live = await ask((limit) =>
      client.send(new GetAliasCommand({ FunctionName, Name: "live" }), limit),
    );
    const served = new Set([
      live.FunctionVersion,
      ...Object.keys(live.RoutingConfig?.AdditionalVersionWeights ?? {}),
    ]);
    const gone: string[] = [];
    for (const Qualifier of old.filter((version) => !served.has(version)).slice(-mostAtOnce)) {
      try {
        await ask((limit) => client.send(new DeleteFunctionCommand({ FunctionName, Qualifier }), limit));
        gone.push(Qualifier);
      } catch (error) {
        if (!isRefusal(error, ...kept)) throw error;
      }
    }
    return gone;
  } finally {
    asker.close();
  }
}

/** The newest first: Lambda counts them up, and uses no number twice. */
async function publishedVersions(
  client: LambdaClient,
  FunctionName: string,
  ask: Ask,
): Promise<readonly string[]> {
  const found = await allPages(async (Marker) => {
    const command = new ListVersionsByFunctionCommand({ FunctionName, Marker });
    const { NextMarker, Versions } = await ask((limit) => client.send(command, limit));
    return { items: Versions, next: NextMarker };
  });
  return found
    .map(({ Version }) => Version)
    .filter(isNumbered)
    .sort((a, b) => Number(b) - Number(a));
}
