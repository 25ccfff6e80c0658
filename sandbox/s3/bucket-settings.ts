import type { AwsCall, HttpResponse, ServiceHandler } from "../http";

/**
 * Settings of a bucket, by their name in the query, that moto does not keep as they are: of replication rules it forgets
 * what becomes of delete markers and of encrypted objects, so the next plan would never be empty; and it denies whatever
 * any statement of a policy is about whose conditions do not hold, be it an Allow or a Deny. The value is what moto is
 * given to keep instead, where it would do harm with the original. Nothing is copied, and no policy is enforced: the
 * sandbox checks no permissions.
 */
const settings: ReadonlyMap<string, Buffer | undefined> = new Map([
  ["policy", Buffer.from('{"Version":"2012-10-17","Statement":[]}')],
  ["replication", undefined],
]);

/**
 * Gives back such settings of buckets as they were put.
 *
 * @param moto who serves S3 otherwise; it decides whether a setting may be put, and knows whether there is one
 */
export function withBucketSettings(moto: ServiceHandler): ServiceHandler {
  const kept = new Map<string, Buffer>();
  return async (call) => {
    const setting = settingOf(call);
    if (setting === undefined) return moto(call);
    const place = `${call.host}${call.path.split("?")[0]}?${setting}`;
    if (call.method === "PUT") {
      const response = await moto({ ...call, body: settings.get(setting) ?? call.body });
      if (isSuccess(response)) kept.set(place, call.body);
      return response;
    }
    const response = await moto(call);
    const body = kept.get(place);
    if (call.method !== "GET" || !body || !isSuccess(response)) return response;
    return { ...response, headers: { ...response.headers, "content-length": String(body.length) }, body };
  };
}

function settingOf({ path, service }: AwsCall): string | undefined {
  const query = new URLSearchParams(path.split("?")[1]);
  return service === "s3" ? [...settings.keys()].find((name) => query.has(name)) : undefined;
}

const isSuccess = ({ status }: HttpResponse) => status >= 200 && status < 300;
