import { type AwsCall, AwsError } from "../http";
import { isMap } from "../protocols/json";
import {
  type ControlTowerAccount,
  type ControlTowerContext,
  type ControlTowerInput,
  type ControlTowerOperation,
  type EnabledBaseline,
  entityId,
  finish,
  finished,
  invalid,
  type Json,
  missing,
  readTarget,
} from "./store";

/**
 * What a unit can be governed with, by the ids that AWS gives them in every region. A unit is registered by enabling
 * `AWSControlTowerBaseline` on it: https://docs.aws.amazon.com/controltower/latest/userguide/types-of-baselines.html.
 * `ConfigBaseline` is there from landing zone 4.0 on; `IdentityCenterBaseline` is the landing zone's own.
 */
const baselines = {
  "17BSJV3IGJ2QSGA2": "AWSControlTowerBaseline",
  "1QBGH2G48YVGDQ3Y": "ConfigBaseline",
  LN25R72TTG6IGPTQ: "IdentityCenterBaseline",
} as const;

type BaselineName = (typeof baselines)[keyof typeof baselines];

const baselineArn = /^arn:aws[a-z-]*:controltower:[a-z0-9-]+::baseline\/([0-9A-Z]{16})$/;

/** Parameter with which a unit's accounts get the access of Identity Center. */
const identityCenterParameter = "IdentityCenterEnabledBaselineArn";

/** What registering a unit enables: https://docs.aws.amazon.com/controltower/latest/userguide/importing-existing.html */
const stackSetsService = "member.org.stacksets.cloudformation.amazonaws.com";

function nameOf(identifier: Json | undefined): BaselineName | undefined {
  const id = typeof identifier === "string" ? baselineArn.exec(identifier)?.[1] : undefined;
  return id !== undefined && Object.hasOwn(baselines, id)
    ? baselines[id as keyof typeof baselines]
    : undefined;
}

function enabledOn({ baselines: enabled }: ControlTowerAccount, unit: string, name: BaselineName) {
  return [...enabled.values()].some(
    ({ baselineIdentifier, targetIdentifier }) =>
      nameOf(baselineIdentifier) === name && targetIdentifier.endsWith(`/${unit}`),
  );
}

function isVersion4({ landingZone }: ControlTowerAccount): boolean {
  return landingZone !== undefined && !landingZone.version.startsWith("3.");
}

/**
 * Up to landing zone 3.3, controls are for registered units only; from 4.0 on, for all:
 * https://docs.aws.amazon.com/controltower/latest/userguide/importing-existing.html
 *
 * @throws {AwsError} ResourceNotFoundException, as
 *   https://github.com/aws-solutions/aws-control-tower-customizations/issues/167 shows it
 */
export function requireRegistered(account: ControlTowerAccount, unit: string): void {
  if (isVersion4(account) || enabledOn(account, unit, "AWSControlTowerBaseline")) return;
  throw missing(`Organizational unit ${unit} is not registered with AWS Control Tower.`);
}

/** Remembers the baseline that a landing zone with access management has for Identity Center. */
export function enableIdentityCenter(
  account: ControlTowerAccount,
  call: AwsCall,
  lastOperation: string,
): void {
  const { accessManagement } = account.landingZone?.manifest ?? {};
  if (isMap(accessManagement) && accessManagement.enabled === false) return;
  const arn = `arn:aws:controltower:${call.region}:${call.account}:enabledbaseline/${entityId()}`;
  account.baselines.set(arn, {
    arn,
    baselineIdentifier: `arn:aws:controltower:${call.region}::baseline/LN25R72TTG6IGPTQ`,
    baselineVersion: "1.0",
    targetIdentifier: account.landingZone?.arn ?? "",
    lastOperation,
  });
}

/** A unit below another one can only follow it: https://docs.aws.amazon.com/controltower/latest/userguide/nested-ous.html */
function requireParent({ account, call, organizations }: ControlTowerContext, unit: string): void {
  const around = organizations.unitAround(call.account, unit);
  if (around === undefined || enabledOn(account, around, "AWSControlTowerBaseline")) return;
  throw invalid(`The unit ${around}, which ${unit} is in, is not registered with AWS Control Tower.`);
}

/** With Identity Center in the landing zone, a unit has to be told of it: step 4 of the walkthrough for the APIs. */
function requireIdentityCenter(
  { baselines: enabled }: ControlTowerAccount,
  { parameters }: ControlTowerInput,
): void {
  const center = [...enabled.values()].find(
    ({ baselineIdentifier }) => nameOf(baselineIdentifier) === "IdentityCenterBaseline",
  );
  const written = Array.isArray(parameters) ? parameters : [];
  const named = written.find((one: Json) => isMap(one) && one.key === identityCenterParameter);
  if (!center || (isMap(named) && named.value === center.arn)) return;
  throw invalid(`The parameter ${identityCenterParameter} is not the enabled baseline ${center.arn}.`);
}

function find({ baselines: enabled }: ControlTowerAccount, arn: Json | undefined): EnabledBaseline {
  const found = enabled.get(String(arn));
  if (found) return found;
  throw missing(`There is no enabled baseline ${String(arn)}.`);
}

function summary({ lastOperation, ...baseline }: EnabledBaseline) {
  return { ...baseline, statusSummary: { status: "SUCCEEDED", lastOperationIdentifier: lastOperation } };
}

/** Operations on baselines. All are done as soon as they are answered. */
export const baselineOperations: readonly ControlTowerOperation[] = [
  {
    name: "ListBaselines",
    method: "POST",
    path: "/list-baselines",
    run: ({ account, call }) => ({
      baselines: Object.entries(baselines)
        .filter(([, name]) => name !== "ConfigBaseline" || isVersion4(account))
        .map(([id, name]) => ({ arn: `arn:aws:controltower:${call.region}::baseline/${id}`, name })),
    }),
  },
  {
    name: "EnableBaseline",
    method: "POST",
    path: "/enable-baseline",
    run: (context) => {
      const { account, call, input, organizations, tags } = context;
      const { arn: targetIdentifier, unit } = readTarget(input.targetIdentifier);
      const { baselineIdentifier, baselineVersion } = input;
      const name = nameOf(baselineIdentifier);
      if (name === undefined || name === "IdentityCenterBaseline" || !account.landingZone) {
        throw missing(`There is no baseline ${String(baselineIdentifier)} for organizational units.`);
      }
      if (typeof baselineVersion !== "string" || !/^\d+\.\d+$/.test(baselineVersion)) {
        throw invalid(`The baseline version ${String(baselineVersion)} is no version.`);
      }
      if (enabledOn(account, unit, name)) {
        throw new AwsError(409, "ConflictException", `${name} is already enabled on ${targetIdentifier}.`);
      }
      if (name === "AWSControlTowerBaseline") {
        requireParent(context, unit);
        requireIdentityCenter(account, input);
      }
      const arn = `arn:aws:controltower:${call.region}:${call.account}:enabledbaseline/${entityId()}`;
      const operationIdentifier = finish(account, { subject: "baseline", type: "ENABLE_BASELINE" });
      account.baselines.set(arn, {
        arn,
        baselineIdentifier: String(baselineIdentifier),
        baselineVersion,
        targetIdentifier,
        lastOperation: operationIdentifier,
      });
      account.tags.set(arn, tags);
      organizations.trust(call.account, stackSetsService);
      return { arn, operationIdentifier };
    },
  },
  {
    name: "GetEnabledBaseline",
    method: "POST",
    path: "/get-enabled-baseline",
    run: ({ account, input }) => ({
      enabledBaselineDetails: summary(find(account, input.enabledBaselineIdentifier)),
    }),
  },
  {
    name: "ListEnabledBaselines",
    method: "POST",
    path: "/list-enabled-baselines",
    run: ({ account }) => ({ enabledBaselines: [...account.baselines.values()].map(summary) }),
  },
  {
    name: "DisableBaseline",
    method: "POST",
    path: "/disable-baseline",
    run: ({ account, input }) => {
      const { arn } = find(account, input.enabledBaselineIdentifier);
      account.baselines.delete(arn);
      account.tags.delete(arn);
      return { operationIdentifier: finish(account, { subject: "baseline", type: "DISABLE_BASELINE" }) };
    },
  },
  {
    name: "GetBaselineOperation",
    method: "POST",
    path: "/get-baseline-operation",
    run: ({ account, input }) => {
      const { operationIdentifier } = input;
      const { type, time } = finished(account, "baseline", operationIdentifier);
      return {
        baselineOperation: {
          operationIdentifier,
          operationType: type,
          status: "SUCCEEDED",
          startTime: time,
          endTime: time,
        },
      };
    },
  },
];
