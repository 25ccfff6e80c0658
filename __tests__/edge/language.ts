import { type AnyNode, type CallExpression, type MemberExpression, parse } from "acorn";
import { ancestor } from "acorn-walk";

// What cloudfront-js-2.0 offers, as far as the router may need it. An allowlist: what is not named here is refused.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html

/** Kinds of syntax. */
const syntax = new Set(
  `Program ImportDeclaration ImportDefaultSpecifier FunctionDeclaration FunctionExpression ArrowFunctionExpression
  VariableDeclaration VariableDeclarator ExpressionStatement BlockStatement ReturnStatement IfStatement ForStatement
  ForInStatement WhileStatement TryStatement CatchClause ThrowStatement BreakStatement ContinueStatement EmptyStatement
  CallExpression NewExpression MemberExpression BinaryExpression LogicalExpression UnaryExpression UpdateExpression
  ConditionalExpression AssignmentExpression SequenceExpression AwaitExpression ArrayExpression ObjectExpression Property
  Identifier Literal TemplateLiteral TemplateElement`.split(/\s+/),
);

/** Names that no declaration of the code itself makes. */
const globals = new Set("Object Array String Number JSON Math RegExp Error parseInt undefined".split(" "));

/** Methods that are called on values, on `cf` and on the store. */
const methods = new Set(
  `concat every filter find forEach fromCharCode includes indexOf join keys lastIndexOf map parse pop push replace shift slice some sort
  split stringify substr substring test toLowerCase toUpperCase get exists kvs selectRequestOriginById
  createRequestOriginGroup`.split(/\s+/),
);

/** What of some code is outside the language that CloudFront offers; empty where nothing is. */
export function outsideLanguage(code: string): readonly string[] {
  const found = new Set<string>();
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const declared = declaredNames(program);
  ancestor(
    program,
    Object.fromEntries(
      [...nodeTypes(program)].map((type) => [
        type,
        (node: AnyNode, _state: unknown, ancestors: AnyNode[]) => {
          if (!syntax.has(node.type)) found.add(node.type);
          for (const reason of refusals(node, ancestors)) found.add(reason);
          if (node.type === "Identifier" && !declared.has(node.name) && !globals.has(node.name))
            found.add(node.name);
        },
      ]),
    ),
  );
  return [...found];
}

/** The walker visits a type of node only where it has a visitor. */
function nodeTypes(program: AnyNode): ReadonlySet<string> {
  const types = new Set<string>();
  every(program, (node) => types.add(node.type));
  return types;
}

/** Variables, functions, parameters and imports, wherever they are in scope: the code is small. */
function declaredNames(program: AnyNode): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (node: AnyNode | null | undefined) => {
    if (node?.type === "Identifier") names.add(node.name);
    if (node?.type === "RestElement") add(node.argument as AnyNode);
  };
  every(program, (node) => {
    if (node.type === "VariableDeclarator") add(node.id as AnyNode);
    if (node.type === "ImportDefaultSpecifier") add(node.local);
    if (node.type === "CatchClause") add(node.param as AnyNode | null);
    if ("params" in node) for (const param of node.params) add(param as AnyNode);
    if (node.type === "FunctionDeclaration") add(node.id);
  });
  return names;
}

function refusals(node: AnyNode, ancestors: readonly AnyNode[]): readonly string[] {
  switch (node.type) {
    case "LogicalExpression":
      return node.operator === "??" ? ["LogicalExpression ??"] : [];
    case "FunctionDeclaration":
      return node.generator ? ["FunctionDeclaration generator"] : [];
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return node.async ? ["async closure"] : [];
    case "Property":
      return [
        ...(node.shorthand ? ["Property shorthand"] : []),
        ...(node.method ? ["Property method"] : []),
        ...(node.computed ? ["Property computed"] : []),
      ];
    case "CatchClause":
      return node.param ? [] : ["CatchClause without a name"];
    case "CallExpression":
      return methodRefused(node);
    case "AwaitExpression":
      return isArgument(node, ancestors) ? ["await in arguments"] : [];
    default:
      return [];
  }
}

function methodRefused({ callee }: CallExpression): readonly string[] {
  if (callee.type !== "MemberExpression") return [];
  const { computed, property } = callee as MemberExpression;
  if (computed || property.type !== "Identifier") return ["a method by a computed name"];
  return methods.has(property.name) ? [] : [`.${property.name}()`];
}

/** njs, at least, has no `await` inside the arguments of a call. */
function isArgument(node: AnyNode, ancestors: readonly AnyNode[]): boolean {
  return ancestors.some(
    (outer) =>
      (outer.type === "CallExpression" || outer.type === "NewExpression") &&
      outer.arguments.some((argument) => argument.start <= node.start && node.end <= argument.end),
  );
}

function every(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && "type" in child) every(child as AnyNode, visit);
    }
  }
}
