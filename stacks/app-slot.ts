import type { Extension } from "./extensions/extension";

/** What the user's app adds to what the fleet file says. */
export interface AppOptions {
  /** Applied in the order of their names: the order here changes nothing. @default none */
  readonly extensions?: readonly Extension[];
}

/** Takes what the app says. */
export type AppRunner = (options: AppOptions) => void;

/**
 * Where whoever runs the app waits for what it says: in what is global, for the two are compiled apart, and an installed
 * package may even be there twice.
 */
const slot = Symbol.for("meridian.app");

type Realm = { [slot]?: AppRunner };

/** Who runs the app at the moment. */
export function runnerIn(realm: object): AppRunner | undefined {
  return (realm as Realm)[slot];
}

/** Does `work`, which runs an app; `runner` takes what it says. */
export function withRunner(realm: object, runner: AppRunner, work: () => void): void {
  const before = runnerIn(realm);
  (realm as Realm)[slot] = runner;
  try {
    work();
  } finally {
    (realm as Realm)[slot] = before;
  }
}
