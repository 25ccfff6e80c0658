import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  TerraformBackend,
  TerraformDataSource,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
} from "cdktf";
import { type Construct, type IConstruct, Node } from "constructs";
import { ExtensionError, type Mistake } from "./errors";

/** What adds a construct to the tree. The type of constructs does not show it; a test holds that it is called. */
interface Tree {
  addChild(child: Construct, id: string): void;
}

/**
 * Runs `work` while constructs can be made in one scope only, and no two of one id. What is made elsewhere fails there and
 * then, so that the trace leads to the line of the extension.
 *
 * @throws {ExtensionError}
 */
export function onlyWithin<T>(scope: Construct, extension: string, work: () => T): T {
  const tree = Node.prototype as unknown as Tree;
  const original = tree.addChild;
  tree.addChild = function (this: Node, child, id) {
    const refuse = (mistake: Mistake) =>
      new ExtensionError([extension], [this.path, id].filter(Boolean).join("/"), mistake);
    if (!this.scopes.includes(scope)) throw refuse(outside(scope));
    if (this.tryFindChild(id)) throw refuse(twice(id));
    original.call(this, child, id);
  };
  try {
    return work();
  } finally {
    tree.addChild = original;
  }
}

function outside(scope: Construct): Mistake {
  return {
    what: "it adds a construct outside of its scope",
    why: "nobody could tell what belongs to it, and a stack of another target would change with this one",
    fix: `make it in the scope of the context, ${scope.node.path}: new SqsQueue(scope, …)`,
  };
}

function twice(id: string): Mistake {
  return {
    what: `it makes two constructs with the id "${id}" in one scope`,
    why: "the id is a part of the address by which Terraform knows a resource",
    fix: "give one of them another id",
  };
}

/**
 * Refuses what an extension must not have made, in its own scope: resources of another provider or of none, providers,
 * stacks.
 *
 * @throws {ExtensionError}
 */
export function checkScope(scope: Construct, extension: string, provider: AwsProvider): void {
  for (const construct of scope.node.findAll()) {
    const mistake = kindMistake(construct) ?? providerMistake(construct, provider);
    if (mistake) throw new ExtensionError([extension], construct.node.path, mistake);
  }
}

function kindMistake(construct: IConstruct): Mistake | undefined {
  if (TerraformStack.isStack(construct)) {
    return {
      what: "it makes a stack",
      why: "every stack is on the one list that deploys, deploy roles and evidence go by",
      fix: "add its resources to the scope of the context; what the regions of a cell share belongs into cell()",
    };
  }
  if (TerraformBackend.isBackend(construct)) {
    return {
      what: "it says where the state lies",
      why: "the stack has a state already, and would lose it",
      fix: "leave it out; `state` in the fleet file says where states lie",
    };
  }
  return TerraformProvider.isTerraformProvider(construct) ? kindOfProviderMistake(construct) : undefined;
}

/**
 * Providers that make resources in AWS: beside its own, the one of Cloud Control.
 * https://registry.terraform.io/providers/hashicorp/awscc/latest/docs
 */
const ofAws: ReadonlySet<string> = new Set(["aws", "awscc"]);

function kindOfProviderMistake({
  alias,
  terraformResourceType: type,
}: TerraformProvider): Mistake | undefined {
  if (ofAws.has(type)) {
    return {
      what: `it makes a provider of its own, ${type}`,
      why: "account, region and tags of the place, and the right to be there, come with the provider of the context",
      fix: "pass the context's provider; a hook is called for each place, with that of the place",
    };
  }
  if (alias) return undefined;
  return {
    what: `it makes the provider ${type} without an alias`,
    why: "it would serve what other extensions make, too, wherever they name no provider",
    fix: "give it an alias with the name of the extension in it, and pass it to each of its resources",
  };
}

function providerMistake(construct: IConstruct, own: AwsProvider): Mistake | undefined {
  const asks =
    TerraformResource.isTerraformResource(construct) || TerraformDataSource.isTerraformDataSource(construct);
  if (!asks || !construct.terraformResourceType.startsWith("aws_") || construct.provider === own)
    return undefined;
  const { provider, terraformResourceType: type } = construct;
  return {
    what: `${type} ${provider ? `has the provider ${provider.node.path}, and not that of its place` : "names no provider"}`,
    why: `Terraform would make it ${provider ? "in another account or region" : "with the shell's account and region"}`,
    fix: "pass the context's: { provider, … }",
  };
}
