import { randomUUID } from "node:crypto";
import { type AwsCall, AwsError } from "../http";
import type { Organizations } from "../organizations/organizations";
import type { RestOperation } from "../protocols/rest";

/** A JSON document, as Control Tower takes manifests and values of parameters. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMap;

/** A JSON object. */
export interface JsonMap {
  readonly [name: string]: Json;
}

/** A landing zone as stored; an account has one at most. */
export interface LandingZone {
  readonly arn: string;
  /** The home region, which alone answers for it. */
  readonly region: string;
  readonly version: string;
  readonly manifest: JsonMap;
}

/** A control that is enabled on an organizational unit. */
export interface EnabledControl {
  readonly arn: string;
  readonly controlIdentifier: string;
  readonly targetIdentifier: string;
  readonly parameters: readonly { readonly key: string; readonly value: Json }[];
  readonly lastOperation: string;
}

/** A baseline that is enabled on an organizational unit, or on the organization by its landing zone. */
export interface EnabledBaseline {
  readonly arn: string;
  readonly baselineIdentifier: string;
  readonly baselineVersion: string;
  readonly targetIdentifier: string;
  readonly lastOperation: string;
}

/** What was asked for; done at once, so it is known only for its answer. */
export interface FinishedOperation {
  /** What it was done to: each has an operation of its own that asks for it. */
  readonly subject: "landing zone" | "control" | "baseline";
  readonly type: string;
  /** ISO 8601. */
  readonly time: string;
  /** What of a control's operation its answer repeats. */
  readonly control?: Pick<EnabledControl, "controlIdentifier" | "targetIdentifier"> & {
    readonly enabledControlIdentifier: string;
  };
}

/** Everything Control Tower holds for one management account. */
export interface ControlTowerAccount {
  landingZone: LandingZone | undefined;
  /** By ARN. */
  readonly controls: Map<string, EnabledControl>;
  /** By ARN. */
  readonly baselines: Map<string, EnabledBaseline>;
  /** By id. */
  readonly operations: Map<string, FinishedOperation>;
  /** By ARN of what carries them. */
  readonly tags: Map<string, Readonly<Record<string, string>>>;
}

/** The members of a request. */
export type ControlTowerInput = Readonly<Record<string, Json | undefined>>;

/** What an operation of Control Tower works with. */
export interface ControlTowerContext {
  readonly account: ControlTowerAccount;
  readonly organizations: Organizations;
  readonly input: ControlTowerInput;
  readonly call: AwsCall;
  /** The tags in the request. */
  readonly tags: Readonly<Record<string, string>>;
  /** Values of the `{...}` elements of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** One operation of Control Tower's API. */
export interface ControlTowerOperation extends RestOperation {
  /** @throws {AwsError} what Control Tower would refuse */
  readonly run: (context: ControlTowerContext) => object;
}

/** An account in which Control Tower was never set up. */
export function emptyControlTower(): ControlTowerAccount {
  return {
    landingZone: undefined,
    controls: new Map(),
    baselines: new Map(),
    operations: new Map(),
    tags: new Map(),
  };
}

/** What is answered of an operation that is done. */
export function finished(
  { operations }: ControlTowerAccount,
  subject: FinishedOperation["subject"],
  id: Json | undefined,
): FinishedOperation {
  const operation = operations.get(String(id));
  if (operation?.subject === subject) return operation;
  throw missing(`The operation ${String(id)} does not exist.`);
}

const unitArn =
  /^arn:aws[a-z-]*:organizations::\d{12}:ou\/o-[a-z0-9]{10,32}\/(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/;

/**
 * The unit that a control or a baseline is for.
 *
 * @throws {AwsError} ValidationException for what is not the ARN of one
 */
export function readTarget(target: Json | undefined): { readonly arn: string; readonly unit: string } {
  const unit = typeof target === "string" ? unitArn.exec(target)?.[1] : undefined;
  if (unit !== undefined) return { arn: String(target), unit };
  throw invalid(`The target ${String(target)} is not the ARN of an organizational unit.`);
}

/** Records an operation and gives its id. */
export function finish(account: ControlTowerAccount, operation: Omit<FinishedOperation, "time">): string {
  const id = randomUUID();
  account.operations.set(id, { ...operation, time: new Date().toISOString() });
  return id;
}

/** 16 upper-case letters and digits: the variable part of Control Tower's ARNs. */
export function entityId(): string {
  return randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase();
}

/** What Control Tower answers to a request that does not hold what it has to. */
export function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}

/** What Control Tower answers when there is nothing of that name. */
export function missing(message: string): AwsError {
  return new AwsError(404, "ResourceNotFoundException", message);
}
