import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  awsSession,
  NoCredentials,
  StsUnanswered,
  stsRegions,
} from "../../../operations/aws/role-credentials";
import { quietCaller } from "../../support/caller";
import { fleetOf, smallFile } from "../../support/fleet";

/** Every request of the SDK, by host, is answered here and not sent. */
const hosts: string[] = [];
let answer: (hostname: string) => { readonly status: number; readonly body: string };

jest.mock("../../../operations/aws/bounded-handler", () => ({
  boundedHandler: () => ({
    handle: async ({ hostname }: { readonly hostname: string }) => {
      hosts.push(hostname);
      const { body, status } = answer(hostname);
      return { response: { statusCode: status, headers: {}, body: Readable.from([Buffer.from(body)]) } };
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  }),
}));

const role = { arn: "arn:aws:iam::333333333333:role/deployer", sessionName: "meridian-acme" };
const assumerOf = (regions: readonly string[]) => awsSession(regions, quietCaller).assumeRole;
const before = { ...process.env };
let folder: string;

beforeEach(() => {
  hosts.length = 0;
  answer = () => ({ status: 200, body: session });
  folder = mkdtempSync(join(tmpdir(), "meridian-role-"));
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, {
    HOME: folder,
    AWS_ACCESS_KEY_ID: "AKIA1",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_EC2_METADATA_DISABLED: "true",
  });
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true, force: true });
});

const session = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>
  <SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
  <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const refusal = (status: number, code: string) => ({
  status,
  body: `<ErrorResponse><Error><Code>${code}</Code><Message>says ${code}</Message></Error></ErrorResponse>`,
});
const sts = (...regions: readonly string[]) => regions.map((region) => `sts.${region}.amazonaws.com`);

/** A profile of IAM Identity Center, signed in. */
function signInWithSso(region: string): void {
  const start = "https://acme.awsapps.com/start";
  const config = join(folder, "config");
  const lines = {
    sso_start_url: start,
    sso_region: region,
    sso_account_id: "111111111111",
    sso_role_name: "Operator",
  };
  const text = Object.entries(lines).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(config, ["[profile acme]", ...text].join("\n"));
  const cache = join(folder, ".aws", "sso", "cache");
  mkdirSync(cache, { recursive: true });
  const token = { accessToken: "token", expiresAt: "2999-01-01T00:00:00Z", startUrl: start, region };
  const name = createHash("sha1").update(start).digest("hex");
  writeFileSync(join(cache, `${name}.json`), JSON.stringify(token));
  delete process.env.AWS_ACCESS_KEY_ID;
  Object.assign(process.env, { AWS_PROFILE: "acme", AWS_CONFIG_FILE: config });
}

test("an SSO profile is asked in its own region, once for all roles, whatever region STS is asked in", async () => {
  signInWithSso("eu-north-1");
  const own = { accessKeyId: "ASIA2", secretAccessKey: "s", sessionToken: "t", expiration: 32472144000000 };
  answer = (hostname) => ({
    status: 200,
    body: hostname.includes("sso") ? JSON.stringify({ roleCredentials: own }) : session,
  });
  const assumeRole = assumerOf(["eu-west-1"]);
  const other = { ...role, arn: "arn:aws:iam::444444444444:role/deployer" };
  await Promise.all([assumeRole(role), assumeRole(other)]);
  expect(hosts).toEqual(["portal.sso.eu-north-1.amazonaws.com", ...sts("eu-west-1", "eu-west-1")]);
});

test("a role is assumed once, and again when its session ends", async () => {
  const assumeRole = assumerOf(["eu-west-1"]);
  await Promise.all([assumeRole(role), assumeRole(role)]);
  expect(hosts).toEqual(sts("eu-west-1"));
  const end = new Date(Date.now() + 60_000).toISOString();
  answer = () => ({ status: 200, body: session.replace("2999-01-01T00:00:00Z", end) });
  const other = { ...role, arn: "arn:aws:iam::444444444444:role/deployer" };
  await assumeRole(other);
  answer = () => ({ status: 200, body: session.replace("ASIA1", "ASIA2") });
  const renewed = await Promise.all([assumeRole(other), assumeRole(other)]);
  expect(renewed.map(({ accessKeyId }) => accessKeyId)).toEqual(["ASIA2", "ASIA2"]);
  expect(hosts).toEqual(sts("eu-west-1", "eu-west-1", "eu-west-1"));
});

test.each([
  [
    "a role that is signed in to no more",
    "TokenProviderError",
    "sso_session = none\nsso_account_id = 111111111111\nsso_role_name = Operator",
  ],
  ["a profile that holds nothing", "CredentialsProviderError", "region = eu-west-1"],
])("%s is the end: %s", async (_, name, lines) => {
  const config = join(folder, "config");
  writeFileSync(
    config,
    `[profile acme]\n${lines}\n[sso-session none]\nsso_start_url = https://x\nsso_region = eu-north-1\n`,
  );
  delete process.env.AWS_ACCESS_KEY_ID;
  Object.assign(process.env, { AWS_PROFILE: "acme", AWS_CONFIG_FILE: config });
  const failure = assumerOf(["eu-west-1", "us-east-1"])(role);
  await expect(failure).rejects.toBeInstanceOf(NoCredentials);
  await expect(failure).rejects.toThrow(/no working AWS credentials were found in this shell/);
  expect(hosts).toEqual([]);
  expect(name).toMatch(/ProviderError$/);
});

test.each([
  ["a region that the account did not opt in to", 403, "RegionDisabledException"],
  ["a key that the region does not know", 403, "InvalidClientTokenId"],
  ["a failure of STS", 500, "InternalFailure"],
  ["an STS that is not available", 503, "ServiceUnavailable"],
])("after %s, the next region is asked", async (_, status, code) => {
  answer = (hostname) =>
    hostname.includes("eu-west-1") ? refusal(status, code) : { status: 200, body: session };
  await expect(assumerOf(["eu-west-1", "us-east-1"])(role)).resolves.toMatchObject({
    accessKeyId: "ASIA1",
  });
  expect(hosts).toEqual(sts("eu-west-1", "us-east-1"));
});

test("a refusal of all regions is what is said, whatever else went wrong", async () => {
  answer = (hostname) =>
    hostname.includes("eu-west-1") ? refusal(403, "InvalidClientTokenId") : refusal(500, "InternalFailure");
  await expect(assumerOf(["eu-west-1", "us-east-1"])(role)).rejects.toThrow(
    /role\/deployer cannot be assumed: InvalidClientTokenId/,
  );
});

test("a refusal of the role is the end at once", async () => {
  answer = () => refusal(403, "AccessDenied");
  await expect(assumerOf(["eu-west-1", "us-east-1"])(role)).rejects.toThrow(
    /cannot be assumed: AccessDenied/,
  );
  expect(hosts).toEqual(sts("eu-west-1"));
});

test("credentials that have expired are to be renewed", async () => {
  answer = () => refusal(403, "ExpiredToken");
  await expect(assumerOf(["eu-west-1"])(role)).rejects.toBeInstanceOf(NoCredentials);
});

describe("a role", () => {
  afterEach(() => jest.useRealTimers());
  const useClock = (now: string) => jest.useFakeTimers({ now: new Date(now), doNotFake: ["nextTick"] });

  test("is assumed once for as long as its session lasts, and once more before that ends", async () => {
    const ending = (when: string) => ({ status: 200, body: session.replace("2999-01-01T00:00:00Z", when) });
    useClock("2998-01-01T00:00:00Z");
    answer = () => ending("2998-01-01T01:00:00Z");
    const assumeRole = assumerOf(["eu-west-1"]);
    await assumeRole(role);
    jest.setSystemTime(new Date("2998-01-01T00:53:00Z"));
    await assumeRole(role);
    expect(hosts).toHaveLength(1);
    jest.setSystemTime(new Date("2998-01-01T00:55:00Z"));
    answer = () => ending("2998-01-01T01:55:00Z");
    const [first, second] = await Promise.all([assumeRole(role), assumeRole(role)]);
    expect(hosts).toHaveLength(2);
    expect([first, second].map(({ expiration }) => expiration?.toISOString())).toEqual([
      "2998-01-01T01:55:00.000Z",
      "2998-01-01T01:55:00.000Z",
    ]);
  });

  test("that could not be assumed is tried again, but not at once", async () => {
    useClock("2998-01-01T00:00:00Z");
    answer = () => refusal(403, "AccessDenied");
    const assumeRole = assumerOf(["eu-west-1"]);
    await expect(assumeRole(role)).rejects.toThrow("AccessDenied");
    await expect(assumeRole(role)).rejects.toThrow("AccessDenied");
    expect(hosts).toHaveLength(1);
    jest.setSystemTime(new Date("2998-01-01T00:01:00Z"));
    answer = () => ({ status: 200, body: session });
    await expect(assumeRole(role)).resolves.toMatchObject({ accessKeyId: "ASIA1" });
  });
});

test("where STS answers nowhere, a proxy that is not used is named", async () => {
  answer = () => refusal(500, "InternalFailure");
  process.env.HTTPS_PROXY = "http://127.0.0.1:1";
  await expect(assumerOf(["eu-west-1"])(role)).rejects.toThrow(
    /does not answer in any of eu-west-1: InternalFailure.*HTTPS_PROXY is set, but this command connects directly/s,
  );
});

test("throttling is waited for, and has its own text", async () => {
  answer = () => refusal(400, "Throttling");
  const failure = await assumerOf(["eu-west-1"])(role).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StsUnanswered);
  expect((failure as StsUnanswered).what).toContain("STS is throttling requests in all of eu-west-1");
  expect(hosts).toHaveLength(4);
}, 10_000);

describe("STS is asked", () => {
  const regionsOf = (regions: string[], takenOut?: string) =>
    stsRegions(
      fleetOf({ ...smallFile, cells: { globex: { stage: "staging", targets: { globex: regions } } } }),
      takenOut,
    );

  test("in at most four regions, those that one must opt in to last", () => {
    expect(regionsOf(["eu-south-1", "eu-west-1"])).toEqual([
      "eu-west-1",
      "us-east-1",
      "us-west-2",
      "eu-south-1",
    ]);
    const many = ["eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1"];
    expect(regionsOf(many)).toEqual(many.slice(0, 4));
  });

  test("in a region that is taken out at the very end", () => {
    expect(regionsOf(["eu-west-1"], "eu-west-1")).toEqual(["us-east-1", "us-west-2", "eu-west-1"]);
    expect(regionsOf(["eu-west-1"], "eu-north-1")).toEqual(["eu-west-1", "us-east-1", "us-west-2"]);
  });
});
