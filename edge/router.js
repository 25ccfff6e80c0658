// Runs inside CloudFront for every viewer request of a cell (viewer-request, cloudfront-js-2.0). At synth, `config`
// is put in front of it: see router-code.ts for what it holds.
//
// It names the origin of every request, because a behaviour that allows POST, PUT, PATCH or DELETE cannot have an origin
// group, and an origin group knows neither where a viewer is nor where data may go.
//
// CloudFront's engine knows ECMAScript 5.1 and little more: see language.test.ts. No template literals, though it knows
// them: Terraform would take their placeholders for its own.
import cf from "cloudfront";

/* global config */
const store = cf.kvs();

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by its name.
async function handler(event) {
  try {
    const answer = await route(event.request, event.context.requestId);
    return answer;
  } catch (_error) {
    // Without an origin of its own the request must not go on: the behaviour's may lie outside the viewer's zone.
    return unavailable();
  }
}

async function route(request, id) {
  const found = routeOf(normalized(request.uri));
  if (!found) return reply(404, "Not Found", "No service has a route for this path", {});
  const service = found[1];
  const methods = found[2];
  if (methods && !methods.includes(request.method)) {
    return reply(405, "Method Not Allowed", "This path takes no " + request.method, {
      allow: { value: methods.join(", ") },
    });
  }
  const routing = routingOfViewer(request.headers);
  const drained = await drainedRegions();
  const origins = originsOf(routing.order, drained, service);
  if (origins.length === 0) return unavailable();
  // Both overwrite what the viewer may have sent, and are in cache keys. No answer is kept for viewers of another zone,
  // and where nothing is to be kept, no two requests are alike: CloudFront would give both one answer.
  request.headers["x-meridian-zone"] = { value: routing.zone || "-" };
  request.headers["x-meridian-request"] = { value: id };
  moveAuthorization(request.headers, id);
  // CloudFront would sign it, and Lambda refuse the request where it is wrong: a 403 that other viewers who ask for the
  // same may get as well. A read has no body to say the hash of.
  if (isRead(request.method)) delete request.headers["x-amz-content-sha256"];
  if (isRead(request.method) && origins.length > 1) {
    cf.createRequestOriginGroup({
      originIds: [{ originId: origins[0] }, { originId: origins[1] }],
      failoverCriteria: { statusCodes: config.failoverOn },
    });
  } else {
    cf.selectRequestOriginById(origins[0]);
  }
  return request;
}

/**
 * The path as CloudFront reads it when it picks a behaviour: `/a/..//%62` is `/b`. A router that read it otherwise would
 * let one service's answers be kept as another's. "Path normalization" in
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
 */
function normalized(uri) {
  const path = uri.replace(/%[0-9a-f][0-9a-f]/gi, (code) => {
    const letter = String.fromCharCode(parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(letter) ? letter : code;
  });
  const kept = [];
  path.split("/").forEach((part) => {
    if (part === "..") kept.pop();
    else if (part !== "" && part !== ".") kept.push(part);
  });
  const isFolder = kept.length > 0 && /\/\.{0,2}$/.test(path);
  return "/" + kept.join("/") + (isFolder ? "/" : "");
}

function routeOf(uri) {
  return config.routes.find((candidate) => new RegExp(candidate[0]).test(uri));
}

/**
 * CloudFront's signature takes the place of `Authorization`, so the viewer's goes to the function in another header, which
 * nobody else can fill, and the code around the handler puts it back. It is in no cache key: a request that has one gets
 * an answer of its own, also where answers are kept.
 */
function moveAuthorization(headers, id) {
  delete headers["x-meridian-authorization"];
  headers["x-meridian-private"] = { value: headers.authorization ? id : "-" };
  if (!headers.authorization) return;
  headers["x-meridian-authorization"] = { value: headers.authorization.value };
  delete headers.authorization;
}

/** CloudFront knows a viewer's country, or else the region near the edge location, or else nothing. */
function routingOfViewer(headers) {
  const country = headers["cloudfront-viewer-country"];
  const edge = cf.edgeLocation ? cf.edgeLocation.region : undefined;
  return (
    routingOf(country ? country.value : undefined) ||
    routingOf(countryOfRegion(edge)) ||
    routingOf(config.defaultCountry)
  );
}

/** ` eu-central-1DE us-east-1US` */
function countryOfRegion(region) {
  const key = " " + region;
  const at = config.regionCountries.indexOf(key);
  return at < 0 ? undefined : config.regionCountries.substr(at + key.length, 2);
}

/** `012 AtDe 21Us`: digits and letters of a zone's regions, then what some countries have in front of the others. */
function routingOf(country) {
  if (!/^[A-Z][A-Z]$/.test(country)) return undefined;
  const key = country[0] + country[1].toLowerCase();
  const zone = Object.keys(config.countries).find((name) => config.countries[name].includes(key));
  if (zone === undefined) return undefined;
  const packed = config.countries[zone];
  const before = packed.split(key)[0];
  const first = before.substring(before.lastIndexOf(" ") + 1).replace(/[A-Z].*/, "");
  const rest = packed
    .split(" ")[0]
    .split("")
    .filter((letter) => !first.includes(letter));
  return { zone: zone, order: first.split("").concat(rest) };
}

/** The one key of the store that Meridian writes. Whatever cannot be read there must not stop the fleet. */
async function drainedRegions() {
  try {
    const text = await store.get("drained", { format: "string" });
    return JSON.parse(text) || {};
  } catch (_error) {
    return {};
  }
}

/** The origins that may answer, the best first: one for each region, or all of the one region that is left. */
function originsOf(order, drained, service) {
  const left = order
    .map((letter) => config.regions[parseInt(letter, 36)])
    .filter((region) => !drained[region[0]]);
  const targets = left.length === 1 ? left[0].slice(1).map((account) => [left[0][0], account]) : left;
  return targets.map((target) => (target[1] + "_" + target[0]).replace(/-/g, "_") + "_" + service);
}

function isRead(method) {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

function unavailable() {
  return reply(503, "Service Unavailable", "No region is available for this viewer", {
    "retry-after": { value: "30" },
  });
}

function reply(statusCode, statusDescription, message, headers) {
  headers["content-type"] = { value: "application/json" };
  headers["cache-control"] = { value: "no-store" };
  return {
    statusCode: statusCode,
    statusDescription: statusDescription,
    headers: headers,
    body: JSON.stringify({ message: message }),
  };
}
