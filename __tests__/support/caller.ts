import type { Caller } from "../../operations/aws/client";

/** This process as a caller of AWS that says nothing; its environment is that of the test that runs. */
export const quietCaller: Caller = {
  get environment() {
    return process.env;
  },
  onSlow: () => {},
};
