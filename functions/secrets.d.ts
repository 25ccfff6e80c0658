/** What `secrets` of a service names in the fleet file; the bundle of the service has it. */
declare module "meridian/secrets" {
  /**
   * Values by name, as they were last read: take one where you use it, and you have the newest. A name that the service does
   * not have throws. Printing the object shows no value.
   */
  export const secrets: Readonly<Record<string, string>>;
}
