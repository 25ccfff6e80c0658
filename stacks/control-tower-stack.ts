import type { Construct } from "constructs";
import type { ControlTower, LandingZone } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import type { FleetStack } from "../fleet/stacks";
import { ControlTowerControls } from "../modules/control-tower";
import { LandingZoneOfFleet, landingZoneLetGo } from "../modules/control-tower-landing-zone";
import { OrganizationOutputs } from "./organization-outputs";
import { SingleProviderStack } from "./single-provider-stack";

/**
 * The landing zone. Apart from the controls, because the units have to be registered once it is there and before they take
 * any: https://docs.aws.amazon.com/controltower/latest/userguide/importing-existing.html
 */
export class LandingZoneStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, landingZone: LandingZone) {
    super(scope, fleet, stack);
    const outputs = new OrganizationOutputs(this, fleet);
    new LandingZoneOfFleet(this, "control_tower", {
      provider: this.provider,
      landingZone,
      logArchiveId: outputs.accountId(landingZone.logArchive),
      auditId: outputs.accountId(landingZone.audit),
    });
  }
}

/** The controls of each unit. */
export class ControlTowerStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, { controls }: ControlTower) {
    super(scope, fleet, stack);
    const outputs = new OrganizationOutputs(this, fleet);
    // It held the landing zone once, too.
    this.addOverride("removed", [landingZoneLetGo]);
    new ControlTowerControls(this, "controls", {
      provider: this.provider,
      controls,
      unitArn: (path) => outputs.unitArn(path),
    });
  }
}
