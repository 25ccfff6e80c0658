import { ControltowerControl } from "@cdktf/provider-aws/lib/controltower-control";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { EnabledControl } from "../fleet/foundation/model";

/** What Control Tower's controls on units are made of. */
export interface ControlTowerControlsProps {
  /** Of the management account, in Control Tower's home region. */
  readonly provider: AwsProvider;
  readonly controls: readonly EnabledControl[];
  /** ARN of a unit, by path. */
  readonly unitArn: (path: string) => string;
}

/**
 * Controls on units. One after the other on a unit, as two at once would change the same policy of it; units side by side,
 * of which Terraform takes ten at a time, and Control Tower at least as many:
 * https://docs.aws.amazon.com/controltower/latest/userguide/limits.html
 */
export class ControlTowerControls extends Construct {
  constructor(scope: Construct, id: string, props: ControlTowerControlsProps) {
    super(scope, id);
    const { controls, provider, unitArn } = props;
    const latest = new Map<string, ITerraformDependable>();
    for (const { control, parameters, unit } of controls) {
      const before = latest.get(unit);
      const name = control.split("/").at(-1) ?? control;
      const made = new ControltowerControl(this, `${unit.replaceAll("/", "_")}__${name}`, {
        provider,
        controlIdentifier: control,
        targetIdentifier: unitArn(unit),
        parameters: Object.entries(parameters).map(([key, value]) => ({ key, value: JSON.stringify(value) })),
        dependsOn: before && [before],
      });
      latest.set(unit, made);
    }
  }
}
