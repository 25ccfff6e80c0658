import { UserError } from "../../../fleet/errors";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { Extension, TargetContext } from "../../../stacks/extensions/extension";
import { fleetOf, smallFile } from "../../support/fleet";
import { synthJson } from "../../support/synth";

/** A fleet whose function has a variable. */
export const file: FleetFile = {
  ...smallFile,
  services: {
    hello: { source: "functions/hello/index.ts", environment: { GREETING: `hello \${you} in {region}` } },
  },
};

/** Synthesizes a fleet with extensions. */
export const synthesizeIn = (fleet: FleetFile, ...extensions: readonly Extension[]) =>
  synthJson(fleetOf(fleet, extensions), extensions);

/** The same with {@link file}. */
export const synthesize = (...extensions: readonly Extension[]) => synthesizeIn(file, ...extensions);

/** What the user is told about an extension of a fleet. */
export function messageIn(fleet: FleetFile, ...extensions: readonly Extension[]): string {
  try {
    synthesizeIn(fleet, ...extensions);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("nothing is wrong");
}

/** The same with {@link file}. */
export const messageOf = (...extensions: readonly Extension[]) => messageIn(file, ...extensions);

/** An extension that has only this hook. */
export const inTarget = (target: (context: TargetContext) => unknown): Extension => ({
  name: "own",
  // What a user's JavaScript may return is of no interest to the type.
  target: target as NonNullable<Extension["target"]>,
});

/** Where the extension may add something, and the function beside that, in the first target. */
export const scope = "globex_globex_eu-central-1/globex_eu_central_1/extension_own";
export const hello = "globex_globex_eu-central-1/globex_eu_central_1/hello";
