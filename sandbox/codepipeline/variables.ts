/** The values of variables, by namespace and name. */
export type Variables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A place in a text that stands for a variable: `#{namespace.name}`. */
export interface Reference {
  readonly namespace: string;
  readonly name: string;
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html */
const reference = /#\{([A-Za-z0-9@\-_]+)\.([^}]+)\}/g;

/** The variables that a text names. */
export function referencesIn(text: string): readonly Reference[] {
  return [...text.matchAll(reference)].map(([, namespace = "", name = ""]) => ({ namespace, name }));
}

/** A variable that has no value when an action wants it. */
export class UnresolvedVariable extends Error {
  constructor({ namespace, name }: Reference) {
    super(
      `An action in this pipeline failed because one or more variables could not be resolved: #{${namespace}.${name}}`,
    );
  }
}

/**
 * A text with the values of its variables.
 *
 * @param written how a value stands in the text. @default as it is
 * @throws {UnresolvedVariable}
 */
export function resolveVariables(
  text: string,
  variables: Variables,
  written: (value: string) => string = (value) => value,
): string {
  return text.replace(reference, (_, namespace: string, name: string) => {
    const values = variables[namespace] ?? {};
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new UnresolvedVariable({ namespace, name });
    return written(value);
  });
}
