import { error, info, type Rules, warning } from "../../fleet/rule";

/** Rules about cells: their targets, accounts, zones and routing. */
export const cellRules = {
  "no-targets": error(
    "a cell, or an account of a cell, without regions",
    "a cell without targets answers nobody",
  ),
  "duplicate-target": error(
    "the same account/region pair twice in a cell",
    "one target is one provider alias and one set of functions",
  ),
  "opt-in-region": warning(
    "a target, a stack set, the state, the pipeline or a central service in a region that accounts must opt in to",
    "until then every call to the region is refused",
  ),
  "no-function-url": warning(
    "a target in a region that has no function URLs, as far as AWS's documentation says",
    "the front reaches functions by their URLs, and Lambda makes none there",
  ),
  "duplicate-account-id": error(
    "two accounts with the same id",
    "what separate accounts keep apart would share one",
  ),
  "tenant-account-shared": error(
    "a tenant's account used for anyone else",
    "tenants are kept apart by account",
  ),
  "production-account-shared": error(
    "a production account used by another stage",
    "stages are kept apart by account, so that a test cannot harm production",
  ),
  "outside-zone": error(
    "a target, access logs, the state's bucket or the pipeline outside the cell's or the account's zone",
    "a zone's data must stay in the zone",
  ),
  "zone-mismatch": error(
    "a cell of one zone in an account of another",
    "an account with a zone can be used in that zone only",
  ),
  "zone-without-viewers": warning(
    "an account with a zone in a cell with neither `zone` nor `zones`",
    "its data stays in the zone, but nothing keeps the zone's viewers there",
  ),
  "zone-and-zones": error(
    "a cell with both `zone` and `zones`",
    "the first keeps all viewers inside, the second only some",
  ),
  "duplicate-zone": error("the same zone twice in a cell", "the second would add nothing"),
  "country-in-two-zones": error(
    "a country in two zones of a cell",
    "its viewers could be answered from only one of them",
  ),
  "zone-without-region": error(
    "a zone of a cell in which the cell has no region",
    "its viewers would get nothing but 503",
  ),
  "single-region-zone": info(
    "a zone of a cell in which the cell has one region",
    "its viewers get 503 while that region is down: no other zone may answer them",
  ),
  "order-without-target": error(
    "a region in `front.order` that the cell does not have, or that is listed twice",
    "no origin would answer there",
  ),
  "order-outside-zone": error(
    "a region in a country's order outside its zone",
    "viewers of a zone are answered only from it, so the region would never answer",
  ),
  "failover-without-outage": error(
    "`failoverOn` without 503 or without 504",
    "a region that cannot be reached counts as 503, and one that does not answer in time as 504",
  ),
  "router-too-large": error(
    "a front whose routing does not fit into 10 KB",
    "CloudFront accepts functions of up to 10 KB",
  ),
} as const satisfies Rules;
