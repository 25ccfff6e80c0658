import type { Problem } from "../fleet/diagnostics";
import { isProduction } from "../fleet/rollout";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import { accountUses, isWritten } from "./written";

/** Accounts that hold what must be kept apart. */
export function accounts(input: CheckInput): readonly Problem[] {
  const { file } = input;
  return [
    ...duplicateIds(file),
    ...sharedTenantAccounts(file),
    ...sharedProductionAccounts(file),
    ...sharedApprovedAccounts(input),
  ];
}

function duplicateIds(file: FleetFile): readonly Problem[] {
  const names = new Map<string, string>();
  return Object.entries(file.accounts).flatMap(([name, { id }]) => {
    if (id === undefined) return [];
    const first = names.get(id);
    if (first === undefined) {
      names.set(id, name);
      return [];
    }
    return [
      problem("duplicate-account-id", ["accounts", name, "id"], {
        message: `accounts "${first}" and "${name}" have the same id ${id}`,
        fix: `correct one of the ids, or use "${first}" instead of "${name}"`,
        other: { path: ["accounts", first, "id"] },
      }),
    ];
  });
}

type Use = ReturnType<typeof accountUses>[number];

/** Uses of an account that conflict with the first use that claims it, each with that claim. */
function conflicts(
  file: FleetFile,
  claims: (use: Use) => boolean,
  agrees: (claim: Use, use: Use) => boolean,
) {
  const uses = accountUses(file);
  const owners = new Map<string, Use>();
  for (const use of uses) if (claims(use) && !owners.has(use.account)) owners.set(use.account, use);
  return uses.flatMap((use) => {
    const owner = owners.get(use.account);
    return owner && !agrees(owner, use) ? [{ owner, use }] : [];
  });
}

function sharedTenantAccounts(file: FleetFile): readonly Problem[] {
  return conflicts(
    file,
    ({ entry }) => entry.tenant !== undefined,
    (owner, use) => owner.entry.tenant === use.entry.tenant,
  ).map(({ owner, use }) => {
    const { tenant } = use.entry;
    return problem("tenant-account-shared", use.path, {
      message: `account "${use.account}" belongs to tenant "${owner.entry.tenant}" (cell "${owner.cell}"), but cell "${use.cell}" ${tenant === undefined ? "has no tenant" : `serves tenant "${tenant}"`}`,
      fix: `use another account in cell "${use.cell}"`,
      atKey: use.atKey,
      other: owner,
    });
  });
}

function sharedProductionAccounts(file: FleetFile): readonly Problem[] {
  return conflicts(
    file,
    ({ entry }) => isProduction(entry.stage),
    (owner, use) => owner.entry.stage === use.entry.stage,
  ).map(({ owner, use }) =>
    problem("production-account-shared", use.path, {
      message: `account "${use.account}" is a ${owner.entry.stage} account (cell "${owner.cell}"), but cell "${use.cell}" belongs to stage "${use.entry.stage}"`,
      fix: `use another account in cell "${use.cell}"`,
      atKey: use.atKey,
      other: owner,
    }),
  );
}

/** Of an account that production uses, that is reported already. */
function sharedApprovedAccounts(input: CheckInput): readonly Problem[] {
  const { file } = input;
  const uses = accountUses(file);
  const ofProduction = new Set(
    uses.filter(({ entry }) => isProduction(entry.stage)).map(({ account }) => account),
  );
  return conflicts(
    file,
    ({ account, entry }) =>
      !ofProduction.has(account) && isWritten(input, ["pipeline", "approvals", entry.stage]),
    (owner, use) => owner.entry.stage === use.entry.stage,
  ).map(({ owner, use }) =>
    problem("approval-account-shared", use.path, {
      message: `account "${use.account}" is one of stage "${owner.entry.stage}", which waits for an approval (cell "${owner.cell}"), but cell "${use.cell}" belongs to stage "${use.entry.stage}"`,
      fix: `use another account in cell "${use.cell}"`,
      atKey: use.atKey,
      other: owner,
    }),
  );
}
