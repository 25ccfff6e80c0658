import { version } from "../../package.json";

/** Meridian's own version. */
export const meridianVersion = version;
