import { accounts } from "./accounts";
import { advice } from "./advice";
import { bootstrap } from "./bootstrap";
import { budgets } from "./budgets";
import { cachePolicies } from "./cache-policies";
import { centralServices } from "./central-regions";
import type { Check } from "./check";
import { controlTower } from "./control-tower";
import { environment } from "./environment";
import { failover } from "./failover";
import { front } from "./front";
import { identity } from "./identity";
import { layers } from "./layers";
import { logs } from "./logs";
import { names } from "./names";
import { order } from "./order";
import { organization } from "./organization";
import { organizationAccounts } from "./organization-accounts";
import { placeholders } from "./placeholders";
import { organizationPolicies } from "./policies";
import { quotas } from "./quotas";
import { references } from "./references";
import { rollout } from "./rollout";
import { routes } from "./routes";
import { state } from "./state";
import { statements } from "./statements";
import { tags } from "./tags";
import { targets } from "./targets";
import { waiting } from "./waiting";
import { zones } from "./zones";

/** Every check, each on its own subject. Findings are sorted by their place in the file later. */
export const checks: readonly Check[] = [
  references,
  targets,
  accounts,
  zones,
  order,
  failover,
  rollout,
  routes,
  names,
  quotas,
  cachePolicies,
  environment,
  placeholders,
  layers,
  tags,
  front,
  logs,
  organization,
  organizationAccounts,
  waiting,
  controlTower,
  centralServices,
  budgets,
  organizationPolicies,
  statements,
  identity,
  bootstrap,
  state,
  advice,
];
