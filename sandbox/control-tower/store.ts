import { randomUUID } from "node:crypto";
import { type AwsCall, AwsError } from "../http";
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

/** What was asked for; done at once, so it is known only for its answer. */
export interface FinishedOperation {
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
  return { landingZone: undefined, controls: new Map(), operations: new Map(), tags: new Map() };
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
