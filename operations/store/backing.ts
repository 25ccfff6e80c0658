import { relative } from "node:path";
import type { Account } from "../../fleet/account";
import { projectRoot } from "../../fleet/project";
import { localObjects, localStateFolder } from "./local-objects";
import type { Unreadable } from "./model";
import type { Objects } from "./objects";

/** What a store lies on. */
export interface Backing {
  /** For messages. */
  readonly place: string;
  /** The part with the states and releases of what is deployed to an account. */
  readonly objectsOf: (account: Account) => Objects;
  /** The part with the runs. */
  readonly runs: Objects;
  /** Key of Terraform's lock of a state, or of what it writes about it. */
  readonly lockKey: (stack: string) => string;
  /** All parts that hold states. */
  readonly parts: () => Promise<Parts>;
  readonly close: () => void;
}

/** The parts of a store, as far as they can be found. */
export interface Parts {
  readonly parts: readonly Part[];
  readonly unreadable: readonly Unreadable[];
}

/** A part of a store. */
export interface Part {
  readonly objects: Objects;
  /** Absent where it holds states of all accounts. */
  readonly account?: Account;
}

/** Local state: one folder for all accounts. */
export function localBacking(output: string | undefined): Backing {
  const folder = localStateFolder(output);
  const inside = relative(projectRoot, folder);
  const place = inside.startsWith("..") ? folder : inside;
  const objects = localObjects(folder, place);
  return {
    place,
    objectsOf: () => objects,
    runs: objects,
    lockKey: (stack) => `.${stack}.tfstate.lock.info`,
    parts: async () => ({ parts: [{ objects }], unreadable: [] }),
    close: () => {},
  };
}
