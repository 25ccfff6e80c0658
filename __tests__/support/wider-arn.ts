import { arnParts } from "../../access/policy/match";

/**
 * An ARN pattern of a policy, widened by one step in each possible way: its region, its account, its name, the path below its
 * first part, a variable in it; in S3, where the name is not the last part, the bucket, too. `*` where nothing smaller is left.
 */
export function widerArns(pattern: string): readonly string[] {
  if (pattern === "*") return [];
  const parts = arnParts(pattern);
  if (parts.length < 6) return ["*"];
  const wider = [3, 4, 5].flatMap((index) =>
    (index === 5 ? widerNames(parts[5] ?? "", parts[2] === "s3") : widerPart(parts[index] ?? "")).map(
      (part) => parts.with(index, part).join(":"),
    ),
  );
  return wider.length > 0 ? wider : ["*"];
}

function widerPart(part: string): readonly string[] {
  return part === "" || part === "*" ? [] : ["*"];
}

function widerNames(name: string, isS3: boolean): readonly string[] {
  if (name === "*") return [];
  const [, type, separator, rest] = /^((?:\$\{[^}]*\}|[^/:])*)([/:])(.*)$/s.exec(name) ?? [];
  if (type === undefined || rest === undefined) return ["*"];
  const withoutVariables = [...name.matchAll(/\$\{[^}]*\}/g)].map(
    ({ 0: variable, index }) => `${name.slice(0, index)}*${name.slice(index + variable.length)}`,
  );
  const below = rest === "*" ? [] : [`${type}${separator}*`];
  const above = isS3 && type !== "*" ? [`*${separator}${rest}`] : [];
  const wider = [...new Set([...withoutVariables, ...below, ...above])];
  return wider.length > 0 ? wider : ["*"];
}
