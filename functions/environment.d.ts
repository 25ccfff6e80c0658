// Written by `npx meridian types`. Do not edit.
declare namespace NodeJS {
  interface ProcessEnv {
    /** In hello: the table "visits", as AWS calls it. */
    TABLE_VISITS: string;
  }
}
