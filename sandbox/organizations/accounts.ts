import { createHash } from "node:crypto";
import { AwsError } from "../http";
import { freshId } from "../ids";
import type { Operation } from "../protocols/json";
import {
  type AccountRequest,
  arnOf,
  creationTime,
  describeAccount,
  letters,
  type Organization,
} from "./model";
import {
  allowEverything,
  constraintViolation,
  forManagement,
  type OrganizationOperation,
  type OrganizationStore,
  required,
} from "./store";
import { readTags } from "./tags";
import { accountsIn, requireParent } from "./tree";

/** The id of a created account: made from its e-mail address, so that it does not depend on who comes first. */
function createdAccountId(store: OrganizationStore, email: string): string {
  const digits = (attempt: string) =>
    BigInt(`0x${createHash("sha256").update(`${email} ${attempt}`).digest("hex")}`)
      .toString()
      .slice(-11);
  const members = { has: (id: string) => store.withMember(id) !== undefined };
  return freshId(members, (attempt) => `6${digits(attempt)}`);
}

function describeRequest({ id, name, state, failure, accountId }: AccountRequest) {
  return {
    CreateAccountStatus: {
      Id: id,
      AccountName: name,
      State: state,
      RequestedTimestamp: creationTime,
      ...(state === "SUCCEEDED" && { AccountId: accountId, CompletedTimestamp: creationTime }),
      ...(state === "FAILED" && { FailureReason: failure, CompletedTimestamp: creationTime }),
    },
  };
}

/** Refused later, when somebody asks what became of it, as AWS does it. */
function addAccount(
  organization: Organization,
  store: OrganizationStore,
  name: string,
  email: string,
): Pick<AccountRequest, "failure" | "accountId"> {
  const { accounts } = organization;
  const isUsed = [...accounts.values()].some((other) => other.email.toLowerCase() === email.toLowerCase());
  if (isUsed) return { failure: "EMAIL_ALREADY_EXISTS" };
  const id = createdAccountId(store, email);
  const arn = arnOf(organization, "account", id);
  const parent = organization.root;
  accounts.set(id, { id, arn, name, email, status: "ACTIVE", joined: "CREATED", parent });
  allowEverything(organization, id);
  return { accountId: id };
}

const createAccount: OrganizationOperation = (input, organization, store) => {
  const [name, email] = [required(input, "AccountName"), required(input, "Email")];
  const tags = readTags(input.Tags);
  const { requests } = organization;
  const id = freshId(requests, (attempt) => `car-${letters(`${organization.id} ${email} ${attempt}`, 32)}`);
  const outcome = addAccount(organization, store, name, email);
  if (outcome.accountId) organization.tags.set(outcome.accountId, tags);
  const request: AccountRequest = { id, name, state: "IN_PROGRESS", ...outcome };
  requests.set(id, request);
  return describeRequest(request);
};

/** Says once that the request is in progress; whoever asks again is told the outcome. */
const describeCreation: OrganizationOperation = (input, { requests }) => {
  const id = required(input, "CreateAccountRequestId");
  const request = requests.get(id);
  if (!request) {
    throw new AwsError(
      400,
      "CreateAccountStatusNotFoundException",
      `We can't find an create account request with the CreateAccountRequestId that you specified: ${id}`,
    );
  }
  requests.set(id, { ...request, state: request.failure ? "FAILED" : "SUCCEEDED" });
  return describeRequest(request);
};

/** Requests in a state that is asked for, or all. Listing them moves none of them on. */
const listCreations: OrganizationOperation = (input, { requests }) => {
  const states = Array.isArray(input.States) ? input.States : [];
  const found = [...requests.values()].filter(({ state }) => states.length === 0 || states.includes(state));
  return { CreateAccountStatuses: found.map((request) => describeRequest(request).CreateAccountStatus) };
};

const moveAccount: OrganizationOperation = (input, organization, store) => {
  const account = store.account(organization, required(input, "AccountId"));
  const source = requireParent(
    organization,
    required(input, "SourceParentId"),
    "SourceParentNotFoundException",
  );
  const destination = requireParent(
    organization,
    required(input, "DestinationParentId"),
    "DestinationParentNotFoundException",
  );
  if (account.parent !== source) {
    throw new AwsError(400, "AccountNotFoundException", `The account ${account.id} is not in ${source}.`);
  }
  if (source === destination) {
    throw new AwsError(
      400,
      "DuplicateAccountException",
      `That account is already present in the specified destination: ${destination}`,
    );
  }
  organization.accounts.set(account.id, { ...account, parent: destination });
  return {};
};

const closeAccount: OrganizationOperation = (input, organization, store) => {
  const account = store.account(organization, required(input, "AccountId"));
  if (account.id === organization.management) {
    throw constraintViolation("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You can't close the management account.");
  }
  if (account.status === "SUSPENDED") {
    throw new AwsError(
      400,
      "AccountAlreadyClosedException",
      "You attempted to close an account that is already closed.",
    );
  }
  organization.accounts.set(account.id, { ...account, status: "SUSPENDED" });
  return {};
};

const removeAccount: OrganizationOperation = (input, organization, store) => {
  const { id, joined, status } = store.account(organization, required(input, "AccountId"));
  if (id === organization.management) {
    throw new AwsError(
      400,
      "MasterCannotLeaveOrganizationException",
      "You can't remove a management account from an organization.",
    );
  }
  if (joined === "CREATED" || status === "SUSPENDED") {
    throw constraintViolation(
      "MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED",
      `The account ${id} lacks what it needs to stand alone.`,
    );
  }
  organization.accounts.delete(id);
  organization.attachments.delete(id);
  organization.tags.delete(id);
  organization.delegations.delete(id);
  return {};
};

/** Accounts: created, looked up, moved, closed, removed. */
export function accountOperations(store: OrganizationStore): Readonly<Record<string, Operation>> {
  return forManagement(store, {
    CreateAccount: createAccount,
    DescribeCreateAccountStatus: describeCreation,
    ListCreateAccountStatus: listCreations,
    DescribeAccount: (input, organization) => ({
      Account: describeAccount(store.account(organization, required(input, "AccountId"))),
    }),
    ListAccounts: (_input, { accounts }) => ({
      Accounts: [...accounts.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(describeAccount),
    }),
    ListAccountsForParent: (input, organization) => {
      const parent = requireParent(organization, required(input, "ParentId"));
      return { Accounts: accountsIn(organization, parent).map(describeAccount) };
    },
    MoveAccount: moveAccount,
    CloseAccount: closeAccount,
    RemoveAccountFromOrganization: removeAccount,
  });
}
