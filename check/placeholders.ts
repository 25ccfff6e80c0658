import type { Path, Problem } from "../fleet/diagnostics";
import type { ServiceEntry } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { suggest } from "../fleet/wording";
import { problem } from "./rules";
import { writtenServices } from "./written";

const known = ["region", "account"];

/** Of secrets: one service of many cells reads a value for each. */
const knownOfSecrets = [...known, "cell", "stage"];

/** A name in braces. Not after `$`, which marks IAM's policy variables. */
const placeholder = /(?<!\$)\{([A-Za-z][\w-]*)\}/g;

/** Placeholders that nothing fills in. */
export function placeholders({ file }: CheckInput): readonly Problem[] {
  return [
    ...writtenServices(file).flatMap(({ path, settings }) =>
      texts(settings).flatMap((text) => unknownIn(path, text)),
    ),
    ...Object.entries(file.tables ?? {}).flatMap(([table, { kmsKey: text = "" }]) =>
      unknownIn(["tables", table], { below: ["kmsKey"], text }),
    ),
  ];
}

function unknownIn(path: Path, { below, names = known, text }: Text): readonly Problem[] {
  return [...new Set([...text.matchAll(placeholder)].map(([, name]) => name ?? ""))]
    .filter((name) => !names.includes(name))
    .map((name) =>
      problem("unknown-placeholder", [...path, ...below], {
        message: `"{${name}}" is not a placeholder`,
        fix: suggest(name, names).replaceAll(/"(\w+)"/g, '"{$1}"'),
      }),
    );
}

/** A text that may hold placeholders. */
interface Text {
  readonly below: Path;
  readonly text: string;
  /** Placeholders that are filled in there. @default known */
  readonly names?: readonly string[];
}

/** The settings that may hold placeholders. */
function texts(settings: Partial<ServiceEntry>): readonly Text[] {
  return [
    ...Object.entries(settings.environment ?? {}).map(([name, text]) => ({
      below: ["environment", name],
      text,
    })),
    ...(settings.layers ?? []).map((text, index) => ({ below: ["layers", index], text })),
    ...(settings.permissions ?? []).flatMap(({ resources }, statement) =>
      resources.map((text, index) => ({ below: ["permissions", statement, "resources", index], text })),
    ),
    ...Object.entries(settings.secrets ?? {}).flatMap(([secret, entry]) =>
      Object.entries(entry).map(([key, text]) => ({
        below: ["secrets", secret, key],
        text,
        names: knownOfSecrets,
      })),
    ),
  ];
}
