import { createHash } from "node:crypto";

/** A hash in small letters and digits, the same in every run. */
export function letters(of: string, length: number): string {
  const number = BigInt(`0x${createHash("sha256").update(of).digest("hex")}`);
  return number.toString(36).padStart(50, "0").slice(-length);
}

/** An account of an organization. */
export interface Account {
  /** 12 digits. */
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly email: string;
  readonly status: "ACTIVE" | "SUSPENDED";
  readonly joined: "CREATED" | "INVITED";
  /** The root or the unit that it sits in. */
  readonly parent: string;
}

/** An organizational unit. */
export interface Unit {
  /** `ou-<root>-<hash>` */
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  /** The root or the unit that it sits in. */
  readonly parent: string;
}

/** A service control policy. */
export interface Policy {
  /** `p-<hash>` */
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly description: string;
  readonly content: string;
  readonly isManagedByAws: boolean;
}

/** What became of a call of CreateAccount. */
export interface AccountRequest {
  /** `car-<hash>` */
  readonly id: string;
  readonly name: string;
  /** Where the account could not be made: why. */
  readonly failure?: "EMAIL_ALREADY_EXISTS";
  /** The new account; nobody is told before the request has succeeded. */
  readonly accountId?: string;
  readonly state: "IN_PROGRESS" | "SUCCEEDED" | "FAILED";
}

/** An organization and all that is in it. Its parts do not change: each change puts another one in their place. */
export interface Organization {
  /** `o-<hash>` */
  readonly id: string;
  /** The account that everything is asked from, 12 digits. */
  readonly management: string;
  /** `r-<hash>` */
  readonly root: string;
  readonly accounts: Map<string, Account>;
  readonly units: Map<string, Unit>;
  readonly policies: Map<string, Policy>;
  /** Whether service control policies are enabled in the root. */
  hasServiceControlPolicies: boolean;
  /** The ids of the policies on each root, unit and account. */
  readonly attachments: Map<string, readonly string[]>;
  readonly requests: Map<string, AccountRequest>;
  /** The tags of each resource, by its id. */
  readonly tags: Map<string, ReadonlyMap<string, string>>;
  /** The service principals with trusted access. */
  readonly trustedServices: Set<string>;
  /** The service principals that each account is a delegated administrator of. */
  readonly delegations: Map<string, ReadonlySet<string>>;
}

/** When everything in the sandbox's organizations happened, in seconds: 2026-01-01, so that every run is the same. */
export const creationTime = 1_767_225_600;

/** The ARN of a part of an organization, as Organizations writes it. */
export function arnOf(
  { id, management }: Pick<Organization, "id" | "management">,
  kind: string,
  part?: string,
): string {
  const path = part === undefined ? id : `${id}/${part}`;
  return `arn:aws:organizations::${management}:${kind}/${path}`;
}

/** An account, as Organizations describes it. */
export function describeAccount({ id, arn, name, email, status, joined }: Account) {
  return {
    Id: id,
    Arn: arn,
    Name: name,
    Email: email,
    Status: status,
    JoinedMethod: joined,
    JoinedTimestamp: creationTime,
  };
}
