import { createHash } from "node:crypto";
import { AwsError, type HttpResponse, type ServiceHandler } from "../../sandbox/http";

/** Objects by bucket and key, e.g. `acme-state/acme/globex_front.tfstate`. */
export type S3Objects = Map<string, string | Buffer>;

/** Keys in one page of a list: few, so that tests see several. */
const pageSize = 3;

/** Objects of S3, with its conditions; no settings, versions or permissions. */
export function fakeS3(objects: S3Objects): ServiceHandler {
  return async ({ account, body, headers, method, path }) => {
    const { pathname, searchParams } = new URL(path, "http://127.0.0.1");
    const name = decodeURIComponent(pathname.slice(1)).replace(/\/$/, "");
    if (searchParams.has("list-type")) return listOf(objects, name, searchParams);
    if (method === "PUT") {
      if (headers["if-none-match"] === "*" && objects.has(name)) throw preconditionFailed();
      objects.set(name, body);
      return answer(200, { etag: etagOf(body) });
    }
    const found = objects.get(name);
    const etag = found === undefined ? "" : etagOf(found);
    if (found === undefined && method !== "DELETE") {
      throw new AwsError(404, "NoSuchKey", "The specified key does not exist.");
    }
    if (method !== "DELETE") {
      const bytes = Buffer.from(found as string);
      const about = { "x-account": account, etag, "content-length": String(bytes.length) };
      return answer(200, about, method === "HEAD" ? undefined : bytes);
    }
    const expected = headers["if-match"];
    if (expected !== undefined && found === undefined) throw new AwsError(404, "NoSuchKey", "no such key");
    if (expected !== undefined && expected !== etag) throw preconditionFailed();
    objects.delete(name);
    return answer(204, {});
  };
}

function preconditionFailed(): AwsError {
  return new AwsError(412, "PreconditionFailed", "At least one of the preconditions did not hold.");
}

function etagOf(content: string | Buffer): string {
  return `"${createHash("md5").update(content).digest("hex")}"`;
}

function listOf(objects: S3Objects, bucket: string, query: URLSearchParams): HttpResponse {
  const prefix = query.get("prefix") ?? "";
  const keys = [...objects.keys()]
    .filter((name) => name.startsWith(`${bucket}/${prefix}`))
    .map((name) => name.slice(bucket.length + 1));
  const entries = [
    ...new Set(keys.map((key) => /^[^/]*\/?/.exec(key.slice(prefix.length))?.[0] ?? "")),
  ].sort();
  const from = Number(query.get("continuation-token") ?? 0);
  const page = entries.slice(from, from + pageSize);
  const isLast = from + pageSize >= entries.length;
  const xml = page.map((entry) =>
    entry.endsWith("/")
      ? `<CommonPrefixes><Prefix>${prefix}${entry}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${prefix}${entry}</Key></Contents>`,
  );
  const next = isLast ? "" : `<NextContinuationToken>${from + pageSize}</NextContinuationToken>`;
  return answer(
    200,
    { "content-type": "application/xml" },
    Buffer.from(
      `<ListBucketResult><IsTruncated>${!isLast}</IsTruncated>${xml.join("")}${next}</ListBucketResult>`,
    ),
  );
}

function answer(status: number, headers: Readonly<Record<string, string>>, body = Buffer.alloc(0)) {
  return { status, headers, body };
}
