import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What the program does for one stack; without it, what the JSON and the state ask for. */
export interface Answer {
  /** Commands that fail, and what they say. */
  readonly fails?: Readonly<Record<string, string>>;
  /** What `plan` makes; null: nothing is to do. */
  readonly plan?: object | null;
  /** What `plan -refresh-only` makes. @default nothing */
  readonly drift?: object;
}

/** A folder in which a program called `terraform` stands for Terraform: it plans and applies in no time, and makes nothing. */
export interface FakeTerraform {
  readonly folder: string;
  /** Output folder, with the local state beside it. */
  readonly outdir: string;
  /** For a process that runs it. */
  readonly env: Readonly<Record<string, string>>;
  answer(stack: string, answer: Answer): void;
  /** Writes a stack's JSON, with a backend for local state. */
  synthesize(stack: string, fingerprint: string, json?: object): void;
  /** What was run: `<stack> <command>`, in order. */
  calls(): readonly string[];
  remove(): void;
}

/**
 * What only notes that it was run, or shows a plan, is done by the shell, which starts in a tenth of the time; all else by
 * {@link program}.
 */
const shell = `#!/bin/sh
root="\${0%/*}/.."
stack="\${PWD##*/}"
case "$1" in plan|apply) exec "${process.execPath}" "$root/bin/terraform.js" "$@" ;; esac
if grep -q '"fails"' "$root/answers/$stack.json" 2>/dev/null; then exec "${process.execPath}" "$root/bin/terraform.js" "$@"; fi
noted="$1"
case " $* " in *" -lockfile=readonly "*) noted="$1 -lockfile=readonly" ;; esac
printf '%s %s\\n' "$stack" "$noted" >> "$root/calls"
if [ "$1" = show ]; then for last; do :; done; cat "$last"; echo; fi
`;

// A program of its own, and so without any import of ours. Its state is where the stack's JSON says.
const program = `
const fs = require("fs");
const path = require("path");
const [command, ...args] = process.argv.slice(2);
const stack = path.basename(process.cwd());
const root = path.join(__dirname, "..");
fs.appendFileSync(path.join(root, "calls"), stack + " " + [command, ...args.filter((each) => /^-(refresh-only|destroy)$/.test(each))].join(" ") + "\\n");
const read = (file) => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined);
const answer = read(path.join(root, "answers", stack + ".json")) ?? {};
if (answer.fails?.[command]) {
  console.log(JSON.stringify({ "@message": "Error", type: "diagnostic", diagnostic: { severity: "error", summary: answer.fails[command] } }));
  process.exit(1);
}
const json = read("cdk.tf.json") ?? {};
const local = json.terraform?.backend?.local?.path;
const blocks = Object.entries(json.resource ?? {}).flatMap(([type, all]) => Object.keys(all).map((name) => ({ type, name })));
const fingerprint = json.output?.meridian_fingerprint?.value;
if (command === "plan") {
  const state = local && read(path.resolve(local));
  const file = args.find((each) => each.startsWith("-out=")).slice(5);
  const there = new Set((state?.resources ?? []).map(({ name, type }) => type + "." + name));
  const changes = blocks.map(({ name, type }) => {
    const isThere = there.has(type + "." + name);
    const after = json.resource[type][name];
    return { address: type + "." + name, mode: "managed", type, name, change: { actions: [isThere ? "update" : "create"], before: isThere ? {} : null, after } };
  });
  const same = state?.outputs?.meridian_fingerprint?.value === fingerprint;
  const made = args.includes("-refresh-only") ? answer.drift ?? null : "plan" in answer ? answer.plan : same ? null : { resource_changes: changes };
  fs.writeFileSync(file, JSON.stringify({ format_version: "1.2", ...made }));
  process.exit(made === null ? 0 : 2);
}
if (command === "show") console.log(fs.readFileSync(args.at(-1), "utf8"));
if (command === "apply") {
  for (const { address } of read(args.at(-1)).resource_changes ?? []) console.log(JSON.stringify({ "@message": address, type: "apply_complete" }));
  const resources = blocks.map((block) => ({ mode: "managed", ...block, provider: "p", instances: [{ attributes: {} }] }));
  const file = local && path.resolve(local);
  if (file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const outputs = Object.fromEntries(Object.entries(json.output ?? {}).map(([name, { value }]) => [name, { value }]));
    fs.writeFileSync(file, JSON.stringify({ version: 4, serial: 1, lineage: "l", outputs, resources }));
  }
}
`;

/** Puts the program into a temporary folder. */
export function fakeTerraform(): FakeTerraform {
  const folder = mkdtempSync(join(tmpdir(), "meridian-terraform-"));
  const outdir = join(folder, "cdktf.out");
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("bin/terraform", shell);
  write("bin/terraform.js", program);
  chmodSync(join(folder, "bin", "terraform"), 0o755);
  write("terraform.rc", "");
  return {
    ...{ folder, outdir },
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      HOME: folder,
      // Nobody looks for a provider where the caller has a configuration.
      TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
      CDKTF_OUTPUT: outdir,
    },
    answer: (stack, answer) => write(`answers/${stack}.json`, JSON.stringify(answer)),
    synthesize: (stack, fingerprint, json = {}) =>
      write(
        `cdktf.out/stacks/${stack}/cdk.tf.json`,
        JSON.stringify({
          terraform: { backend: { local: { path: `../../../terraform-state/${stack}.tfstate` } } },
          resource: { aws_thing: { a: { size: fingerprint } } },
          ...json,
          output: {
            meridian_begun: { value: fingerprint },
            meridian_fingerprint: { value: fingerprint },
            ...(json as { output?: object }).output,
          },
        }),
      ),
    calls: () => {
      const path = join(folder, "calls");
      return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
