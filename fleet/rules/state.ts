import { error, type Rules } from "./rule";

/** Rules about the bucket for Terraform's state. */
export const stateRules = {
  "state-bucket-settings": error(
    "settings of the state's bucket that lack or contradict one another",
    "the bucket could not be made as it is meant",
  ),
  "replica-outside-zone": error(
    "a replica of the state's bucket that is in no zone of the bucket's region",
    "the state says much of what is in a zone, and stays in it",
  ),
} as const satisfies Rules;
