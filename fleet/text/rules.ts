import { error, type Rules, reporter } from "../rule";

/** Rules about the fleet file as a text, and its shape. */
export const fileRules = {
  "no-fleet-file": error("a fleet file that cannot be read", "everything Meridian does starts from it"),
  "wrong-encoding": error(
    "a fleet file that is not UTF-8",
    "what cannot be read would be deployed as other characters",
  ),
  "yaml-syntax": error("text that is not YAML 1.2", "nothing after this point can be read reliably"),
  "duplicate-key": error("the same key twice in a map", "only one of the two values could take effect"),
  "not-a-map": error("a fleet file without keys and values", "there is nothing in it to read"),
  "empty-section": error("`accounts`, `services` or `cells` with nothing in it", "nothing could be deployed"),
  "unknown-key": error("a key that has no meaning at its place", "the setting would have no effect"),
  "missing-key": error("a required key that is missing", "it has no default"),
  "wrong-type": error(
    "a list instead of a map, a number instead of a string, …",
    "it cannot be read as intended",
  ),
  "out-of-range": error(
    "a number, string or list beyond the limits of AWS",
    "AWS would refuse it, or the names built from it",
  ),
  "not-allowed": error("a value other than those accepted", "AWS or Meridian would refuse it"),
  "wrong-format": error(
    "a malformed name, pattern, ARN or the like",
    "it becomes part of names and settings in AWS",
  ),
  "account-id": error("an account id that is not 12 digits", "roles could not be assumed in the account"),
  "account-id-unquoted": error(
    "an account id without quotes",
    "YAML reads it as a number, and a number has no leading zeros",
  ),
} as const satisfies Rules;

/** A finding about the file as a text, or its shape. */
export const problem = reporter(fileRules);
