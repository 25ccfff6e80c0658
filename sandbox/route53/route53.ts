import { type AwsCall, AwsError, type HttpResponse, notServed, type OwnService } from "../http";
import { findOperation, type RestOperation } from "../protocols/rest";
import { child, parseXml, renderXml, text, type XmlElement, type XmlNode } from "../protocols/xml";

/** The records of a hosted zone, by name and type. */
type Zone = Map<string, XmlElement>;

/** What an operation gets to see of a call. */
interface ZoneCall {
  /** The zone that the path names, or "". */
  readonly id: string;
  readonly zone: Zone;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

interface ZoneOperation extends RestOperation {
  readonly run: (call: ZoneCall) => HttpResponse;
}

const version = "/2013-04-01";

/** The operations of Route 53. */
export const route53Operations: readonly ZoneOperation[] = [
  {
    name: "GetHostedZone",
    method: "GET",
    path: `${version}/hostedzone/{Id}`,
    run: ({ id }) => answer("GetHostedZoneResponse", describe(id)),
  },
  {
    name: "ListResourceRecordSets",
    method: "GET",
    path: `${version}/hostedzone/{Id}/rrset`,
    run: ({ zone, query }) => list(zone, query),
  },
  {
    name: "ChangeResourceRecordSets",
    method: "POST",
    path: `${version}/hostedzone/{Id}/rrset`,
    run: ({ zone, body }) => {
      change(zone, parseXml(body).content);
      return answer("ChangeResourceRecordSetsResponse", { ChangeInfo: changeInfo });
    },
  },
  {
    name: "GetChange",
    method: "GET",
    path: `${version}/change/{Change}`,
    run: () => answer("GetChangeResponse", { ChangeInfo: changeInfo }),
  },
];

/**
 * Route 53, as far as the records of a front need it. Every hosted zone that is asked for is there, in every account:
 * zones are not part of a fleet, so a rehearsal could not find the one that the fleet file names. For the same reason
 * a zone takes any name: it says that it is the root's.
 */
export function createRoute53(): OwnService {
  const zones = new Map<string, Zone>();

  function zoneOf({ account }: AwsCall, id: string): Zone {
    const key = `${account}/${id}`;
    const zone = zones.get(key) ?? new Map();
    zones.set(key, zone);
    return zone;
  }

  return {
    operations: route53Operations.map(({ name }) => name),
    handle: async (call) => {
      const found = findOperation(route53Operations, call);
      const id = found?.params.Id ?? "";
      if (!found || !/^(Z[A-Z0-9]+)?$/.test(id)) {
        throw notServed(`route53 ${call.method} ${call.path.split("?")[0]}`);
      }
      return found.operation.run({ id, zone: zoneOf(call, id), query: found.query, body: call.body });
    },
  };
}

const changeInfo = { Id: "/change/C0000000000000", Status: "INSYNC", SubmittedAt: "2026-01-01T00:00:00Z" };

function describe(id: string): XmlElement {
  const zone = { Id: `/hostedzone/${id}`, Name: ".", CallerReference: id, Config: { PrivateZone: "false" } };
  return { HostedZone: zone, DelegationSet: { NameServers: { NameServer: "ns-1.example.com" } } };
}

function answer(root: string, content: XmlElement): HttpResponse {
  const body = renderXml(root, content, `https://route53.amazonaws.com/doc${version}/`);
  return { status: 200, headers: { "content-type": "text/xml" }, body };
}

/** Names end in a dot, whether they were written so or not. */
function fullName(name: string): string {
  return `${name.toLowerCase().replace(/\.$/, "")}.`;
}

/** Route 53 sorts by the labels of a name, the last first, and then by type. */
function recordKey(name: string, type: string): string {
  return `${fullName(name).split(".").reverse().join(".")} ${type}`;
}

function list(zone: Zone, query: URLSearchParams): HttpResponse {
  const from = query.has("name") ? recordKey(query.get("name") ?? "", query.get("type") ?? "") : "";
  const most = Number(query.get("maxitems") ?? 300);
  const found = [...zone]
    .filter(([key]) => key >= from)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, record]) => record);
  const next = found[most];
  return answer("ListResourceRecordSetsResponse", {
    ResourceRecordSets: { ResourceRecordSet: found.slice(0, most) },
    IsTruncated: String(next !== undefined),
    MaxItems: String(most),
    ...(next && { NextRecordName: text(next, "Name"), NextRecordType: text(next, "Type") }),
  });
}

/** All changes of a batch, or none. */
function change(zone: Zone, request: XmlElement): void {
  const changes = child(request, "ChangeBatch", "Changes").Change ?? [];
  const batch = new Map(zone);
  for (const one of (Array.isArray(changes) ? changes : [changes]) as readonly XmlNode[]) {
    const record = child(one, "ResourceRecordSet");
    const [name, type, action] = [text(record, "Name"), text(record, "Type"), text(one, "Action")];
    const key = recordKey(name, type);
    if (action === "CREATE" && batch.has(key)) {
      throw new AwsError(
        400,
        "InvalidChangeBatch",
        `Tried to create resource record set [name='${fullName(name)}', type='${type}'] but it already exists`,
      );
    }
    if (action !== "DELETE") batch.set(key, { ...record, Name: fullName(name) });
    else if (!batch.delete(key)) {
      throw new AwsError(
        400,
        "InvalidChangeBatch",
        `Tried to delete resource record set [name='${fullName(name)}', type='${type}'] but it was not found`,
      );
    }
  }
  zone.clear();
  for (const [key, record] of batch) zone.set(key, record);
}
