import { AwsError } from "../http";
import { requireRegistered } from "./baselines";
import {
  type ControlTowerAccount,
  type ControlTowerInput,
  type ControlTowerOperation,
  type EnabledControl,
  entityId,
  finish,
  finished,
  invalid,
  type Json,
  missing,
  readTarget,
} from "./store";

const controlArn = /^arn:aws[a-z-]*:(?:controltower:[a-z0-9-]+|controlcatalog:)::control\/([0-9A-Za-z_.-]+)$/;

/** CT.MULTISERVICE.PV.1, the region deny of a unit, by its name and by its id in the control catalog. */
const regionDeny = ["CT.MULTISERVICE.PV.1", "50utmyu7yqmhr8fpnpo8bnaj1"];

function readControl(identifier: Json | undefined): { readonly arn: string; readonly name: string } {
  const name = typeof identifier === "string" ? controlArn.exec(identifier)?.[1] : undefined;
  if (name === undefined) throw invalid(`The control ${String(identifier)} is not the ARN of a control.`);
  return { arn: String(identifier), name };
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}

function readParameters(
  { parameters = [] }: ControlTowerInput,
  control: string,
): EnabledControl["parameters"] {
  if (!Array.isArray(parameters)) throw invalid("The parameters are not a list.");
  const read = parameters.map((one: Json) => {
    const { key, value } = one as { readonly key?: Json; readonly value?: Json };
    if (typeof key !== "string" || value === undefined) throw invalid("A parameter needs a key and a value.");
    return { key, value };
  });
  if (!regionDeny.includes(control)) return read;
  for (const { key, value } of read) {
    if (!["AllowedRegions", "ExemptedPrincipalArns", "ExemptedActions"].includes(key)) {
      throw invalid(`Parameter ${key} is not a parameter of this control.`);
    }
    if (!isTexts(value)) throw invalid(`Parameter ${key} is no list of strings.`);
  }
  if (!read.some(({ key }) => key === "AllowedRegions")) {
    throw invalid("Parameter AllowedRegions is required.");
  }
  return read;
}

function find(account: ControlTowerAccount, input: ControlTowerInput): EnabledControl {
  const { enabledControlIdentifier: arn, controlIdentifier, targetIdentifier } = input;
  const found = [...account.controls.values()].find((one) =>
    arn === undefined
      ? one.controlIdentifier === controlIdentifier && one.targetIdentifier === targetIdentifier
      : one.arn === arn,
  );
  if (found) return found;
  throw missing(
    `There is no enabled control ${String(arn ?? `${String(controlIdentifier)} on ${String(targetIdentifier)}`)}.`,
  );
}

function finishControl(
  account: ControlTowerAccount,
  type: string,
  control: Omit<EnabledControl, "lastOperation">,
) {
  const { arn, controlIdentifier, targetIdentifier } = control;
  return finish(account, {
    subject: "control",
    type,
    control: { controlIdentifier, targetIdentifier, enabledControlIdentifier: arn },
  });
}

function summary({ arn, controlIdentifier, targetIdentifier, lastOperation }: EnabledControl) {
  return {
    arn,
    controlIdentifier,
    targetIdentifier,
    statusSummary: { status: "SUCCEEDED", lastOperationIdentifier: lastOperation },
    driftStatusSummary: { driftStatus: "IN_SYNC" },
  };
}

/**
 * Operations on controls. All are done as soon as they are answered. The catalog is not asked: any control can be enabled
 * on a unit that Control Tower knows.
 */
export const controlOperations: readonly ControlTowerOperation[] = [
  {
    name: "EnableControl",
    method: "POST",
    path: "/enable-control",
    run: ({ account, input, call, tags }) => {
      const { arn: controlIdentifier, name } = readControl(input.controlIdentifier);
      const target = readTarget(input.targetIdentifier);
      const targetIdentifier = target.arn;
      const parameters = readParameters(input, name);
      requireRegistered(account, target.unit);
      const isSame = (one: EnabledControl) =>
        one.controlIdentifier === controlIdentifier && one.targetIdentifier === targetIdentifier;
      if ([...account.controls.values()].some(isSame)) {
        throw new AwsError(
          409,
          "ConflictException",
          `The control ${controlIdentifier} is already enabled on ${targetIdentifier}.`,
        );
      }
      const arn = `arn:aws:controltower:${call.region}:${call.account}:enabledcontrol/${entityId()}`;
      const control = { arn, controlIdentifier, targetIdentifier, parameters };
      const operationIdentifier = finishControl(account, "ENABLE_CONTROL", control);
      account.controls.set(arn, { ...control, lastOperation: operationIdentifier });
      account.tags.set(arn, tags);
      return { arn, operationIdentifier };
    },
  },
  {
    name: "GetEnabledControl",
    method: "POST",
    path: "/get-enabled-control",
    run: ({ account, input, call }) => {
      const control = find(account, input);
      const { parameters } = control;
      const targetRegions = [{ name: call.region }];
      return { enabledControlDetails: { ...summary(control), parameters, targetRegions } };
    },
  },
  {
    name: "ListEnabledControls",
    method: "POST",
    path: "/list-enabled-controls",
    run: ({ account, input }) => ({
      enabledControls: [...account.controls.values()]
        .filter((one) =>
          [undefined, one.targetIdentifier].includes(input.targetIdentifier as string | undefined),
        )
        .map(summary),
    }),
  },
  {
    name: "UpdateEnabledControl",
    method: "POST",
    path: "/update-enabled-control",
    run: ({ account, input }) => {
      const control = find(account, input);
      const parameters = readParameters(input, readControl(control.controlIdentifier).name);
      const operationIdentifier = finishControl(account, "UPDATE_ENABLED_CONTROL", control);
      account.controls.set(control.arn, { ...control, parameters, lastOperation: operationIdentifier });
      return { operationIdentifier };
    },
  },
  {
    name: "DisableControl",
    method: "POST",
    path: "/disable-control",
    run: ({ account, input }) => {
      const control = find(account, input);
      account.controls.delete(control.arn);
      account.tags.delete(control.arn);
      return { operationIdentifier: finishControl(account, "DISABLE_CONTROL", control) };
    },
  },
  {
    name: "GetControlOperation",
    method: "POST",
    path: "/get-control-operation",
    run: ({ account, input }) => {
      const { type, time, control } = finished(account, "control", input.operationIdentifier);
      return {
        controlOperation: {
          ...control,
          operationIdentifier: input.operationIdentifier,
          operationType: type,
          status: "SUCCEEDED",
          startTime: time,
          endTime: time,
        },
      };
    },
  },
];
