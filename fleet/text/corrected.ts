import type { Path } from "../diagnostics";

/** What a route, unit or name most likely should have been; undefined where that cannot be said. */
export function corrected(path: Path, value: string): string | undefined {
  if (path.at(-2) === "routes") return /^[^/\s]\S*$/.test(value) ? `/${value}` : undefined;
  if (path.at(-2) === "policies" && typeof path.at(-1) === "number") return managedPolicy(value);
  const better = isUnit(path) ? unitPath(value) : isName(path) ? name(value) : "";
  return better === "" || better === value ? undefined : better;
}

/** Sections whose keys are names that become parts of others. */
const sections: ReadonlySet<string | number | undefined> = new Set([
  "accounts",
  "services",
  "cells",
  "zones",
  "rollout",
]);

function isName(path: Path): boolean {
  const key = path.at(-1);
  const isKey = path.length === 2 ? sections.has(path[0]) : path.length === 3 && path[1] === "policies";
  return (
    isKey ||
    path[0] === "stages" ||
    key === "fleet" ||
    key === "stage" ||
    key === "tenant" ||
    key === "bucket"
  );
}

/** Whether the path is that of an organizational unit, wherever one is named. */
export function isUnit(path: Path): boolean {
  const key = path.at(-1);
  return key === "unit" || key === "security" || path.at(-2) === "units" || path.at(-3) === "units";
}

function name(value: string): string {
  return value
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

function unitPath(value: string): string {
  const names = value.split("/").map((part) =>
    part
      .trim()
      .replaceAll(/[^A-Za-z0-9-]+/g, "-")
      .replaceAll(/^[^A-Za-z]+|-+$/g, ""),
  );
  return names.filter((part) => part !== "").join("/");
}

/** AWS's own policies are best known by their names. */
function managedPolicy(value: string): string | undefined {
  return /^[\w+=,.@-]+$/.test(value) ? `arn:aws:iam::aws:policy/${value}` : undefined;
}
