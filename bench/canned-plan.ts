import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Bytes of a plan of a target with a few services. */
const planSize = 150_000;

/**
 * Writes what `terraform show -json` may say of a plan that changes one function, with what else such a plan says of
 * resources that stay as they are.
 *
 * @returns the path
 */
export function writeCannedPlan(path: string): string {
  const function_ = (greeting: string) => ({
    function_name: "hello",
    environment: [{ variables: { GREETING: greeting } }],
  });
  const known = { after_unknown: {}, before_sensitive: {}, after_sensitive: {} };
  const update = { actions: ["update"], before: function_("hello"), after: function_("hallo"), ...known };
  const changes: unknown[] = [resource("aws_lambda_function", "hello", update)];
  for (let size = 0, index = 0; size < planSize; index += 1) {
    const value = { name: `hello-${index}`, retention_in_days: 30, tags_all: { "meridian:fleet": "bench" } };
    const change = resource("aws_cloudwatch_log_group", `logs_${index}`, {
      ...{ actions: ["no-op"], before: value, after: value, ...known },
    });
    changes.push(change);
    size += JSON.stringify(change).length;
  }
  writeFileSync(
    path,
    JSON.stringify({ format_version: "1.2", terraform_version: "1.11.4", resource_changes: changes }),
  );
  return path;
}

function resource(type: string, name: string, change: unknown): unknown {
  return { address: `${type}.${name}`, mode: "managed", type, name, change };
}

/**
 * Puts a program into a folder that answers as Terraform does whose every plan is the canned one: thousands of plans in
 * a minute, so that what is measured is not Terraform.
 */
export function fakeTerraform(folder: string, plan: string): void {
  mkdirSync(folder, { recursive: true });
  const script = `#!/bin/sh
case $1 in
  plan) exit 2 ;;
  show) exec cat '${plan}' ;;
esac
`;
  writeFileSync(join(folder, "terraform"), script, { mode: 0o755 });
}
