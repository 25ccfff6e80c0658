import pc from "picocolors";
import { count, listed } from "../../fleet/wording";
import { type AccountRow, type AccountStatus, deployAccounts } from "../../operations/accounts/rows";
import { elsewhere } from "../../operations/aws/endpoint";
import { quoteForShell } from "./command-lines";
import { table } from "./table";

/** What a report is about, besides the accounts. */
export interface AccountsReport {
  readonly file: string;
  /** The file that a command takes where it is given none. */
  readonly usualFile: string;
  /** Where the organization is, if not on AWS. */
  readonly endpoint?: string;
  /** The stacks foundation the cells; none where the file has errors now. */
  readonly foundation: readonly string[];
  /** The management account, where its deploy role is another one with the ids that were written. */
  readonly newRole?: string;
}

/** All accounts for people: a line each, then what was done, and what comes next. */
export function accountsReport(rows: readonly AccountRow[], report: AccountsReport): string {
  const lines = rows.map((row) => [
    row.account,
    row.organizationId ?? row.fileId ?? "-",
    row.unit ?? "-",
    row.email ?? "-",
    statusText(row, report.file),
  ]);
  const closing = closingOf(rows, report);
  return `${table(["account", "id", "unit", "e-mail", "state"], lines)}\n\n${closing.join("\n")}\n`;
}

function statusText({ status, waitingCells }: AccountRow, file: string): string {
  const texts: Readonly<Record<AccountStatus, string>> = {
    known: "ready",
    "to write": pc.yellow(`created; its id is not in ${file} yet`),
    written: pc.green(`created; its id was written into ${file}`),
    "to create": pc.yellow("to be created"),
    "to take over": pc.yellow("to be taken over"),
    "to close": pc.yellow("to be closed"),
    closed: "closed, or never taken over",
    conflict: pc.red("conflict"),
    unlisted: pc.yellow(`not in ${file}`),
  };
  const waiting = status !== "written" && waitingCells.length > 0;
  return waiting ? `${texts[status]}; waiting for it: ${waitingCells.join(", ")}` : texts[status];
}

function closingOf(rows: readonly AccountRow[], report: AccountsReport): readonly string[] {
  const { endpoint, file, usualFile } = report;
  const where = elsewhere(endpoint);
  const fleet = file === usualFile ? "" : `MERIDIAN_FLEET=${quoteForShell(file)} `;
  const run = (command: string) => `${fleet}${command}`;
  const by = (status: AccountStatus) => rows.filter((row) => row.status === status);
  const [toWrite, written] = [by("to write"), by("written")];
  const undeployed = [...by("to create"), ...by("to take over")];
  const said = [
    ...(written.length > 0
      ? [
          `${idsOf(written)} ${written.length === 1 ? "was" : "were"} written into ${file}${where}.`,
          ...nextSteps(report).map((command) => `next: ${run(command)}`),
        ]
      : []),
    ...(toWrite.length > 0
      ? [
          `${idsOf(toWrite)} ${toWrite.length === 1 ? "is" : "are"} not in ${file} yet${where}: ${run("npx meridian accounts --write")}`,
        ]
      : []),
    ...(undeployed.length > 0
      ? [`${count(undeployed.length, "account")} not in the organization yet${where}: ${run(deployAccounts)}`]
      : []),
    ...(by("to close").length > 0
      ? [`${count(by("to close").length, "account")} to be closed${where}: ${run(deployAccounts)}`]
      : []),
    ...(by("unlisted").length > 0
      ? [
          `${count(by("unlisted").length, "account")} of the organization not in ${file}${where}: add an entry for each`,
        ]
      : []),
  ];
  return said.length > 0 ? said : [`Nothing to do: ${file} has the ids of all accounts${where}.`];
}

/** The foundation comes first: access, budgets, and the state of the new accounts. */
function nextSteps({ foundation, newRole }: AccountsReport): readonly string[] {
  const check = "npx meridian check";
  if (foundation.length === 0) return [check];
  const role = `npx meridian role ${newRole} > role.json   # deploy it again (docs/organization.md): it has changed`;
  const others = `npx cdktf deploy ${foundation.join(" ")}   # what the new accounts need`;
  return [check, ...(newRole === undefined ? [] : [role]), others, "npx cdktf deploy '*'"];
}

function idsOf(rows: readonly AccountRow[]): string {
  return `${count(rows.length, "id")} (${listed(rows.map(({ account }) => account))})`;
}
