/**
 * JavaScript that runs inside a function's own context and gives it what CloudFront's runtime 2.0 gives: the
 * `cloudfront` module, `console`, and no more. It takes its means from `globalThis.__io`, which it removes before
 * the function's code runs, so that nothing of Node is reachable from there.
 *
 * Globals that the runtime does not have are taken away, so that a function that needs them fails here already
 * ("JavaScript runtime 2.0 features for CloudFront Functions").
 */
export const functionPrelude = `"use strict";
(() => {
  const io = globalThis.__io;
  delete globalThis.__io;
  const input = JSON.parse(io.input);
  const logs = [];
  const state = { selection: null };

  for (const name of ["Map", "Set", "WeakMap", "WeakSet", "Intl", "WebAssembly", "SharedArrayBuffer", "Atomics"]) {
    delete globalThis[name];
  }
  delete Array.prototype.flat;
  delete Object.fromEntries;

  const show = (value) => {
    if (typeof value === "string") return value;
    if (value instanceof Error) return String(value.stack || value);
    try { return JSON.stringify(value) || String(value); } catch (error) { return String(value); }
  };
  const log = (...values) => { logs.push(values.map(show).join(" ")); };
  const console = { log, error: log, warn: log, info: log, debug: log };

  const known = (id) => {
    if (!input.originIds.includes(id)) throw new Error("The distribution has no origin with the id " + show(id));
    return id;
  };
  const viewerRequestOnly = () => {
    if (input.event.context.eventType !== "viewer-request") {
      throw new Error("The origin can be chosen in a viewer request function only");
    }
  };
  const cf = {
    edgeLocation: input.edgeLocation,
    selectRequestOriginById(id, overrides) {
      viewerRequestOnly();
      if (overrides !== undefined) throw new Error("Overrides of an origin are not in the sandbox");
      state.selection = { originIds: [known(id)], statusCodes: [] };
    },
    createRequestOriginGroup(group) {
      viewerRequestOnly();
      const ids = (group && group.originIds) || [];
      const codes = (group && group.failoverCriteria && group.failoverCriteria.statusCodes) || [];
      if (ids.length !== 2) throw new Error("An origin group has exactly two origins");
      if (ids.some((member) => member.originOverrides !== undefined)) {
        throw new Error("Overrides of an origin are not in the sandbox");
      }
      if (codes.length === 0 || codes.some((code) => !input.failoverStatusCodes.includes(code))) {
        throw new Error("Failover status codes are one or more of " + input.failoverStatusCodes.join(", "));
      }
      state.selection = { originIds: ids.map((member) => known(member.originId)), statusCodes: codes.slice() };
    },
    updateRequestOrigin() {
      throw new Error("cf.updateRequestOrigin is not in the sandbox");
    },
    kvs(id) {
      if (input.keyValueStoreId === null) throw new Error("No key value store is associated with the function");
      if (id !== undefined && id !== input.keyValueStoreId) {
        throw new Error("The key value store " + show(id) + " is not associated with the function");
      }
      return {
        async get(key, options) {
          const value = io.get(String(key));
          if (value === undefined) throw new Error("KeyNotFound: " + key);
          const format = (options && options.format) || "string";
          if (format === "json") return JSON.parse(value);
          if (format !== "string") throw new Error("The format " + format + " is not in the sandbox");
          return value;
        },
        async exists(key) {
          return io.get(String(key)) !== undefined;
        },
      };
    },
  };
  const require = (name) => { throw new Error("The module '" + name + "' is not in the sandbox"); };

  const finish = (error, result) => {
    io.finish(JSON.stringify({ error, result, logs, selection: state.selection }));
  };
  const fail = (error) => finish(show(error));
  try {
    const handler = io.load(cf, console, require);
    if (typeof handler !== "function") throw new TypeError("handler is not a function");
    Promise.resolve(handler(input.event)).then((result) => finish(undefined, result)).catch(fail);
  } catch (error) {
    fail(error);
  }
})();`;
