/** A version of a function that CloudFront has copied to its edge. */
export interface Replica {
  readonly arn: string;
  /** Whether a distribution names it now. */
  readonly isAssociated: boolean;
  /** ISO 8601: when the last distribution let go of it. */
  readonly releasedAt?: string;
}

/** The replicas of functions at CloudFront's edge, which outlive their associations. */
export interface Replicas {
  /** Takes note of which versions distributions name now; any other's replicas begin to go. */
  readonly associate: (arns: ReadonlySet<string>) => void;
  readonly isReplicated: (arn: string) => boolean;
  /** In the order in which they were associated. */
  readonly list: () => readonly Replica[];
  /** How long replicas stay after the last association went, in seconds. */
  readonly seconds: () => number;
  /** Changes it, for replicas that are going already, too. */
  readonly setSeconds: (seconds: number) => void;
}

/** On AWS "typically a few hours": https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html */
export const defaultReplicaSeconds = 60;

/** No replicas yet. */
export function createReplicas(seconds = defaultReplicaSeconds, now: () => number = Date.now): Replicas {
  /** When the last distribution let go of a version, or undefined while one names it. */
  const released = new Map<string, number | undefined>();
  let stay = seconds;
  const isGone = (since: number | undefined) => since !== undefined && now() >= since + stay * 1000;
  const forgetGone = () => {
    for (const [arn, since] of released) if (isGone(since)) released.delete(arn);
  };
  return {
    associate(arns) {
      forgetGone();
      for (const [arn, since] of released) {
        if (since === undefined && !arns.has(arn)) released.set(arn, now());
      }
      for (const arn of arns) released.set(arn, undefined);
    },
    isReplicated: (arn) => released.has(arn) && !isGone(released.get(arn)),
    list() {
      forgetGone();
      return [...released].map(([arn, since]) => ({
        arn,
        isAssociated: since === undefined,
        ...(since !== undefined && { releasedAt: new Date(since).toISOString() }),
      }));
    },
    seconds: () => stay,
    setSeconds(next) {
      stay = next;
    },
  };
}
