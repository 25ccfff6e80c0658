import type { Problem } from "../fleet/diagnostics";
import type { FleetFile } from "../fleet/schema/fleet-file";
import { secretsVariable } from "../fleet/secrets";
import { tableVariable } from "../fleet/tables";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import { entryOf, oncePerPlace, servicesOf, writtenServices } from "./written";

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const reserved: ReadonlySet<string> = new Set([
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/** Environment variables that Lambda refuses, or that should not be readable by everyone. */
export function environment({ file }: CheckInput): readonly Problem[] {
  return [...ofServices(file), ...ofTables(file)];
}

function ofServices(file: FleetFile): readonly Problem[] {
  return writtenServices(file).flatMap(({ path, settings }) =>
    Object.entries(settings.environment ?? {}).flatMap(([name, value]) => {
      const place = [...path, "environment", name];
      if (reserved.has(name) || name === secretsVariable) {
        const isOwn = name === secretsVariable;
        return [
          problem("reserved-variable", place, {
            message: `${isOwn ? "Meridian" : "Lambda"} sets "${name}" itself`,
            fix: "remove it, or choose another name",
            ...(isOwn && { why: "it says where the service's secrets lie" }),
            atKey: true,
          }),
        ];
      }
      if (!looksSecret(name, value)) return [];
      return [
        problem("secret-in-environment", place, {
          message: `"${name}" looks like a secret`,
          fix: `keep it in Parameter Store or in Secrets Manager, and write where it lies in "secrets": { ${secretEntryFor(name)} }`,
          atKey: true,
        }),
      ];
    }),
  );
}

/** A cell may set what the service itself does not, and the other way round. */
function ofTables(file: FleetFile): readonly Problem[] {
  const found = Object.entries(file.cells).flatMap(([cell, entry]) =>
    servicesOf(file, cell, entry).flatMap(({ name, settings }) => {
      const own = entryOf(entry.services, name);
      const placeOf = (key: "environment" | "tables", below: string) =>
        Object.hasOwn(own?.[key] ?? {}, below)
          ? ["cells", cell, "services", name, key, below]
          : ["services", name, key, below];
      return Object.keys(settings.tables ?? {})
        .filter((table) => Object.hasOwn(settings.environment ?? {}, tableVariable(table)))
        .map((table) =>
          problem("reserved-variable", placeOf("environment", tableVariable(table)), {
            message: `Meridian sets "${tableVariable(table)}" itself`,
            why: `it says how AWS calls the table "${table}"`,
            fix: "remove it, or choose another name",
            other: { path: placeOf("tables", table), atKey: true },
            atKey: true,
          }),
        );
    }),
  );
  return oncePerPlace(found);
}

/** What a variable could be instead. Secrets have names in capitals. */
function secretEntryFor(name: string): string {
  const lower = name.toLowerCase().replaceAll("_", "-");
  return `${name.toUpperCase()}: { parameter: "/{cell}/${lower}" }`;
}

/** Forms that give a secret away, whatever the name of the variable. */
const secretForms = [
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bgh[pousr]_[A-Za-z0-9]{36}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10}/,
  /\bsk_live_[A-Za-z0-9]{16}/,
];

/** Whatever is written into these is one, however short and simple, as in `PGPASSWORD`, `MYSQL_PWD` or `dbPassword`. */
const passwordName = /(PASSWORD|PASSWD|PASSPHRASE|PWD)$/i;

/** Shells keep the working directory, and the one before, under these names. */
const folderName = /^(OLD)?PWD$/;

/** Words that say whether there is a password, or must be. */
const noPassword = /^(|true|false|yes|no|on|off|none|required|optional)$/i;

const secretName = /SECRET|PASSWORD|PASSWD|TOKEN|KEY|CREDENTIAL/i;

/** Names and values that say where a secret is, not what it is. */
export const referenceName = /_(ARN|NAME|ID|URL|URI|PATH|FILE|TTL|PREFIX)$/i;
const referenceValue = /^(arn:|https?:|alias\/|\/|\{)/;

/** Random letters and digits have about 4 to 6 bits each; words joined by hyphens seldom have a digit in them. */
const minBitsPerCharacter = 3;
const minLength = 16;

/** Whether what is written into a variable is a secret, as far as its name and its form tell. */
export function looksSecret(name: string, value: string): boolean {
  if (secretForms.some((form) => form.test(value))) return true;
  if (referenceName.test(name) || referenceValue.test(value) || folderName.test(name)) return false;
  if (passwordName.test(name) && !noPassword.test(value)) return true;
  if (!secretName.test(name)) return false;
  const isToken =
    value.length >= minLength && /^\S+$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value);
  return isToken && bitsPerCharacter(value) >= minBitsPerCharacter;
}

/** Shannon entropy. */
function bitsPerCharacter(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce(
    (bits, times) => bits - (times / value.length) * Math.log2(times / value.length),
    0,
  );
}
