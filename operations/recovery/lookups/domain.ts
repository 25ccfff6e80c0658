import { ACMClient, ListCertificatesCommand, ListTagsForCertificateCommand } from "@aws-sdk/client-acm";
import { ListResourceRecordSetsCommand, Route53Client, type RRType } from "@aws-sdk/client-route-53";
import {
  ListTagsForResourceCommand,
  ListWebACLsCommand,
  type Scope,
  WAFV2Client,
} from "@aws-sdk/client-wafv2";
import { globalRegion } from "../../../fleet/geography/regions";
import { stackTag } from "../../../fleet/stack-mark";
import { allPages } from "../../aws/answers";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { tagsBehind } from "./cloudfront";
import { type Found, type Lookup, tagsOf } from "./model";

/** A certificate has no name: any number of them may be for one domain. One that failed is no use to anybody. */
async function findCertificate({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const client = asker.client(ACMClient, region);
  const what = `asking ACM in ${region}`;
  const all = await asker.once(`certificates ${region}`, () =>
    allPages(async (NextToken) => {
      const command = new ListCertificatesCommand({
        CertificateStatuses: ["ISSUED", "PENDING_VALIDATION"],
        NextToken,
      });
      const answer = await asker.call(what, (limit) => client.send(command, limit));
      return { items: answer.CertificateSummaryList, next: answer.NextToken };
    }),
  );
  const alike = all.filter(({ DomainName }) => DomainName === textOf(values, "domain_name"));
  const tagged = await Promise.all(
    alike.map(async ({ CertificateArn = "" }): Promise<Found> => {
      const { Tags } = await asker.call(what, (limit) =>
        client.send(new ListTagsForCertificateCommand({ CertificateArn }), limit),
      );
      return { id: CertificateArn, what: `the certificate ${CertificateArn}`, tags: tagsOf(Tags) };
    }),
  );
  return tagged.filter(({ tags }) => tags?.[stackTag] === asker.stack);
}

/** Records carry no tags. One that leads to a distribution is a part of it. */
async function findRecord({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  // Terraform then takes what is there and overwrites it.
  if (values.allow_overwrite === true) return [];
  const [zone = "", name = "", type = ""] = ["zone_id", "name", "type"].map((one) => textOf(values, one));
  const wanted = plainName(name);
  const command = new ListResourceRecordSetsCommand({
    ...{ HostedZoneId: zone, StartRecordName: wanted, StartRecordType: type as RRType, MaxItems: 1 },
  });
  const client = asker.client(Route53Client, globalRegion);
  const { ResourceRecordSets = [] } = await asker.call("asking Route 53", (limit) =>
    client.send(command, limit),
  );
  const found = ResourceRecordSets.find(({ Name = "", Type }) => plainName(Name) === wanted && Type === type);
  if (!found) return [];
  const host = found.AliasTarget?.DNSName;
  const tags = host === undefined ? {} : await tagsBehind(plainName(host), asker);
  return [
    { id: `${zone}_${wanted}_${type}`, what: `the record ${wanted} ${type} of the zone ${zone}`, tags },
  ];
}

/** A name without the dot behind it, and `*` for what Route 53 makes of it. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "").replace("\\052", "*");
}

async function findWebAcl({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const scope = textOf(values, "scope") as Scope | undefined;
  const place = scope === "CLOUDFRONT" ? globalRegion : region;
  const client = asker.client(WAFV2Client, place);
  const what = `asking AWS WAF in ${place}`;
  const all = await asker.once(`web ACLs ${place} ${scope}`, () =>
    allPages(async (NextMarker) => {
      const answer = await asker.call(what, (limit) =>
        client.send(new ListWebACLsCommand({ Scope: scope, NextMarker, Limit: 100 }), limit),
      );
      // A marker comes also with the last page: https://docs.aws.amazon.com/waf/latest/APIReference/API_ListWebACLs.html
      const items = answer.WebACLs ?? [];
      return { items, next: items.length < 100 ? undefined : answer.NextMarker };
    }),
  );
  const found = all.find(({ Name }) => Name === name);
  if (!found) return [];
  const { TagInfoForResource } = await asker.call(what, (limit) =>
    client.send(new ListTagsForResourceCommand({ ResourceARN: found.ARN }), limit),
  );
  const tags = tagsOf(TagInfoForResource?.TagList);
  return [{ id: `${found.Id}/${name}/${scope}`, what: `the web ACL ${name}`, tags }];
}

/** What Route 53 and AWS WAF refuse to make twice, and certificates, of which ACM would make a second one. */
export const domainLookups = {
  aws_acm_certificate: { identity: ["domain_name"], isUnique: false, find: findCertificate },
  aws_route53_record: {
    identity: ["zone_id", "name", "type"],
    optional: ["set_identifier"],
    isGlobal: true,
    find: findRecord,
  },
  aws_wafv2_web_acl: { identity: ["name", "scope"], find: findWebAcl },
} as const satisfies Readonly<Record<string, Lookup>>;
