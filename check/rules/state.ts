import { error, type Rules } from "../../fleet/rule";

/** Rules about the bucket for Terraform's state. */
export const stateRules = {
  "state-bucket-settings": error(
    "settings of the state's bucket that are incomplete or contradict one another",
    "the bucket could not be made as intended",
  ),
  "too-many-state-accounts": error(
    "more than 545 accounts with an id, and a bucket that Meridian makes for their state",
    "the bucket's policy names them all, and S3 accepts no policy above 20 KB",
  ),
  "replica-outside-zone": error(
    "a replica of the state's bucket outside every zone of the bucket's region, or of a table outside a zone of its cell",
    "a zone's data must stay in the zone, and so must the state, which reveals much about it",
  ),
} as const satisfies Rules;
