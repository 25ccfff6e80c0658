import type { Path, Problem } from "../fleet/diagnostics";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { listed } from "../fleet/wording";
import { problem } from "./rules";
import { accountUses, entryOf, isWritten } from "./written";

/** What the organization lacks, and uses of its management account that should not be. */
export function organization(input: CheckInput): readonly Problem[] {
  return [
    ...needsOrganization(input),
    ...managementAccount(input),
    ...managementAsTarget(input.file),
    ...duplicateUnits(input.file),
  ];
}

/** Sections, and keys of accounts, that only the stacks of an organization carry out. */
const sections = ["identity", "bootstrap", "budget"] as const;
const accountKeys = ["email", "unit", "budget", "closed"] as const;

function needsOrganization(input: CheckInput): readonly Problem[] {
  const { file } = input;
  if (isWritten(input, ["organization"])) return [];
  const inAccounts = Object.entries(file.accounts).flatMap(([name, account]) => {
    if (!isWritten(input, ["accounts", name, "id"])) {
      return [
        problem("needs-organization", ["accounts", name], {
          message: `account "${name}" has no id, and there is no organization to create it in`,
          fix: 'add its 12 digits as "id", or add "organization" with the management account',
          atKey: true,
        }),
      ];
    }
    const keys = accountKeys.filter((key) => account[key] !== undefined);
    const [first] = keys;
    if (first === undefined) return [];
    return [
      problem("needs-organization", ["accounts", name, first], {
        message: `account "${name}" has ${listed(keys)}, but there is no organization`,
        fix: `add "organization" with the management account, or remove ${listed(keys)}`,
        atKey: true,
      }),
    ];
  });
  return [
    ...sections
      .filter((section) => file[section] !== undefined)
      .map((section) =>
        problem("needs-organization", [section], {
          message: `there is "${section}", but no organization`,
          fix: `add "organization" with the management account, or remove "${section}"`,
          atKey: true,
        }),
      ),
    ...inAccounts,
  ];
}

function managementAccount(input: CheckInput): readonly Problem[] {
  const { file } = input;
  const name = file.organization?.management;
  const account = entryOf(file.accounts, name);
  if (name === undefined || !account) return [];
  const problems: Problem[] = [];
  if (!isWritten(input, ["accounts", name, "id"])) {
    problems.push(
      problem("management-without-id", ["organization", "management"], {
        message: `the management account "${name}" has no id`,
        fix: `add the 12 digits of account "${name}": no stack can create the account that the stacks deploy to`,
      }),
    );
  }
  if (account.unit !== undefined) {
    problems.push(
      problem("management-in-unit", ["accounts", name, "unit"], {
        message: `the management account "${name}" has a unit`,
        fix: 'remove "unit"',
        atKey: true,
      }),
    );
  }
  return problems;
}

function managementAsTarget(file: FleetFile): readonly Problem[] {
  const management = file.organization?.management;
  return accountUses(file)
    .filter(({ account }) => account === management)
    .map(({ atKey, cell, path }) =>
      problem("management-as-target", path, {
        message: `cell "${cell}" uses the management account "${management}"`,
        fix: "use an account of the organization's units",
        atKey,
      }),
    );
}

function duplicateUnits({ organization }: FleetFile): readonly Problem[] {
  const paths = new Map<string, Path>();
  const owners = new Map<string, { readonly path: string; readonly place: Path }>();
  return (organization?.units ?? []).flatMap((written, index) => {
    const { path, id } = typeof written === "string" ? { path: written, id: undefined } : written;
    const place = ["organization", "units", index];
    const pathPlace = typeof written === "string" ? place : [...place, "path"];
    const first = paths.get(path);
    if (first) {
      return [
        problem("duplicate-unit", pathPlace, {
          message: `unit "${path}" is listed twice`,
          fix: "remove one of the two",
          other: { path: first },
        }),
      ];
    }
    paths.set(path, pathPlace);
    const owner = id === undefined ? undefined : owners.get(id);
    if (id !== undefined && owner === undefined) owners.set(id, { path, place: [...place, "id"] });
    if (owner === undefined) return [];
    return [
      problem("duplicate-unit", [...place, "id"], {
        message: `units "${owner.path}" and "${path}" have the same id ${id}`,
        fix: "correct one of the ids",
        other: { path: owner.place },
      }),
    ];
  });
}
