import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Cell } from "../fleet/model";
import { hashFunctionName } from "../fleet/names";

/** The function that hashes bodies for a cell's front. */
export interface HashBodiesProps {
  /** In us-east-1, of the front account: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html */
  readonly provider: AwsProvider;
  readonly cell: Cell;
  /** Path of the zip, relative to the stack's folder. */
  readonly bundlePath: string;
  /** Base64 SHA-256 of the zip. */
  readonly bundleHash: string;
}

/**
 * A Lambda@Edge function that puts the hash of each body into the header that CloudFront signs: see `edge/hash-bodies.js`.
 *
 * Its role has no permission at all. So the function can neither call anything nor write a log, which would otherwise lie in
 * whatever region a viewer happens to be near:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
 */
export class HashBodies extends Construct {
  /** ARN of the published version, as a Terraform expression: CloudFront takes no alias. */
  readonly versionArn: string;

  constructor(scope: Construct, id: string, { bundleHash, bundlePath, cell, provider }: HashBodiesProps) {
    super(scope, id);
    const name = hashFunctionName(cell.fleet, cell.name);
    const { id: accountId, permissionsBoundary } = cell.front.account;
    const role = new IamRole(this, "role", {
      provider,
      name,
      permissionsBoundary: permissionsBoundary && `arn:aws:iam::${accountId}:policy/${permissionsBoundary}`,
      // It goes once the distribution has let go of the function, which runs until then.
      lifecycle: { createBeforeDestroy: true },
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { Service: ["edgelambda.amazonaws.com", "lambda.amazonaws.com"] },
          },
        ],
      }),
    });
    this.versionArn = new LambdaFunction(this, "function", {
      provider,
      functionName: name,
      description: `Hashes bodies for the front of ${cell.name}`,
      role: role.arn,
      filename: bundlePath,
      sourceCodeHash: bundleHash,
      handler: "index.handler",
      runtime: "nodejs22.x",
      architectures: ["x86_64"],
      memorySize: 128,
      timeout: 5,
      publish: true,
      // AWS refuses to delete it for hours after the last distribution has let go of it:
      // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
      skipDestroy: true,
    }).qualifiedArn;
  }
}
