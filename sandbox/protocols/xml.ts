import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";
import { AwsError } from "../http";

/** What stands inside an element: its text, or its children by name. */
export type XmlNode = string | XmlElement;

/** An element's children by name; a name that occurs several times, or inside `Items`, holds an array. */
export interface XmlElement {
  readonly [name: string]: XmlNode | readonly XmlNode[];
}

/** A document: the name of its root and what stands inside. */
export interface XmlDocument {
  readonly root: string;
  readonly content: XmlElement;
}

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  // Only for numeric references such as `&#34;`, which Go's encoder writes: a DOCTYPE is refused beforehand.
  htmlEntities: true,
  isArray: (_name, path) => typeof path === "string" && /\.Items\.[^.]+$/.test(path),
});

const builder = new XMLBuilder({ ignoreAttributes: false, suppressBooleanAttributes: false });

/**
 * Reads the body of a request.
 *
 * @throws {AwsError} `MalformedInput` when it is not well-formed, or declares a document type
 */
export function parseXml(body: Buffer): XmlDocument {
  const source = body.toString("utf8");
  if (source.includes("<!DOCTYPE") || XMLValidator.validate(source) !== true) throw malformed();
  let parsed: XmlElement;
  try {
    parsed = parser.parse(source);
  } catch {
    throw malformed();
  }
  const [root] = Object.keys(parsed).filter((name) => name !== "#text");
  if (root === undefined) throw malformed();
  const content = clean(parsed[root] ?? "");
  return { root, content: typeof content === "string" ? {} : content };
}

/** Writes an answer of an API: `content` is the text of the root, or its children by name. */
export function renderXml(root: string, content: string | object, namespace?: string): Buffer {
  const attributes = namespace === undefined ? {} : { "@_xmlns": namespace };
  const value = typeof content === "string" ? content : { ...attributes, ...content };
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: value })}`);
}

/** The child element at a path; an empty element where there is none. */
export function child(node: XmlNode, ...path: readonly string[]): XmlElement {
  let current: XmlNode = node;
  for (const name of path) {
    const next: XmlNode | readonly XmlNode[] = typeof current === "string" ? "" : (current[name] ?? "");
    current = isArray(next) ? (next[0] ?? "") : next;
  }
  return typeof current === "string" ? {} : current;
}

/** The text at a path; empty where there is none. */
export function text(node: XmlNode, ...path: readonly string[]): string {
  const parent = child(node, ...path.slice(0, -1));
  const value = parent[path.at(-1) ?? ""];
  return typeof value === "string" ? value : "";
}

/** The members of CloudFront's `<List><Quantity/><Items><Member/>...</Items></List>`. */
export function items(list: XmlElement, member: string): readonly XmlNode[] {
  const value = child(list, "Items")[member];
  if (value === undefined) return [];
  return isArray(value) ? value : [value];
}

/** Like {@link items}, where each member is plain text. */
export function textItems(list: XmlElement, member: string): readonly string[] {
  return items(list, member).filter((item) => typeof item === "string");
}

/** CloudFront's form of a list. AWS leaves `Items` out when there are none. */
export function listOf(member: string, members: readonly XmlNode[]): XmlElement {
  const quantity = { Quantity: String(members.length) };
  return members.length === 0 ? quantity : { ...quantity, Items: { [member]: members } };
}

function malformed(): AwsError {
  return new AwsError(400, "MalformedInput", "The request body is not well-formed XML.");
}

function isArray(value: XmlNode | readonly XmlNode[]): value is readonly XmlNode[] {
  return Array.isArray(value);
}

/** Drops indentation between elements, and `Items` without members, which AWS does not send back. */
function clean(node: XmlNode | readonly XmlNode[]): XmlNode {
  if (typeof node === "string") return node;
  if (isArray(node)) return clean(node[0] ?? "");
  const entries = Object.entries(node)
    .filter(([name, value]) => name !== "#text" && !(name === "Items" && typeof value === "string"))
    .map(([name, value]) => [name, isArray(value) ? value.map(clean) : clean(value)] as const);
  return Object.fromEntries(entries);
}
