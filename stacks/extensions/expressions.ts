import {
  DefaultTokenResolver,
  StringConcat,
  TerraformDataSource,
  TerraformResource,
  Tokenization,
} from "cdktf";
import type { IConstruct } from "constructs";

/** A value as Terraform JSON has it, its tokens written out. */
export function writtenOut(scope: IConstruct, value: unknown): unknown {
  return Tokenization.resolve(value, {
    scope,
    resolver: new DefaultTokenResolver(new StringConcat()),
    preparing: false,
  });
}

/** A reference of Terraform's to a resource or a data source, or to one of its attributes. */
export interface Reference {
  /** `aws_sqs_queue.mail`, or `data.aws_vpc.own`. */
  readonly address: string;
  /** What is read of it: `.url`, `.endpoint[0].address`, or nothing. */
  readonly attributes: string;
}

/** An expression in a text; one that is written with two `$` is none. Braces in it are balanced up to two levels deep. */
const expression = /(?<!\$)\$\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}/g;

const reference = /(?<![\w.-])((?:data\.)?[a-z]\w*_\w+\.[A-Za-z_][\w-]*)((?:\.\w+|\[[^\]]*\])*)/g;

/** What a text of Terraform JSON refers to. */
export function referencesIn(text: string): readonly Reference[] {
  return [...text.matchAll(expression)].flatMap(([, inner = ""]) =>
    [...inner.matchAll(reference)].map(([, address = "", attributes = ""]) => ({
      address,
      attributes,
    })),
  );
}

/** What of a text is known before a deploy: its expressions left out, and `$${` as the `${` that it will be. */
export function withoutExpressions(text: string): string {
  return text.replace(expression, "").replace(/([$%])\1(?=\{)/g, "$1");
}

/** How Terraform calls a resource or a data source; undefined for anything else. */
export function addressOf(construct: IConstruct): string | undefined {
  if (TerraformResource.isTerraformResource(construct))
    return `${construct.terraformResourceType}.${construct.friendlyUniqueId}`;
  if (TerraformDataSource.isTerraformDataSource(construct))
    return `data.${construct.terraformResourceType}.${construct.friendlyUniqueId}`;
  return undefined;
}
