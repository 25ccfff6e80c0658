import { Command, InvalidArgumentError, Option } from "commander";
import { expectClosedPipes } from "./output/closed-pipe";
import { failWith } from "./output/errors";
import { printFailure, promiseJson } from "./output/json";
import { requireSources } from "./shared/assembly";
import { fleetPath } from "./shared/environment";
import { platforms, roleName } from "./shared/option-values";
import { withSelection } from "./shared/selection-options";
import { meridianVersion } from "./shared/version";

expectClosedPipes();
const wantsJson = process.argv.includes("--json");
if (wantsJson) promiseJson();

// Each command is loaded when it is called: `check` should not wait for what `start` needs.
const program = new Command("meridian")
  .description("AWS Lambda services in many accounts and regions, behind CloudFront")
  .option("--fleet <path>", "the fleet file (default: MERIDIAN_FLEET, else fleet.yaml)")
  .version(meridianVersion)
  .showHelpAfterError("(npx meridian --help, or npx meridian <command> --help, shows what there is)")
  .exitOverride()
  .hook("preAction", (_, command) => requireSources(outermost(command)));

const fleet = () => fleetPath(program.opts<{ fleet?: string }>().fleet);

const parallelismHelp = "runs of Terraform at once (default: as many as cores and memory allow)";

const roleHelp =
  "ask as this role of each account, which only needs to read, in the place of its deploy role";

const deleteDataHelp =
  "a bucket, table or the like that may go with its data, of a stack that stays or, with --remove, of an orphan: its name, or <stack>:<name>; may be repeated";

/** For when CloudFront's control plane and Terraform's state are both down. */
const storeHelp = "ARN of the cell's key-value store, if AWS cannot be asked for it; for one cell only";

program
  .command("check")
  .description("report everything that is wrong with the fleet file")
  .option("--json", "print the findings as JSON")
  .option("--on <day>", "compare AWS's dates with this day, e.g. 2027-02-01 (default: today)")
  .action(async (options) => (await import("./check")).check(fleet(), options));

withSelection(program.command("preflight"))
  .description(
    "ask AWS what would make the first deploy fail, changing nothing; exit status 0: nothing, 1: something, or not all known",
  )
  .option("--json", "print every answer as JSON")
  .action(async (options) => (await import("./preflight")).preflightCommand(fleet(), options));

program
  .command("targets")
  .description("list where each cell runs, with which provider and in which stack")
  .option("--json", "print the list as JSON")
  .action(async (options) => (await import("./targets")).targets(fleet(), options));

program
  .command("types")
  .description("declare the variables that tables and extensions give to handlers, for TypeScript")
  .option("--check", "write nothing; exit status 1: the file is not up to date")
  .option("--out <file>", "the file (default: functions/environment.d.ts beside the fleet file)")
  .action(async (options) => (await import("./types")).types(fleet(), options));

program
  .command("doctor")
  .description("report what is missing on this machine and how to get it")
  .option("--json", "print the findings as JSON")
  .action(async (options) => (await import("./doctor")).doctor(options));

program
  .command("lock")
  .description(
    "write which providers may run, by their checksums, for Terraform to be held to once it is committed",
  )
  .option(
    "--platform <os_arch>",
    "a kind of machine that plans or deploys; may be repeated (default: this one, and linux_amd64)",
    platforms,
  )
  .option("--json", "print what was locked as JSON")
  .action(async (options) => (await import("./lock")).lock(fleet(), options));

program
  .command("assemble")
  .description("check and synthesize into a folder that is planned and deployed elsewhere, without sources")
  .requiredOption("--out <folder>", "the folder: empty, or to be made")
  .action(async (options) => (await import("./assemble")).assemble(fleet(), options));

withSelection(program.command("plan"))
  .description(
    "show what a deploy would change, as one picture; exit status 0: nothing, 2: something, 1: not all known",
  )
  .option(
    "--all",
    "ask Terraform about every stack, not only those that have changed since their last deploy",
  )
  .option(
    "--with-stack <name>",
    "this stack, too, whatever the other options narrow to; may be repeated",
    repeated,
  )
  .option("--remove", "show what taking away the orphans would destroy, too")
  .option("--delete-data <name>", deleteDataHelp, repeated)
  .option("--out <folder>", "keep the plans for `deploy --plan <folder>`; they hold what the states hold")
  .option(
    "--markdown <file>",
    "write the picture as Markdown, for a comment on a pull request; s3://<bucket>/<key> works as well",
  )
  .option("--summary <file>", "write it as one line, for the message of an approval")
  .option(
    "--tolerant",
    "leave what could not be planned to the deploy, which fails just that: exit status 2, unless nothing could be",
  )
  .option("--role <name>", roleHelp, roleName)
  .option("--parallelism <n>", parallelismHelp, wholeNumber)
  .option("--json", "print the picture as JSON (plan.schema.json)")
  .action(async (options) => (await import("./plan")).plan(fleet(), options));

withApproval(withSelection(program.command("deploy")))
  .description("plan, ask, and apply exactly that, stage after stage; Ctrl-C finishes what has begun")
  .option("--plan <folder>", "deploy what `plan --out <folder>` has planned, once that is reviewed")
  .option("--resume [run]", "go on with a run that has not come to its end (default: the last one)")
  .option("--remove", "take away the orphans: stacks that are deployed and not in the fleet file any more")
  .option("--delete-data <name>", deleteDataHelp, repeated)
  .option("--release-locks", "release locks of runs that are provably gone")
  .option(
    "--all",
    "ask Terraform about every stack, not only those that have changed since their last deploy",
  )
  .option("--wave <n>", "only this wave of the stage that --stage names", wholeNumber)
  .option(
    "--shard <i/n>",
    "only what of the wave is dealt to this one of n builds that deploy it side by side",
  )
  .option("--rollout <id>", "what all builds of a rollout have in common: they count failures together")
  .option(
    "--record-role <name>",
    "the role that keeps runs, in the account of the state (default: its deploy role)",
  )
  .option("--parallelism <n>", parallelismHelp, wholeNumber)
  .option("--json", "print what became of each stack as JSON")
  .action(async (options) => (await import("./deploy")).deployCommand(fleet(), options));

withApproval(program.command("rollback <cells...>"))
  .description("take cells back to what they were deployed with before; planned, shown and asked about first")
  .option("--to <release>", "to what they had when this release was deployed (see `releases`)")
  .option(
    "--delete-data <name>",
    "a queue or the like of an extension that may go with its data; may be repeated",
    repeated,
  )
  .option("--release-locks", "release locks of runs that are provably gone")
  .option("--parallelism <n>", parallelismHelp, wholeNumber)
  .option("--json", "print what became of each stack as JSON")
  .action(async (cells, options) => (await import("./rollback")).rollback(fleet(), cells, options));

withSelection(program.command("drift"))
  .description(
    "show what is no longer as deployed, changing nothing; exit status 0: nothing, 2: something, 1: not all known",
  )
  .option("--role <name>", roleHelp, roleName)
  .option("--parallelism <n>", parallelismHelp, wholeNumber)
  .option("--json", "print what has drifted as JSON")
  .action(async (options) => (await import("./drift")).drift(fleet(), options));

withSelection(program.command("verify"))
  .description(
    "ask every function URL and front for its answer, as a deploy does; exit status 1: more are wrong than may be",
  )
  .option("--json", "print every answer as JSON")
  .action(async (options) => (await import("./verify")).verify(fleet(), options));

program
  .command("releases [cell]")
  .description("list what each stack of a cell was deployed with, when and by whom, and what it has now")
  .option("--stack <name>", "of this stack, in the fleet file or not; may be repeated", repeated)
  .option("--json", "print the list as JSON")
  .action(async (cell, options) => (await import("./releases")).releases(fleet(), cell, options));

program
  .command("runs [id]")
  .description("list the last deploys and rollbacks, or tell what became of one")
  .option("--rollout <id>", "list all runs of this rollout")
  .option("--json", "print the list, or the run, as JSON")
  .action(async (id, options) => (await import("./runs")).runs(fleet(), id, options));

program
  .command("role <account>")
  .description("print the CloudFormation template of an account's deploy role, as JSON")
  .action(async (account) => (await import("./role")).role(fleet(), account));

program
  .command("drill")
  .description("prove who is answered from where, whatever is down or drained; needs no cloud")
  .option("--cell <cell>", "only this cell")
  .option("--down <regions>", "show what happens while these regions are down, e.g. eu-central-1,eu-west-1")
  .option("--drained <regions>", "show what happens while these regions are drained")
  .option("--json", "print the result as JSON")
  .action(async (options) => (await import("./drill")).drill(fleet(), options));

program
  .command("residency")
  .description("write evidence for an auditor of where the data of a zone can be, as Markdown")
  .option("--cell <cell>", "only this cell")
  .option("--json", "print the evidence as JSON")
  .action(async (options) => (await import("./residency")).residency(fleet(), options));

program
  .command("start")
  .description("deploy the fleet to a local AWS with cdktf and Terraform, and serve it")
  .option("--once", "ask every front and function URL once, show who answered, and exit")
  .option("--json", "with --once: print the answers as JSON")
  .option("--port <port>", "port of the sandbox (default: 4566, or the next free one)", wholeNumber)
  .option(
    "--parallelism <n>",
    "stacks to deploy at once (default: as many as cores and memory allow)",
    wholeNumber,
  )
  .action(async (options) => (await import("./start")).start(fleet(), options));

withApproval(program.command("drain <region>"))
  .description("take a region out of the routing, without a deploy")
  .option(
    "--cell <name>",
    "only in this cell; may be repeated (default: in all that have the region)",
    repeated,
  )
  .option("--reason <text>", "why the region is drained; `drains` shows it")
  .option("--force", "drain it even if that leaves some viewers without a region")
  .option("--store <arn>", storeHelp)
  .option("--json", "print what was done as JSON")
  .action(async (region, options) => (await import("./drain")).drain(fleet(), region, options));

withApproval(program.command("undrain <region>"))
  .description("put a drained region back into the routing")
  .option(
    "--cell <name>",
    "only in this cell; may be repeated (default: in all that have the region)",
    repeated,
  )
  .option("--store <arn>", storeHelp)
  .option("--json", "print what was done as JSON")
  .action(async (region, options) => (await import("./undrain")).undrain(fleet(), region, options));

program
  .command("drains")
  .description("list which regions are drained, since when and why")
  .option("--cell <name>", "only of this cell; may be repeated", repeated)
  .option("--store <arn>", storeHelp)
  .option("--json", "print the list as JSON")
  .action(async (options) => (await import("./drains")).drains(fleet(), options));

program
  .command("accounts")
  .description("list the accounts of the organization, and whose ids the fleet file lacks")
  .option("--write", "write these ids into the fleet file, and change nothing else in it")
  .option("--json", "print the list as JSON")
  .action(async (options) => (await import("./accounts")).accounts(fleet(), options));

program
  .command("bill")
  .description(
    "show the bill by account, tenant, stage and stack, with the budgets; AWS charges USD 0.01 per query",
  )
  .option("--month <month>", "a month such as 2026-10 (default: the current month so far)")
  .option("--json", "print the bill as JSON")
  .action(async (options) => (await import("./bill")).bill(fleet(), options));

const sandbox = program
  .command("sandbox")
  .description("run an empty local AWS for cdktf and Terraform")
  .option("--port <port>", "its port (default: 4566, or the next free one)", wholeNumber)
  .action(async (options) => (await import("./sandbox")).sandbox(fleet(), options));

const ofSandbox = <T>(options: T) => ({ ...options, ...sandbox.opts<{ port?: number }>() });

sandbox
  .command("env")
  .description('print what a shell needs to use the running sandbox: eval "$(npx meridian sandbox env)"')
  .action(async (options) => (await import("./sandbox")).sandboxEnv(ofSandbox(options)));

sandbox
  .command("outage <region>")
  .description("make a region unreachable: its APIs and its functions")
  .option("--end", "make it reachable again")
  .option("--json", "print the result as JSON")
  .action(async (region, options) => (await import("./sandbox")).sandboxOutage(region, ofSandbox(options)));

sandbox
  .command("logs [name]")
  .description(
    "print what handlers and builds logged: of all, or of a service, a function or a build project",
  )
  .option("--account <id>", "only of this account")
  .option("--region <region>", "only of this region")
  .option("--json", "print the lines as JSON")
  .addOption(program.createOption("--follow", "go on, until Ctrl-C").conflicts("json"))
  .action(async (name, options) =>
    (await import("./sandbox")).sandboxLogs(fleet(), name, ofSandbox(options)),
  );

sandbox
  .command("pipeline")
  .description(
    "hand the work tree to the pipeline in the sandbox, and follow it; exit status 0: it has succeeded",
  )
  .option("-y, --yes", "approve what waits for an approval")
  .addOption(program.createOption("--reject", "reject what waits for an approval").conflicts("yes"))
  .option("--json", "print what became of each action as JSON")
  .action(async (options) =>
    (await import("./sandbox-pipeline")).sandboxPipeline(fleet(), ofSandbox(options)),
  );

/** The command right below the program that a command is, or belongs to. */
function outermost(command: Command): string {
  const { parent } = command;
  return parent === null || parent === program ? command.name() : outermost(parent);
}

/** What changes AWS asks first. In a sandbox, which is the user's own machine, nobody is asked. */
function withApproval(command: Command): Command {
  return command
    .option("-y, --yes", "do not ask whether AWS may be changed; needed where there is no terminal")
    .addOption(
      new Option("--auto-approve", "the same, as Terraform spells it").implies({ yes: true }).hideHelp(),
    );
}

function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    throw new InvalidArgumentError("It must be a whole number from 1 to 65535.");
  return number;
}

program.parseAsync().catch((error: unknown) => {
  failWith(error);
  if (wantsJson && process.exitCode !== 0) printFailure(error);
});
