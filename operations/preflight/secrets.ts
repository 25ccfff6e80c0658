import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { SecretStore } from "../../fleet/model";
import { secretsOf, type TargetSecret } from "../../fleet/secrets";
import type { AccountAsker } from "../aws/account-asker";
import { allPages, unlessMissing } from "../aws/answers";
import type { AccountScope, Answer, Check } from "./model";

/** What keeps a secret from being read. */
interface Lack {
  /** Said after its name: `is not there`. */
  readonly why: string;
  /** The command line that helps. It reads a value from the standard input, so that no history has it. */
  readonly fix: (name: string, region: string) => string;
}

/** What each secret lacks that cannot be read; nothing for one that can. */
type Missing = ReadonlyMap<string, Lack>;

const noParameter: Lack = {
  why: "is not there",
  fix: (name, region) =>
    `aws ssm put-parameter --region ${region} --type SecureString --name ${name} --value file:///dev/stdin`,
};

const noSecret: Lack = {
  why: "is not there",
  fix: (name, region) =>
    `aws secretsmanager create-secret --region ${region} --name ${name} --secret-string file:///dev/stdin`,
};

/** Its name is taken until then: https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_restore-secret.html */
const deletedSecret: Lack = {
  why: "is to be deleted",
  fix: (name, region) => `aws secretsmanager restore-secret --region ${region} --secret-id ${name}`,
};

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
const emptySecret: Lack = {
  why: "has no value",
  fix: (name, region) =>
    `aws secretsmanager put-secret-value --region ${region} --secret-id ${name} --secret-string file:///dev/stdin`,
};

/** A place where secrets lie, asked without reading any of them. */
interface Store {
  readonly store: SecretStore;
  readonly subject: string;
  readonly action: string;
  readonly missing: (names: readonly string[], region: string, asker: AccountAsker) => Promise<Missing>;
}

const stores: readonly Store[] = [
  {
    store: "parameter",
    subject: "parameters of Systems Manager",
    action: "ssm:DescribeParameters",
    missing: missingParameters,
  },
  {
    store: "secret",
    subject: "secrets of Secrets Manager",
    action: "secretsmanager:DescribeSecret",
    missing: missingSecrets,
  },
];

/** Whether what `secrets` names is there, in each region that it is read in. No value is read, and none is decrypted. */
export function secretChecks(scope: AccountScope): readonly Check[] {
  const secrets = secretsIn(scope);
  const regions = [...new Set(secrets.map(({ region }) => region))].sort();
  return regions.flatMap((region) =>
    stores.flatMap(({ action, missing, store, subject }): readonly Check[] => {
      const wanted = secrets.filter((secret) => secret.region === region && secret.store === store);
      const names = [...new Set(wanted.map(({ at }) => at))].sort();
      if (names.length === 0) return [];
      return [
        {
          ...{ subject, region, asks: [action] },
          ask: async (asker) => secretsAnswer(wanted, names, await missing(names, region, asker), region),
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
  region: string,
): Answer {
  const readers = (at: string) =>
    wanted.filter((secret) => secret.at === at).map(({ name, service }) => `${name} of ${service}`);
  const lacking = names.flatMap((name) => {
    const lack = missing.get(name);
    return lack === undefined ? [] : [{ name, ...lack }];
  });
  const wrong = lacking.map(({ name, why }) => `${name} (${[...new Set(readers(name))].join(", ")}) ${why}`);
  return {
    status: wrong.length > 0 ? "fails" : "fine",
    needed: names.join(", "),
    found: wrong.length > 0 ? wrong.join("; ") : "all of them",
    raise: lacking.map(({ fix, name }) => fix(name, region)).join("; "),
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
  return new Map(names.filter((name) => !there.has(name)).map((name) => [name, noParameter]));
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
      return [name, lackOf(await unlessMissing(answer, "ResourceNotFoundException"))] as const;
    }),
  );
  return new Map(found.flatMap(([name, lack]) => (lack === undefined ? [] : [[name, lack]])));
}

/** From https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
function lackOf(secret: DescribeSecretResponse | undefined): Lack | undefined {
  if (!secret) return noSecret;
  if (secret.DeletedDate) return deletedSecret;
  const stages = Object.values(secret.VersionIdsToStages ?? {}).flat();
  return stages.includes("AWSCURRENT") ? undefined : emptySecret;
}
