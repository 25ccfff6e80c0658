import type { Construct } from "constructs";
import type { ControlTower } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import type { FleetStack } from "../fleet/stacks";
import { ControlTowerControls } from "../modules/control-tower";
import { LandingZoneOfFleet, landingZoneLetGo } from "../modules/control-tower-landing-zone";
import { OrganizationOutputs } from "./organization-outputs";
import { SingleProviderStack } from "./single-provider-stack";

/** Control Tower on the organization: the landing zone where it is to be made, and the controls of each unit. */
export class ControlTowerStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, { controls, landingZone }: ControlTower) {
    super(scope, fleet, stack);
    const outputs = new OrganizationOutputs(this, fleet);
    const made =
      landingZone &&
      new LandingZoneOfFleet(this, "control_tower", {
        provider: this.provider,
        landingZone,
        logArchiveId: outputs.accountId(landingZone.logArchive),
        auditId: outputs.accountId(landingZone.audit),
      });
    if (!made) this.addOverride("removed", [landingZoneLetGo]);
    new ControlTowerControls(this, "controls", {
      provider: this.provider,
      controls,
      unitArn: (path) => outputs.unitArn(path),
      landingZone: made?.element,
    });
  }
}
