import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf } from "../support/fleet";
import { type Attributes, onlyResource, type StackJson, stackOf, synthJson } from "../support/synth";

/** An action of a stage. */
export type Action = Attributes & {
  readonly name: string;
  readonly configuration: Readonly<Record<string, string>>;
};
/** A stage of the pipeline. */
export type Stage = { readonly name: string; readonly action: readonly Action[] };

/** The pipeline's stack of a fleet. */
export const stackFor = (file: FleetFile) => stackOf(synthJson(fleetOf(file)), "pipeline");
/** Its stages. */
export const stagesOf = (stack: StackJson) =>
  onlyResource(stack, "aws_codepipeline").stage as readonly Stage[];
/** All of its resources of a type. */
export const all = (stack: StackJson, type: string) => Object.values(stack.resource[type] ?? {});
/** That of a name. */
export const named = (stack: StackJson, type: string, name: string) =>
  all(stack, type).find((each) => each.name === name) as Attributes;
