import { createControlTower } from "../../../sandbox/control-tower/control-tower";
import { createOrganizations } from "../../../sandbox/organizations/organizations";
import { managementId } from "../clients";

/** A unit, a control of the first generation, and a manifest each of versions 3.3 and 4.0. */
export const unitArn = `arn:aws:organizations::${managementId}:ou/o-abcdefghij/ou-ab12-abcdefgh`;
export const volumes = "arn:aws:controltower:us-east-1::control/AWS-GR_ENCRYPTED_VOLUMES";
export const someManifest = {
  governedRegions: ["eu-west-1", "us-east-1"],
  organizationStructure: { security: { name: "Security" }, sandbox: { name: "Sandbox" } },
  centralizedLogging: {
    accountId: "222222222222",
    configurations: { loggingBucket: { retentionDays: "365" }, accessLoggingBucket: { retentionDays: 30 } },
    enabled: true,
  },
  securityRoles: { accountId: "333333333333" },
  accessManagement: { enabled: true },
};

export const version4 = {
  ...someManifest,
  organizationStructure: undefined,
  securityRoles: { accountId: "333333333333", enabled: true },
  config: { accountId: "333333333333", enabled: true },
  backup: { enabled: false },
};

/** Calls Control Tower from the management account of an organization. */
export function client(organizations = createOrganizations()) {
  const { handle } = createControlTower(organizations);
  return async (path: string, input?: object, method = "POST", region = "us-east-1") => {
    const { body } = await handle({
      method,
      host: "127.0.0.1",
      path,
      headers: {},
      body: Buffer.from(input ? JSON.stringify(input) : ""),
      service: "controltower",
      region,
      account: managementId,
    });
    return JSON.parse(body.toString());
  };
}

/** What {@link client} gives. */
export type Client = ReturnType<typeof client>;

/** Registers a unit as somebody does who follows AWS's walkthrough for the APIs. */
export async function register(call: Client, target = unitArn): Promise<string> {
  const { baselines } = await call("/list-baselines", {});
  const named = (name: string) =>
    baselines.find((one: { name: string }) => one.name === name)?.arn as string | undefined;
  const { enabledBaselines } = await call("/list-enabled-baselines", {});
  const center = enabledBaselines.find(
    ({ baselineIdentifier }: { baselineIdentifier: string }) =>
      baselineIdentifier === named("IdentityCenterBaseline"),
  );
  const { arn } = await call("/enable-baseline", {
    baselineIdentifier: named("AWSControlTowerBaseline"),
    baselineVersion: "4.0",
    targetIdentifier: target,
    parameters: center && [{ key: "IdentityCenterEnabledBaselineArn", value: center.arn }],
  });
  return arn;
}

/** A landing zone of version 3.3, with one registered unit. */
export async function landed(): Promise<Client> {
  const call = client();
  await call("/create-landingzone", { version: "3.3", manifest: someManifest });
  await register(call);
  return call;
}
