import { error, type Rules } from "../../fleet/rule";

/** Rules about the bucket for Terraform's state. */
export const stateRules = {
  "state-bucket-settings": error(
    "settings of the state's bucket that lack or contradict one another",
    "the bucket could not be made as it is meant",
  ),
  "too-many-state-accounts": error(
    "more than 560 accounts with an id, and a bucket of Meridian's for their state",
    "the bucket's policy names them all, and S3 takes none above 20 KB",
  ),
  "replica-outside-zone": error(
    "a replica of the state's bucket that is in no zone of the bucket's region",
    "the state says much of what is in a zone, and stays in it",
  ),
} as const satisfies Rules;
