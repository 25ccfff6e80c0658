import type { Cell, Secret, SecretStore, Service, Target } from "./model";
import type { SecretEntry } from "./schema/fleet-file";
import { sortBy } from "./values";

/** Where the secrets of a service lie, by name. */
export function resolveSecrets(entries: Readonly<Record<string, SecretEntry>> = {}): readonly Secret[] {
  return sortBy(Object.entries(entries), ([name]) => name).map(([name, entry]) => ({
    name,
    store: "parameter" in entry ? "parameter" : "secret",
    at: "parameter" in entry ? entry.parameter : entry.secret,
    kmsKey: entry.kmsKey,
  }));
}

/** A secret of a service in one target: which account has it, and where. */
export interface TargetSecret {
  readonly service: string;
  /** What the handler calls it. */
  readonly name: string;
  readonly store: SecretStore;
  /** Its name in the store. */
  readonly at: string;
  readonly accountId: string;
  readonly region: string;
  /** As policies name it: that of a secret ends in six characters that Secrets Manager makes up. */
  readonly arn: string;
  /** ARN of the user's own key that it is encrypted with. */
  readonly kmsKey?: string;
}

/** What a service reads in one of its cell's targets, by name: always in the target's own account and region. */
export function secretsOf(cell: Cell, target: Target, service: Service): readonly TargetSecret[] {
  const { account, region } = target;
  return service.secrets.map(({ at: pattern, kmsKey, name, store }) => {
    const at = fill(pattern, cell, target);
    return {
      service: service.name,
      name,
      store,
      at,
      accountId: account.id,
      region,
      arn: arnOf(store, at, target),
      kmsKey: kmsKey && fill(kmsKey, cell, target),
    };
  });
}

/** The variable that tells a function where its secrets lie. `bundles/around/secrets.js` reads it. */
export const secretsVariable = "MERIDIAN_SECRETS";

/**
 * What it says; nothing for a service without secrets. Not a part of the bundle, because one bundle serves targets in which
 * they lie in different places.
 *
 * @param refresh seconds
 */
export function secretsEnvironment(
  secrets: readonly Pick<TargetSecret, "at" | "name" | "store">[],
  refresh: number,
): Readonly<Record<string, string>> {
  if (secrets.length === 0) return {};
  const placesIn = (wanted: SecretStore) =>
    Object.fromEntries(secrets.flatMap(({ at, name, store }) => (store === wanted ? [[name, at]] : [])));
  const places = { refresh, parameters: placesIn("parameter"), secrets: placesIn("secret") };
  return { [secretsVariable]: JSON.stringify(places) };
}

function fill(text: string, cell: Cell, { account, region }: Target): string {
  return text
    .replaceAll("{cell}", cell.name)
    .replaceAll("{stage}", cell.stage)
    .replaceAll("{region}", region)
    .replaceAll("{account}", account.id);
}

/**
 * A parameter's ARN has its name in it, without the slash that it may begin with.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
 *
 * A secret's ends in a hyphen and six characters; `?` keeps out secrets whose names only begin alike.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
function arnOf(store: SecretStore, at: string, { account, region }: Target): string {
  if (store === "secret") return `arn:aws:secretsmanager:${region}:${account.id}:secret:${at}-??????`;
  return `arn:aws:ssm:${region}:${account.id}:parameter/${at.replace(/^\//, "")}`;
}
