import { defaultDeployRole, hasBootstrappedRole, planRoleName, resolveAccount } from "../fleet/accounts";
import type { Path, Problem } from "../fleet/diagnostics";
import { ciAccount } from "../fleet/foundation/pipeline";
import { replicaName } from "../fleet/foundation/state-bucket";
import { findRegion } from "../fleet/geography/regions";
import { artifactBucketName } from "../fleet/pipeline";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { listed } from "../fleet/wording";
import { problem } from "./rules";
import { accountUses, entryOf, isWritten } from "./written";

/** Where the pipeline and other CI systems are, what they stand on, and where the sources come from. */
export function pipeline(input: CheckInput): readonly Problem[] {
  const { file } = input;
  const [section] = sectionsOf(input);
  if (section === undefined) return [];
  return [
    ...withoutBootstrap(input),
    ...placesOf(file).flatMap((place) => [...inManagement(file, place), ...withoutRoles(input, place)]),
    ...ciWithoutAccount(input),
    ...withoutPlanRole(input),
    ...stateElsewhere(input, section),
    ...managementPlanRole(input),
    ...inCellAccount(file),
    ...stateInCellAccount(file),
    ...outsideZone(file),
    ...otherConnection(file),
    ...ownBuckets(file),
  ];
}

type Section = "pipeline" | "ci";

function sectionsOf(input: CheckInput): readonly Section[] {
  return (["pipeline", "ci"] as const).filter((section) => isWritten(input, [section]));
}

/** Where something is that Meridian makes in one account. */
interface AccountPlace {
  readonly section: Section;
  readonly account: string;
  readonly path: Path;
  readonly atKey: boolean;
}

/** An account that both are in is named once. */
function placesOf(file: FleetFile): readonly AccountPlace[] {
  const { ci, pipeline } = file;
  const ofPipeline = pipeline && {
    section: "pipeline" as const,
    account: pipeline.account,
    path: ["pipeline", "account"],
    atKey: false,
  };
  const account = ciAccount(file);
  const isOther = ci !== undefined && account !== undefined && account !== pipeline?.account;
  const isNamed = ci?.account !== undefined;
  return [
    ...(ofPipeline ? [ofPipeline] : []),
    ...(isOther
      ? [{ section: "ci" as const, account, path: isNamed ? ["ci", "account"] : ["ci"], atKey: !isNamed }]
      : []),
  ];
}

function withoutBootstrap(input: CheckInput): readonly Problem[] {
  if (isWritten(input, ["bootstrap"])) return [];
  return sectionsOf(input).map((section) =>
    problem("pipeline-without-bootstrap", [section], {
      message: `there is "${section}", but no "bootstrap"`,
      fix: `add "organization" and "bootstrap", or remove "${section}"`,
      atKey: true,
    }),
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-associate-stackset-with-org.html */
function inManagement(
  { organization }: FleetFile,
  { account, atKey, path, section }: AccountPlace,
): readonly Problem[] {
  if (account !== organization?.management) return [];
  return [
    problem("pipeline-in-management", path, {
      message: `"${section}" is in the management account "${account}"`,
      fix: "use an account of the organization's units that holds no cell",
      atKey,
      other: { path: ["organization", "management"] },
    }),
  ];
}

/** Of an account that has no unit, or one that is misspelt, that is reported already. */
function withoutRoles(
  input: CheckInput,
  { account, atKey, path, section }: AccountPlace,
): readonly Problem[] {
  const { file } = input;
  const entry = entryOf(file.accounts, account);
  if (!entry || !file.bootstrap || entry.unit === undefined || !knowsUnits(input)) return [];
  if (account === file.organization?.management || hasBootstrappedRole(file, account)) return [];
  const hasOwn = entry.deployRole !== undefined;
  return [
    problem("pipeline-without-bootstrap", path, {
      message: hasOwn
        ? `"${section}" is in account "${account}", whose deploy role "${entry.deployRole}" the bootstrap does not make`
        : `"${section}" is in account "${account}", whose unit "${entry.unit}" the bootstrap leaves out`,
      fix: hasOwn
        ? `remove "deployRole" of account "${account}", or use another account`
        : `add "${entry.unit}" to "bootstrap.units", or use an account that is in one of them`,
      atKey,
    }),
  ];
}

/** Whether all units of the bootstrap are known: where one is misspelt, any account may be meant. */
function knowsUnits({ declared, file }: CheckInput): boolean {
  return (file.bootstrap?.units ?? []).every((unit) => declared.units?.includes(unit));
}

function ciWithoutAccount({ file }: CheckInput): readonly Problem[] {
  if (!file.ci || !file.bootstrap || ciAccount(file) !== undefined) return [];
  return [
    problem("ci-without-account", ["ci"], {
      message: 'there is "ci", but neither "ci.account" nor "bootstrap.delivery" names an account',
      fix: 'add "account" with one that holds no cell',
      atKey: true,
    }),
  ];
}

/** Accounts that the fleet deploys to, but whose roles somebody else makes. */
function withoutPlanRole(input: CheckInput): readonly Problem[] {
  const { file } = input;
  const { accounts, defaults, state } = file;
  if (!file.bootstrap || !knowsUnits(input)) return [];
  const used = new Set([...accountUses(file).map(({ account }) => account), state?.account ?? ""]);
  const own = new Set(placesOf(file).map(({ account }) => account));
  const role = planRoleName(defaults?.deployRole ?? defaultDeployRole);
  return [...used].sort().flatMap((name) => {
    const entry = entryOf(accounts, name);
    if (!entry || own.has(name) || hasBootstrappedRole(file, name)) return [];
    if (entry.deployRole === undefined && entry.unit === undefined) return [];
    return [
      problem("account-without-plan-role", ["accounts", name, entry.deployRole ? "deployRole" : "unit"], {
        message: `nothing makes the role "${role}" in account "${name}", ${entry.deployRole ? `which has the deploy role "${entry.deployRole}" of its own` : `whose unit "${entry.unit}" the bootstrap leaves out`}`,
        fix: `${entry.deployRole ? 'remove "deployRole"' : `add "${entry.unit}" to "bootstrap.units"`}, or make the role "${role}" there: "npx meridian role ${name}" prints it`,
        atKey: true,
      }),
    ];
  });
}

/** That account's roles are made from the template that `meridian role` prints, and called after its own deploy role. */
function managementPlanRole({ file }: CheckInput): readonly Problem[] {
  const { accounts, bootstrap, defaults, organization } = file;
  const name = organization?.management;
  const own = entryOf(accounts, name)?.deployRole;
  const role = planRoleName(defaults?.deployRole ?? defaultDeployRole);
  if (!bootstrap || name === undefined || own === undefined || planRoleName(own) === role) return [];
  return [
    problem("management-plan-role", ["accounts", name, "deployRole"], {
      message: `the role that plans in the management account "${name}" would be called "${planRoleName(own)}", and in all other accounts "${role}"`,
      fix: `remove "deployRole", and make the management account's role anew from what "npx meridian role ${name}" prints`,
      atKey: true,
    }),
  ];
}

function stateElsewhere(input: CheckInput, section: Section): readonly Problem[] {
  const { fleet, pipeline: own, state } = input.file;
  const account = own?.account ?? "<account>";
  const how = (first: string) =>
    `${first}; where something is deployed already, move the state there before you add "${section}" (terraform-state/README.md)`;
  const whole = `backend: s3, bucket: ${fleet}-state, region: ${own?.region ?? "<region>"}, account: ${account}`;
  const at = (path: Path, message: string, fix: string) => [
    problem("pipeline-state", path, {
      message,
      fix,
      atKey: true,
      ...(path[0] === "state" && { other: { path: [section], atKey: true } }),
    }),
  ];
  if (!isWritten(input, ["state"]))
    return at(
      [section],
      `there is "${section}", but the state is in files on this machine`,
      how(`add "state: { ${whole} }"`),
    );
  if (!state) return [];
  if (state.backend === "local")
    return at(
      ["state", "backend"],
      `there is "${section}", but the state is in files on this machine`,
      how(`write "state: { ${whole} }"`),
    );
  if (!isWritten(input, ["state", "account"]))
    return at(
      ["state"],
      `there is "${section}", but the state is in a bucket that Meridian does not make`,
      how(`add "account: ${account}" to "state", for Meridian to make the bucket`),
    );
  if (state.role === undefined) return [];
  return at(
    ["state", "role"],
    `there is "${section}", but one role reaches the states of all accounts`,
    'remove "role": each deploy role then reaches the states of its own account, and each role that plans reads them',
  );
}

function inCellAccount(file: FleetFile): readonly Problem[] {
  const { pipeline } = file;
  return accountUses(file)
    .filter(({ account }) => account === pipeline?.account)
    .map(({ account, atKey, cell, path }) =>
      problem("pipeline-in-cell-account", path, {
        message: `cell "${cell}" is in account "${account}", which holds the pipeline`,
        fix: `use another account in cell "${cell}", or give the pipeline an account of its own`,
        atKey,
        other: { path: ["pipeline", "account"] },
      }),
    );
}

/** Of an account that holds the pipeline as well, that is reported already. */
function stateInCellAccount(file: FleetFile): readonly Problem[] {
  const { pipeline, state } = file;
  if (!pipeline || state?.account === pipeline.account) return [];
  return accountUses(file)
    .filter(({ account }) => account === state?.account)
    .map(({ account, atKey, cell, path }) =>
      problem("state-in-cell-account", path, {
        message: `cell "${cell}" is in account "${account}", which keeps the state of the whole fleet`,
        fix: `use another account in cell "${cell}", or keep the state in one that holds no cell`,
        atKey,
        other: { path: ["state", "account"] },
      }),
    );
}

/** Artifacts hold plans, and these hold values of the state. */
function outsideZone({ accounts, pipeline, zones }: FleetFile): readonly Problem[] {
  const zone = entryOf(accounts, pipeline?.account)?.zone;
  const regions = entryOf(zones, zone)?.regions;
  if (!pipeline || !regions || regions.includes(pipeline.region) || !findRegion(pipeline.region)) return [];
  return [
    problem("outside-zone", ["pipeline", "region"], {
      message: `the pipeline would be in "${pipeline.region}", outside zone "${zone}" of account "${pipeline.account}"`,
      fix: `use a region of the zone: ${listed(regions)}`,
    }),
  ];
}

/**
 * A connection is usable from every region, and in other accounts once it is shared, which older ones cannot be.
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/welcome-connections-how-it-works-global.html
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-share.html
 */
function otherConnection({ accounts, pipeline }: FleetFile): readonly Problem[] {
  const id = entryOf(accounts, pipeline?.account)?.id;
  if (!pipeline || id === undefined || !("connection" in pipeline.source)) return [];
  const [, , service, , owner] = pipeline.source.connection.split(":");
  if (owner === id) return [];
  const canBeShared = service === "codeconnections";
  return [
    problem("connection-elsewhere", ["pipeline", "source", "connection"], {
      message: `the connection belongs to account ${owner}, but the pipeline is in account "${pipeline.account}" (${id})`,
      ...(!canBeShared && { why: "connections whose ARN says codestar-connections cannot be shared" }),
      fix: canBeShared
        ? "make a connection in the pipeline's account, or share this one with it in AWS Resource Access Manager"
        : "make a connection in the pipeline's account",
    }),
  ];
}

function ownBuckets(file: FleetFile): readonly Problem[] {
  const { accounts, pipeline, state } = file;
  if (!pipeline || !("bucket" in pipeline.source)) return [];
  const { bucket } = pipeline.source;
  const isMade = entryOf(accounts, pipeline.account)?.id !== undefined;
  const account = isMade ? resolveAccount(file, pipeline.account) : undefined;
  const artifacts = account && artifactBucketName(file.fleet, { account, region: pipeline.region });
  const isState = state?.bucket !== undefined && [state.bucket, replicaName(state.bucket)].includes(bucket);
  if (!isState && bucket !== artifacts) return [];
  return [
    problem("source-in-own-bucket", ["pipeline", "source", "bucket"], {
      message: `the sources are in the bucket "${bucket}", which holds ${isState ? "the state" : "the pipeline's artifacts"}`,
      fix: "use a bucket that holds nothing else",
      ...(isState && { other: { path: ["state", "bucket"] } }),
    }),
  ];
}
