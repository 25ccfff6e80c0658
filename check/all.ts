import type { Problem } from "../fleet/diagnostics";
import type { CheckInput } from "../fleet/text/structure";
import { accounts } from "./accounts";
import { advice } from "./advice";
import { approvals } from "./approvals";
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
import { withMeantRegions } from "./meant-regions";
import { names } from "./names";
import { order } from "./order";
import { organization } from "./organization";
import { organizationAccounts } from "./organization-accounts";
import { pipeline } from "./pipeline";
import { placeholders } from "./placeholders";
import { organizationPolicies } from "./policies";
import { quotas } from "./quotas";
import { references } from "./references";
import { replicas } from "./replicas";
import { rollout } from "./rollout";
import { routes } from "./routes";
import { state } from "./state";
import { statements } from "./statements";
import { tables } from "./tables";
import { tags } from "./tags";
import { targets } from "./targets";
import { unfilled } from "./unfilled";
import { waiting } from "./waiting";
import { zones } from "./zones";

/** Every check of a file whose names lead somewhere, each on its own subject. */
const checks: readonly Check[] = [
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
  unfilled,
  layers,
  tables,
  replicas,
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
  pipeline,
  approvals,
  advice,
];

/** What is found in a file. Findings are sorted by their place in the file later. */
export function findProblems(input: CheckInput): readonly Problem[] {
  const meant = { ...input, file: withMeantRegions(input.file) };
  return [...references(input), ...checks.flatMap((check) => [...check(meant)])];
}
