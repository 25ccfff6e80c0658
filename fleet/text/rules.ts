import { error, type Rules, reporter } from "../rule";

/** Rules about the fleet file as a text, and its shape. */
export const fileRules = {
  "no-fleet-file": error("a fleet file that cannot be read", "everything Meridian does starts from it"),
  "yaml-syntax": error("text that is not YAML 1.2", "nothing after this place can be read for certain"),
  "duplicate-key": error("one key twice in a map", "only one of the two values could count"),
  "not-a-map": error("a fleet file that holds no keys and values", "there is nothing in it to read"),
  "empty-section": error("`accounts`, `services` or `cells` with nothing in it", "nothing could be deployed"),
  "unknown-key": error("a key that has no meaning at its place", "the setting would have no effect"),
  "missing-key": error("a required key that is not there", "it has no default"),
  "wrong-type": error(
    "a list where a map should be, a number where a text should be, …",
    "it cannot be read as what was meant",
  ),
  "out-of-range": error(
    "a number, text or list outside the limits of AWS",
    "AWS would refuse it, or the names made of it",
  ),
  "not-allowed": error("a value that is none of those accepted", "AWS or Meridian would refuse it"),
  "wrong-format": error(
    "a name, pattern, ARN or the like in a form that cannot work",
    "it becomes a part of names and settings in AWS",
  ),
  "account-id": error("an account id that is not 12 digits", "roles could not be assumed in the account"),
  "account-id-unquoted": error(
    "an account id without quotes",
    "YAML reads it as a number, and a number has no leading zeros",
  ),
} as const satisfies Rules;

/** A finding about the file as a text, or its shape. */
export const problem = reporter(fileRules);
