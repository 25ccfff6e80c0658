// Runs as a Lambda@Edge function for every request that CloudFront sends to an origin (origin-request, with its body).
//
// CloudFront signs what it asks a function URL, but does not read bodies: it signs the hash that it finds in a header, and
// Lambda compares it with the body that arrives. Ordinary clients send no hash, so this puts it in.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html
//
// It logs nothing, and its role may not: what a viewer sends stays where it was going.
const { createHash } = require("node:crypto");

const HEADER = "x-amz-content-sha256";

// What CloudFront hands over with its body. DELETE comes without its own, whose hash nobody here can know; where it has
// none, CloudFront's signature holds as it is.
const METHODS = ["POST", "PUT", "PATCH"];

exports.handler = async (event) => {
  const { request } = event.Records[0].cf;
  const { body, headers, method } = request;
  // A client that says a hash knows better: Lambda refuses it where it is wrong.
  if (!METHODS.includes(method) || headers[HEADER]) return request;
  if (body?.inputTruncated) return tooLarge;
  // The bytes themselves: text would not come out the same where it is no valid UTF-8.
  const bytes = Buffer.from(body?.data ?? "", body?.encoding === "text" ? "utf8" : "base64");
  headers[HEADER] = [{ key: HEADER, value: createHash("sha256").update(bytes).digest("hex") }];
  return request;
};

/** A function at the edge sees the first megabyte: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html */
const tooLarge = {
  status: "413",
  statusDescription: "Content Too Large",
  headers: {
    "content-type": [{ key: "content-type", value: "application/json" }],
    "cache-control": [{ key: "cache-control", value: "no-store" }],
  },
  body: JSON.stringify({
    message:
      "The body is larger than 1 MB, and so cannot be signed on the way: send its SHA-256, in hex, in x-amz-content-sha256",
  }),
};
