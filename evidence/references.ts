/**
 * The parts of an expression that is one reference and nothing else; undefined for any other.
 *
 * @example referenceParts("${aws_iam_role.a.arn}") // ["aws_iam_role", "a", "arn"]
 * @example referenceParts('${data.x.y["some key"].z}') // ["data", "x", "y", "some key", "z"]
 */
export function referenceParts(expression: string | undefined): readonly string[] | undefined {
  const inner = /^\$\{([^{}]+)\}$/.exec(expression ?? "")?.[1];
  if (inner === undefined || !wholeReference.test(inner)) return undefined;
  return [...inner.matchAll(part)].map(([, name, key, index]) => name ?? key ?? index ?? "");
}

const wholeReference = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*|\["[^"]*"\]|\[\d+\])*$/;
const part = /([A-Za-z_][\w-]*)|\["([^"]*)"\]|\[(\d+)\]/g;
