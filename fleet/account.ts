/** An AWS account and the role that deploys into it. */
export interface Account {
  readonly name: string;
  /** 12 digits. */
  readonly id: string;
  /** The role's name, not its ARN. */
  readonly deployRole: string;
  readonly externalId?: string;
  /** Name of the policy that must bound every role made in the account, where the bootstrap asks for one. */
  readonly permissionsBoundary?: string;
}

/** ARN of an account's deploy role. */
export function roleArn({ deployRole, id }: Account): string {
  return `arn:aws:iam::${id}:role/${deployRole}`;
}

/** ARN of the policy that must bound every role made in an account, where there is one. */
export function boundaryArn({ id, permissionsBoundary }: Account): string | undefined {
  return permissionsBoundary && `arn:aws:iam::${id}:policy/${permissionsBoundary}`;
}
