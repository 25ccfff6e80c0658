import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";

/** A header, with all of its values where a request has it several times. */
interface Header {
  readonly value?: unknown;
  readonly multiValue?: readonly { readonly value: string }[];
}

/** A viewer's request, and what the router finds around it. */
export interface Asked {
  readonly method: string;
  readonly uri?: string;
  /** Headers, lower-case. */
  readonly headers?: Readonly<Record<string, Header>>;
  /** What `cf.edgeLocation.region` says; without it, there is no `cf.edgeLocation`. */
  readonly edge?: string;
  /** Text below the key `drained`; without it, the key is missing. */
  readonly drained?: string;
  /** What of CloudFront throws. */
  readonly broken?: "edge location" | "origins" | "store";
}

/** What the router did. */
export interface Answered {
  /** Each call that names origins, with what it names. */
  readonly origins: readonly (readonly string[])[];
  readonly failoverOn?: readonly number[];
  /** Of an answer that the router gave itself. */
  readonly status?: number;
  readonly retryAfter?: string;
  readonly body?: string;
  readonly type?: string;
  readonly cacheControl?: string;
  readonly allow?: string;
  /** What the request carries on to the cache and the origin. */
  readonly zone?: string;
  readonly request?: string;
  /** Headers that the request goes on with, by name: `authorization`, its carrier, and what keeps its answer apart. */
  readonly authorization?: Readonly<Record<string, string>>;
  /** The hash of the body, as the request goes on with it; `-` is none. */
  readonly bodyHash?: string;
  /** Names of headers that go on with several values. */
  readonly repeated?: readonly string[];
  /** How often the store was read. */
  readonly reads: number;
}

/** Stands in front of the router instead of its import. Written in what both engines know. */
const prelude = `
var asked, did;
var cf = {
  kvs: function () {
    return {
      get: function (key, options) {
        did.reads += 1;
        if (asked.broken === "store") throw new Error("the store is broken");
        var found = key === "drained" && options.format === "string" && typeof asked.drained === "string";
        return found ? Promise.resolve(asked.drained) : Promise.reject(new Error("KeyNotFound"));
      },
    };
  },
  selectRequestOriginById: function (id) {
    if (asked.broken === "origins") throw new Error("no such origin");
    did.origins.push([id]);
  },
  createRequestOriginGroup: function (group) {
    if (asked.broken === "origins") throw new Error("no such origin");
    did.origins.push(group.originIds.map(function (member) { return member.originId; }));
    did.failoverOn = group.failoverCriteria.statusCodes;
  },
};
`;

const epilogue = `
function ask(request) {
  asked = request;
  did = { origins: [], reads: 0 };
  Object.defineProperty(cf, "edgeLocation", { configurable: true, get: function () {
    if (asked.broken === "edge location") throw new Error("no edge location");
    return asked.edge === undefined ? undefined : { region: asked.edge };
  } });
  var event = { context: { requestId: "request-1" }, request: { method: asked.method, uri: asked.uri || "/", querystring: {}, headers: asked.headers || {} } };
  return handler(event).then(function (answer) {
    if (answer.statusCode) {
      did.status = answer.statusCode;
      did.body = answer.body;
      if (answer.headers["retry-after"]) did.retryAfter = answer.headers["retry-after"].value;
      if (answer.headers.allow) did.allow = answer.headers.allow.value;
      did.type = answer.headers["content-type"].value;
      did.cacheControl = answer.headers["cache-control"].value;
    } else {
      did.zone = answer.headers["x-meridian-zone"] && answer.headers["x-meridian-zone"].value;
      did.request = answer.headers["x-meridian-request"] && answer.headers["x-meridian-request"].value;
      did.authorization = {};
      ["authorization", "x-meridian-authorization", "x-meridian-private"].forEach(function (name) {
        if (answer.headers[name]) did.authorization[name] = answer.headers[name].value;
      });
      did.bodyHash = (answer.headers["x-amz-content-sha256"] || { value: "-" }).value;
      did.repeated = Object.keys(answer.headers).filter(function (name) { return answer.headers[name].multiValue; });
    }
    return did;
  });
}
var answers = [];
all.reduce(function (before, request) {
  return before.then(function () { return ask(request); }).then(function (answer) { answers.push(answer); });
}, Promise.resolve()).then(function () { done(answers); });
`;

function script(code: string, all: readonly Asked[]): string {
  const router = code.replace(/^import cf from ?"cloudfront";/, "");
  if (router === code) throw new Error("the router's code does not start with its import");
  return `${prelude}${router}\nvar all = ${JSON.stringify(all)};\n${epilogue}`;
}

/** Runs the very code that is deployed in V8, once per request. */
export function askInV8(code: string, all: readonly Asked[]): Promise<readonly Answered[]> {
  return new Promise((resolve) => {
    runInNewContext(script(code, all), {
      done: (answers: unknown) => resolve(JSON.parse(JSON.stringify(answers))),
    });
  });
}

/** Runs it in njs, the family of engines that CloudFront's belongs to. */
export function askInNjs(code: string, all: readonly Asked[]): Promise<readonly Answered[]> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-njs-"));
  const file = join(folder, "router.js");
  // An answer a line: njs breaks lines after 2,048 characters.
  const done =
    "function done(answers) { answers.forEach(function (one) { console.log(JSON.stringify(one)); }); }";
  writeFileSync(file, `${done}\n${script(code, all)}`);
  return new Promise<readonly Answered[]>((resolve, reject) => {
    const options = { timeout: 60_000, maxBuffer: 1 << 28, env: { PATH: process.env.PATH } };
    execFile("njs", [file], options, (error, stdout, stderr) => {
      if (error || stdout === "") reject(new Error(`njs: ${error?.message ?? ""} ${stderr} ${stdout}`));
      else resolve(JSON.parse(`[${stdout.trimEnd().replaceAll("\n", ",")}]`));
    });
  }).finally(() => rmSync(folder, { recursive: true }));
}
