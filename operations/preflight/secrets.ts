import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { SecretStore } from "../../fleet/model";
import { secretsOf, type TargetSecret } from "../../fleet/secrets";
import type { AccountAsker } from "../aws/account-asker";
import { allPages, unlessMissing } from "../recovery/lookups/model";
import type { AccountScope, Answer, Check } from "./model";

/** Why each secret that cannot be read cannot; nothing for one that can. */
type Missing = ReadonlyMap<string, string>;

/** A place where secrets lie, asked without reading any of them. */
interface Store {
  readonly store: SecretStore;
  readonly subject: string;
  readonly action: string;
  readonly missing: (names: readonly string[], region: string, asker: AccountAsker) => Promise<Missing>;
  /** The command line that makes one. It reads the value from the standard input, so that no history has it. */
  readonly make: (name: string, region: string) => string;
}

const stores: readonly Store[] = [
  {
    store: "parameter",
    subject: "parameters of Systems Manager",
    action: "ssm:DescribeParameters",
    missing: missingParameters,
    make: (name, region) =>
      `aws ssm put-parameter --region ${region} --type SecureString --name ${name} --value file:///dev/stdin`,
  },
  {
    store: "secret",
    subject: "secrets of Secrets Manager",
    action: "secretsmanager:DescribeSecret",
    missing: missingSecrets,
    make: (name, region) =>
      `aws secretsmanager create-secret --region ${region} --name ${name} --secret-string file:///dev/stdin`,
  },
];

/** Whether what `secrets` names is there, in each region that it is read in. No value is read, and none is decrypted. */
export function secretChecks(scope: AccountScope): readonly Check[] {
  const secrets = secretsIn(scope);
  const regions = [...new Set(secrets.map(({ region }) => region))].sort();
  return regions.flatMap((region) =>
    stores.flatMap(({ action, make, missing, store, subject }): readonly Check[] => {
      const wanted = secrets.filter((secret) => secret.region === region && secret.store === store);
      const names = [...new Set(wanted.map(({ at }) => at))].sort();
      if (names.length === 0) return [];
      return [
        {
          ...{ subject, region, asks: [action] },
          ask: async (asker) =>
            secretsAnswer(wanted, names, await missing(names, region, asker), (name) => make(name, region)),
        },
      ];
    }),
  );
}

/** What the functions of the selected target stacks read. */
function secretsIn({ account, fleet, stacks }: AccountScope): readonly TargetSecret[] {
  const selected = new Set(stacks.map(({ name }) => name));
  return fleet.cells.flatMap((cell) =>
    cell.targets
      .filter((target) => target.account.id === account.id && selected.has(target.stack))
      .flatMap((target) => cell.services.flatMap((service) => secretsOf(cell, target, service))),
  );
}

function secretsAnswer(
  wanted: readonly TargetSecret[],
  names: readonly string[],
  missing: Missing,
  make: (name: string) => string,
): Answer {
  const readers = (at: string) =>
    wanted.filter((secret) => secret.at === at).map(({ name, service }) => `${name} of ${service}`);
  const wrong = names.flatMap((name) => {
    const why = missing.get(name);
    return why === undefined ? [] : [`${name} (${[...new Set(readers(name))].join(", ")}) ${why}`];
  });
  const [first = names[0] ?? ""] = missing.keys();
  return {
    status: wrong.length > 0 ? "fails" : "fine",
    needed: names.join(", "),
    found: wrong.length > 0 ? wrong.join("; ") : "all of them",
    raise: make(first),
  };
}

/** Values that a filter takes: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
const filterValues = 50;

async function missingParameters(
  names: readonly string[],
  region: string,
  asker: AccountAsker,
): Promise<Missing> {
  const client = asker.client(SSMClient, region);
  const parts = Array.from({ length: Math.ceil(names.length / filterValues) }, (_, index) =>
    names.slice(index * filterValues, (index + 1) * filterValues),
  );
  const found = await Promise.all(
    parts.map((Values) =>
      // A page may be empty, and not be the last one.
      allPages(async (NextToken) => {
        const page = await asker.call(`asking Systems Manager in ${region}`, (limit) =>
          client.send(
            new DescribeParametersCommand({
              ParameterFilters: [{ Key: "Name", Option: "Equals", Values }],
              NextToken,
            }),
            limit,
          ),
        );
        return { items: page.Parameters, next: page.NextToken };
      }),
    ),
  );
  const there = new Set(found.flat().map(({ Name }) => Name));
  return new Map(names.filter((name) => !there.has(name)).map((name) => [name, "is not there"]));
}

async function missingSecrets(
  names: readonly string[],
  region: string,
  asker: AccountAsker,
): Promise<Missing> {
  const client = asker.client(SecretsManagerClient, region);
  const found = await Promise.all(
    names.map(async (name) => {
      const answer = asker.call(`asking Secrets Manager in ${region}`, (limit) =>
        client.send(new DescribeSecretCommand({ SecretId: name }), limit),
      );
      return [name, wrongWith(await unlessMissing(answer, "ResourceNotFoundException"))] as const;
    }),
  );
  return new Map(found.flatMap(([name, why]) => (why === undefined ? [] : [[name, why]])));
}

/** What keeps a secret from being read: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
function wrongWith(secret: DescribeSecretResponse | undefined): string | undefined {
  if (!secret) return "is not there";
  if (secret.DeletedDate) return "is to be deleted";
  const stages = Object.values(secret.VersionIdsToStages ?? {}).flat();
  return stages.includes("AWSCURRENT") ? undefined : "has no value";
}
