// Runs inside CloudFront for every viewer request of a cell (viewer-request, cloudfront-js-2.0).
// `config` is put in front of it at synth: see router-code.ts.
//
// Why it exists: a behaviour that allows POST, PUT, PATCH or DELETE cannot have an origin group, and an origin group
// is what fails over. So each behaviour names one origin, which is where writes go, and reads get a pair here.
import cf from "cloudfront";

/* global config */
const routes = config.routes.map((route) => ({ pattern: new RegExp(route[0]), origins: route[1] }));

function isRead(method) {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by its name.
function handler(event) {
  const request = event.request;
  const route = routes.find((candidate) => candidate.pattern.test(request.uri));
  if (!route) {
    return {
      statusCode: 404,
      statusDescription: "Not Found",
      headers: { "content-type": { value: "application/json" }, "cache-control": { value: "no-store" } },
      body: '{"message":"No service has a route for this path"}',
    };
  }
  if (isRead(request.method) && route.origins.length > 1) {
    cf.createRequestOriginGroup({
      originIds: [{ originId: route.origins[0] }, { originId: route.origins[1] }],
      failoverCriteria: { statusCodes: config.failoverOn },
    });
  }
  return request;
}
