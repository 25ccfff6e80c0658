/**
 * What `secrets` of a service names in the fleet file, by name, as it was last read: take a value where you use it, and you
 * have the newest. A name that the service does not have throws. Printing the object shows no value.
 */
export declare const secrets: Readonly<Record<string, string>>;
