import { roleOf } from "../gateway/identities";
import type { AwsCall } from "../http";
import { iamActions } from "./actions";

/** Who asked for what, where. */
export interface RecordedCall {
  /** 12 digits: the account of the credentials. */
  readonly account: string;
  readonly region: string;
  /** The prefix in IAM, e.g. `lambda`. */
  readonly service: string;
  /** As IAM calls it, e.g. `lambda:CreateFunction`. */
  readonly action: string;
  /** The role whose session called, or who else it was; empty for an access key that the sandbox never handed out. */
  readonly principal: string;
  /** How often. */
  readonly count: number;
}

/** What was asked of the sandbox's AWS, each thing once. */
export interface CallLog {
  /**
   * Records the actions that a call takes.
   *
   * @param principal the ARN that the caller's credentials were handed out for, if known
   */
  readonly record: (call: AwsCall, principal: string | undefined) => void;
  /** In a fixed order, whatever the order of the calls. */
  readonly list: () => readonly RecordedCall[];
  /** How many calls are not in the list, because it was full. */
  readonly dropped: () => number;
  readonly clear: () => void;
}

/** So many different lines are kept: more than a fleet at AWS's limits makes with the actions that it needs. */
const defaultCapacity = 20_000;

const keyOf = ({ account, principal, region, action }: Omit<RecordedCall, "count">) =>
  [account, principal, region, action].join(" ");

/** An empty log. It knows no times and no resources, so that the same deploy leaves the same log. */
export function createCallLog(capacity: number = defaultCapacity): CallLog {
  const calls = new Map<string, RecordedCall>();
  let dropped = 0;
  return {
    record(call, principal) {
      for (const action of iamActions(call)) {
        const service = action.split(":")[0] ?? "";
        const { account, region } = call;
        const one = { account, region, service, action, principal: roleOf(principal ?? "") };
        const before = calls.get(keyOf(one));
        if (before) calls.set(keyOf(one), { ...before, count: before.count + 1 });
        else if (calls.size < capacity) calls.set(keyOf(one), { ...one, count: 1 });
        else dropped++;
      }
    },
    list: () => [...calls].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
    dropped: () => dropped,
    clear() {
      calls.clear();
      dropped = 0;
    },
  };
}
