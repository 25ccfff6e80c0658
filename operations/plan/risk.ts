import type { Risk, Severity } from "./picture-schema";

/** What every risk of one kind has in common. */
export interface RiskKind {
  readonly severity: Severity;
  /** Why it matters. */
  readonly why: string;
  /** What to do instead. */
  readonly fix: string;
}

/** Every kind of risk that a plan can have, by its code. */
export const planRisks = {
  "data-destroyed": {
    severity: "high",
    why: "what it holds is gone for good",
    fix: "keep it in the fleet file or the extension; if it may go, take a copy first",
  },
  "data-replaced": {
    severity: "high",
    why: "a replacement is a destruction and a new, empty thing",
    fix: "leave the attribute as it is, or make the new one beside it and move the data first",
  },
  "address-destroyed": {
    severity: "high",
    why: "whoever still calls the address is answered no more, and a new one is another address",
    fix: "drain the region and change the fronts first, and take the target away last",
  },
  "address-replaced": {
    severity: "high",
    why: "the new one has another address, and until everything that names the old one has changed, calls fail",
    fix: "leave the attribute as it is, or make the new one first and change over to it",
  },
  "traffic-at-once": {
    severity: "medium",
    why: "the new version takes all traffic everywhere at once, and a mistake in it reaches every viewer",
    fix: "give the stage waves with a canary first, or regions: one-at-a-time",
  },
  "permission-wider": {
    severity: "high",
    why: "a permission that is given by accident is rarely noticed later",
    fix: "name only the actions and resources that are needed",
  },
  "permission-unreadable": {
    severity: "medium",
    why: "whether the permission becomes wider cannot be said",
    fix: "read the policy itself before you approve",
  },
  "public-principal": {
    severity: "high",
    why: "anybody on the internet may use it, with any account or none",
    fix: "name the principals, or add a condition such as aws:SourceArn or aws:PrincipalOrgID",
  },
  "leaves-zone": {
    severity: "high",
    why: "data of a zone has to stay in the regions of the zone",
    fix: "use a region of the zone, or change the zone in the fleet file if that is allowed",
  },
  "drift-undone": {
    severity: "medium",
    why: "somebody changed it by hand, perhaps for a reason",
    fix: "ask who changed it; if it should stay, write it into the fleet file or the extension first",
  },
  "last-region-of-zone": {
    severity: "high",
    why: "viewers of the zone have no region left that may answer them",
    fix: "add another region of the zone first",
  },
  "replica-taken-away": {
    severity: "medium",
    why: "requests in that region find no table any more, and what was written there last may not have reached the others",
    fix: "deploy with --remove, which takes the functions there away first",
  },
  "replica-made-again": {
    severity: "medium",
    why: "until it is there again, requests in that region find no table, and what was written there last may not have reached the others",
    fix: "to have another key, add a region, and take this one away last",
  },
  "index-destroyed": {
    severity: "high",
    why: "queries of it fail as soon as it is gone, and a new one answers only once it is filled",
    fix: "make the new index beside it, deploy handlers that use that one, and take the old one away last",
  },
  "deletion-protection-off": {
    severity: "high",
    why: "AWS refuses to delete a table only while it is protected",
    fix: "leave it on; a table that has to go is named with --delete-data, and the deploy lifts its protection",
  },
  "recovery-shorter": {
    severity: "high",
    why: "what is older cannot be put back any more, even if it is turned on again",
    fix: "leave it as it is, or take a backup first",
  },
  "items-expire": {
    severity: "high",
    why: "DynamoDB deletes them within days, in every region, and nothing asks again",
    fix: "look first at what the attribute holds in the items that are there; it counts seconds since 1970",
  },
  "stream-changed": {
    severity: "medium",
    why: "a new stream has another ARN, and what was not read of the old one is not in it",
    fix: "let its readers come to the end of the old one, and give them the new ARN",
  },
  "table-encryption-changed": {
    severity: "medium",
    why: "whoever may not use the new key cannot read or write the table",
    fix: "allow the key to the functions and the deploy role first, and keep the old one for backups",
  },
  "tables-not-planned": {
    severity: "high",
    why: "functions that ask for what is not there yet answer with errors until it is",
    fix: "wait until its home region answers, if the change needs a new table, index or replica; any other one can go on",
  },
  "home-moved": {
    severity: "high",
    why: "Terraform would look for the tables in another region than it made them in, and make a second set or lose track of the first",
    fix: "put `home` back as it was; docs/change.md says how to move it",
  },
  "adds-and-takes-away": {
    severity: "high",
    why: "what is added has to be there before the functions that use it, and what is taken away has to stay until after them; a stack is deployed once",
    fix: "deploy with the old and the new first, and then without the old",
  },
  "ttl-by-hand": {
    severity: "high",
    why: "a deploy cannot turn off the time to live of a table, and would stop half-way",
    fix: "run the command that the risk says, wait as it says, and deploy then",
  },
  "approval-taken-away": {
    severity: "high",
    why: "from then on the stage is deployed without anybody having looked at its plan",
    fix: "leave the stage in pipeline.approvals",
  },
  "approvers-changed": {
    severity: "medium",
    why: "who is not told of a plan does not look at it",
    fix: "make sure that somebody is left who knows the stage; who is told newly has to confirm a mail of AWS first",
  },
  "pipeline-source-changed": {
    severity: "high",
    why: "whoever may write there decides what is rolled out",
    fix: "make sure that only those may write there who may change what the pipeline deploys",
  },
  "build-role-changed": {
    severity: "high",
    why: "what a build may do is what its role may do, and another role may reach other accounts",
    fix: "leave it: the pipeline's roles follow from the names of the fleet and its stages",
  },
  "build-changed": {
    severity: "medium",
    why: "what it runs, it runs with all that its role may do",
    fix: "read what changes; other stacks of the foundation, other shards or another version of Meridian are reasons",
  },
  "execution-mode-changed": {
    severity: "medium",
    why: "it decides whether a newer execution takes the place of one whose plan somebody is reading",
    fix: "expect it with the first approval or without the last one, and with nothing else",
  },
  "artifacts-moved": {
    severity: "medium",
    why: "executions that wait, and stages that go back to an earlier one, do not find what they would deploy",
    fix: "let the executions come to their end first, and start a new one afterwards",
  },
  "name-collision": {
    severity: "high",
    why: "AWS refuses a second thing of that name, so the deploy would stop half-way",
    fix: "keep the old name; or take it out of the fleet file, deploy with --remove, and only then put the new one in",
  },
  "data-name-collision": {
    severity: "high",
    why: "AWS refuses a second thing of that name, so the deploy would stop half-way; and to take the first one away is to lose what it holds",
    fix: "give the new one another name, copy what the old one holds, and only then take the old one away",
  },
} as const satisfies Readonly<Record<string, RiskKind>>;

export type RiskCode = keyof typeof planRisks;

/** A risk before its texts are said: `say` puts aside what a stack calls its own, or leaves it. */
export interface RiskDraft {
  readonly code: RiskCode;
  /** What it is about: an address in people's words. */
  readonly subject: string;
  /** The parts of its message; those from the plan are put through `say`. */
  readonly message: (say: (text: string) => string) => string;
}

/** A risk with its texts. */
export function riskOf({ code, message, subject }: RiskDraft, say: (text: string) => string): Risk {
  const { fix, severity, why } = planRisks[code];
  return { code, severity, subject: say(subject), message: message(say), why, fix };
}

const order: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2 };

/** For sorting: the most severe first. Without a risk comes last. */
export function severityRank(risks: readonly Risk[]): number {
  return Math.min(3, ...risks.map(({ severity }) => order[severity]));
}

/** The most severe first, then by code and subject. */
export function sortedRisks(risks: readonly Risk[]): readonly Risk[] {
  const key = ({ code, message, severity, subject }: Risk) =>
    `${order[severity]} ${code} ${subject} ${message}`;
  return [...risks].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
