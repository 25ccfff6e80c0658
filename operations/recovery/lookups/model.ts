import type { PlannedCreate } from "../planned";
import type { Asker } from "./asker";

/** A thing that is there already. */
export interface Found {
  /** What `import` calls it. */
  readonly id: string;
  /** For messages, e.g. `the function acme_globex_hello`. */
  readonly what: string;
  /** Its tags, or those of what it is a part of. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Its comment, where hashicorp/aws puts no tags on it. */
  readonly comment?: string;
  /** Why it cannot be taken over although it may be the stack's. */
  readonly obstacle?: string;
}

/** How things of one type are told apart and looked for. */
export interface Lookup {
  /**
   * Attributes that a thing is looked for by in its account and region. While one is not known, it cannot be looked for.
   */
  readonly identity: readonly string[];
  /** Attributes that also do, where they are set. */
  readonly optional?: readonly string[];
  /** Whether a thing is the same one from every region of its account. @default false */
  readonly isGlobal?: boolean;
  /** Whether two things with the same of these are one. @default true */
  readonly isUnique?: boolean;
  /** What is there; more than one only where that is not unique. */
  readonly find: (create: PlannedCreate, asker: Asker) => Promise<readonly Found[]>;
}

/** A list of tags as a record, whatever case the service spells them in. */
export function tagsOf(
  list: readonly {
    readonly Key?: string;
    readonly Value?: string;
    readonly TagKey?: string;
    readonly TagValue?: string;
  }[] = [],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map(({ Key, TagKey, TagValue, Value }) => [Key ?? TagKey ?? "", Value ?? TagValue ?? ""]),
  );
}
