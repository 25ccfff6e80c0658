import { randomUUID } from "node:crypto";
import { AwsError } from "../http";
import type { Settings } from "./configuration";
import type { FunctionId } from "./names";
import { TooManyRequests } from "./pool";
import type { Replicas } from "./replicas";
import type { Runner } from "./runner";
import type { Store } from "./store";

/** A published version of a function, as CloudFront looks at it before it takes it to the edge. */
export interface EdgeVersion {
  readonly settings: Settings;
  /** Bytes of the zip. */
  readonly codeSize: number;
}

/** What came of running a function at the edge. */
export type EdgeRun =
  | { readonly kind: "returned"; readonly result: unknown }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "throttled" };

/** Functions as CloudFront uses them: by the ARN of a numbered version, without the function's own policy being asked. */
export interface LambdaAtEdge {
  /** Undefined where there is no such version. */
  readonly find: (arn: string) => EdgeVersion | undefined;
  /** Runs a version. Replicas lie in many regions, so an outage of the function's own does not keep it from running. */
  readonly run: (arn: string, event: unknown) => Promise<EdgeRun>;
  /** Says which versions the distributions name now, all of them, each time that this may have changed. */
  readonly associate: (arns: ReadonlySet<string>) => void;
}

const numberedVersion = /^arn:aws:lambda:([a-z0-9-]+):(\d{12}):function:([A-Za-z0-9_-]+):(\d+)$/;

/** Reads the ARN of a numbered version; undefined for any other: of a function, an alias, `$LATEST`. */
export function parseVersionArn(
  arn: string,
): { readonly id: FunctionId; readonly version: string } | undefined {
  const [, region = "", account = "", name = "", version = ""] = numberedVersion.exec(arn) ?? [];
  return version === "" ? undefined : { id: { account, region, name }, version };
}

/** The functions of a store, as CloudFront uses them. */
export function createLambdaAtEdge(store: Store, runner: Runner, replicas: Replicas): LambdaAtEdge {
  function lookUp(arn: string) {
    const parsed = parseVersionArn(arn);
    const state = parsed && store.find(parsed.id);
    const version = state?.published.find((one) => one.version === parsed?.version);
    return state && version ? { state, version } : undefined;
  }
  return {
    find(arn) {
      const found = lookUp(arn);
      return found && { settings: found.version.settings, codeSize: found.version.code.size };
    },
    async run(arn, event) {
      const found = lookUp(arn);
      if (found === undefined) return { kind: "failed", message: `there is no ${arn}` };
      try {
        const { state, version } = found;
        const text = JSON.stringify(event);
        const { outcome } = await runner.runBuffered(state, version.version, text, randomUUID());
        if (outcome.kind === "failed") return { kind: "failed", message: outcome.error.errorMessage };
        return { kind: "returned", result: JSON.parse(outcome.payload.toString()) };
      } catch (error) {
        if (error instanceof TooManyRequests) return { kind: "throttled" };
        // Its role cannot be assumed.
        if (error instanceof AwsError) return { kind: "failed", message: error.message };
        throw error;
      }
    },
    associate: (arns) => replicas.associate(arns),
  };
}
