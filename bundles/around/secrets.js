// The secrets of a service: read once before the handler's module is loaded, and again when they have become old. This file
// is what `meridian/secrets` stands for in a handler.
//
// Where they lie is in a variable of the function's; what they are is in this process's memory and nowhere else.

const { callAws } = require("./signed-call.js");

const parameterStore = { service: "ssm", targetPrefix: "AmazonSSM", endpointId: "SSM" };
const secretsManager = {
  service: "secretsmanager",
  targetPrefix: "secretsmanager",
  endpointId: "SECRETS_MANAGER",
};

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const NAMES_PER_CALL = 10;

/** How long to go on with old values where AWS cannot be asked for new ones. */
const RETRY_MS = 30_000;

/** A viewer waits for a refresh, within the function's timeout, and there are old values to go on with. */
const WHILE_INVOKED = { attempts: 1, attemptMs: 1_000 };

/** Names in the two stores, by the names that the handler uses; the time in seconds. */
const {
  parameters = {},
  refresh: maxAge,
  secrets: inManager = {},
} = JSON.parse(process.env.MERIDIAN_SECRETS);
const names = new Set([...Object.keys(parameters), ...Object.keys(inManager)]);

let values = new Map();
let readAgain = 0;

/** Why some secrets cannot be read. Holds names and places, never a value. */
class SecretsError extends Error {
  constructor(lines) {
    super(
      `cannot read what "secrets" in the fleet file names:\n${lines.map((line) => `  ${line}`).join("\n")}`,
    );
    this.name = "SecretsError";
  }
}

const missing = (kind, name) =>
  `there is no ${kind} ${name} in ${process.env.AWS_REGION}: make it there, in the function's account`;

const refused = (kind, name, { code, message }) =>
  `${kind} ${name} in ${process.env.AWS_REGION}: ${code}: ${message}`;

/** Up to ten parameters, by their names in the store: each a value, or why there is none. */
async function readParameters(batch, patience) {
  try {
    const input = { Names: batch, WithDecryption: true };
    const { Parameters } = await callAws(parameterStore, "GetParameters", input, patience);
    const found = new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
    return batch.map((name) => ({ name, value: found.get(name), why: missing("parameter", name) }));
  } catch (error) {
    return batch.map((name) => ({ name, why: refused("parameter", name, error) }));
  }
}

async function readSecret(name, patience) {
  try {
    const input = { SecretId: name };
    const { SecretString } = await callAws(secretsManager, "GetSecretValue", input, patience);
    return {
      name,
      value: SecretString,
      why: `secret ${name} in ${process.env.AWS_REGION} holds bytes, not text`,
    };
  } catch (error) {
    const isMissing = error.code === "ResourceNotFoundException";
    return { name, why: isMissing ? missing("secret", name) : refused("secret", name, error) };
  }
}

/** What was read of one store, by the names that the handler uses. */
function byName(places, read) {
  const found = new Map(read.map((one) => [one.name, one]));
  return Object.entries(places).map(([name, place]) => ({ ...found.get(place), name }));
}

function batches(all) {
  const unique = [...new Set(all)];
  return Array.from({ length: Math.ceil(unique.length / NAMES_PER_CALL) }, (_, index) =>
    unique.slice(index * NAMES_PER_CALL, (index + 1) * NAMES_PER_CALL),
  );
}

/**
 * Reads every secret.
 *
 * @param patience as `callAws` takes it
 * @throws {SecretsError} one of them cannot be read
 */
async function load(patience) {
  const [ofParameters, ofManager] = await Promise.all([
    Promise.all(batches(Object.values(parameters)).map((batch) => readParameters(batch, patience))),
    Promise.all([...new Set(Object.values(inManager))].map((name) => readSecret(name, patience))),
  ]);
  const all = [...byName(parameters, ofParameters.flat()), ...byName(inManager, ofManager)];
  const failed = all.filter(({ value }) => value === undefined);
  if (failed.length > 0) throw new SecretsError(failed.map(({ name, why }) => `${name}: ${why}`));
  values = new Map(all.map(({ name, value }) => [name, value]));
  readAgain = Date.now() + maxAge * 1000;
}

/**
 * Reads every secret again if they are old. Returns nothing where there is nothing to wait for. Not in the background,
 * because Lambda stops a process between two invocations. What cannot be read in a second leaves the values that there are.
 */
function refresh() {
  if (Date.now() < readAgain) return undefined;
  readAgain = Date.now() + Math.min(maxAge * 1000, RETRY_MS);
  return load(WHILE_INVOKED).catch((error) =>
    console.warn(`${error.name}: ${error.message}\nThe values of before stay.`),
  );
}

/**
 * The secrets by their names, as they were last read. Printing it, or making JSON of it, shows none of them.
 *
 * @throws {SecretsError} the service has no secret of that name
 */
const secrets = new Proxy(Object.freeze(Object.create(null)), {
  get(_, name) {
    if (values.has(name)) return values.get(name);
    // Whoever prints an object, or awaits it, asks it for names like `then`: no secret is called so.
    if (typeof name !== "string" || !/^[A-Z]/.test(name)) return undefined;
    const known = `this service has ${[...names].join(", ")}`;
    throw new SecretsError([`${name}: there is no secret of that name: ${known}`]);
  },
  has: (_, name) => names.has(name),
});

module.exports = { secrets, load, refresh };
