import type { App, TerraformStack } from "cdktf";
import { type ControlTower, managementRegion, type Organization } from "../fleet/foundation/model";
import { aroundStacks } from "../fleet/foundation/stacks";
import type { Fleet } from "../fleet/model";
import { ControlTowerControls } from "../modules/control-tower";
import { LandingZoneOfFleet, landingZoneLetGo } from "../modules/control-tower-landing-zone";
import { AroundStack } from "./around-stack";
import { OrganizationOutputs } from "./organization-outputs";

/** Control Tower on the organization: the landing zone where it is to be made, and the controls of each unit. */
export class ControlTowerStack extends AroundStack {
  constructor(
    app: App,
    fleet: Fleet,
    { management }: Organization,
    { controls, landingZone }: ControlTower,
    accounts: TerraformStack,
  ) {
    super(app, aroundStacks.controlTower, fleet, management, managementRegion);
    this.addDependency(accounts);
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
