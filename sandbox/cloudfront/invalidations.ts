import { AwsError } from "../http";
import { child, listOf, parseXml, text, textItems } from "../protocols/xml";
import type { Invalidation } from "./account";
import { find } from "./distributions";
import { entityId } from "./ids";
import { answer, type Operation, type OperationInput, type OperationOutput } from "./operation";

/** Invalidations: create, read, list. They complete at once. */
export const invalidationOperations: readonly Operation[] = [
  { name: "CreateInvalidation", method: "POST", path: "/distribution/{Id}/invalidation", run: create },
  { name: "ListInvalidations", method: "GET", path: "/distribution/{Id}/invalidation", run: list },
  {
    name: "GetInvalidation",
    method: "GET",
    path: "/distribution/{Id}/invalidation/{InvalidationId}",
    run: (input) => {
      const id = input.params.InvalidationId ?? "";
      const found = find(input).invalidations.find((invalidation) => invalidation.id === id);
      if (found === undefined)
        throw new AwsError(404, "NoSuchInvalidation", `The specified invalidation does not exist: ${id}`);
      return show(found, 200);
    },
  },
];

function create(input: OperationInput): OperationOutput {
  const distribution = find(input);
  const batch = parseXml(input.body).content;
  const paths = textItems(child(batch, "Paths"), "Path");
  if (paths.length === 0 || !paths.every((path) => path.startsWith("/") || path === "*")) {
    throw new AwsError(
      400,
      "InvalidArgument",
      "Your request contains one or more invalid invalidation paths.",
    );
  }
  const reference = text(batch, "CallerReference");
  // AWS answers a repeated caller reference with the invalidation that it made the first time.
  const id = entityId("invalidation", distribution.id, reference).replace(/^E/, "I");
  const known = distribution.invalidations.find((invalidation) => invalidation.id === id);
  if (known !== undefined) return show(known, 201);
  const invalidation = { id, created: input.now, batch };
  const invalidations = [...distribution.invalidations, invalidation];
  input.account.distributions.set(distribution.id, { ...distribution, invalidations });
  input.invalidate(distribution.id, paths);
  return {
    ...show(invalidation, 201),
    headers: { location: `/2020-05-31/distribution/${distribution.id}/invalidation/${id}` },
  };
}

function list(input: OperationInput): OperationOutput {
  const summaries = find(input).invalidations.map(({ id, created }) => ({
    Id: id,
    CreateTime: created,
    Status: "Completed",
  }));
  const paging = { Marker: "", MaxItems: String(Math.max(100, summaries.length)), IsTruncated: "false" };
  return answer(200, "InvalidationList", { ...paging, ...listOf("InvalidationSummary", summaries) });
}

function show({ id, created, batch }: Invalidation, status: number): OperationOutput {
  return answer(status, "Invalidation", {
    Id: id,
    Status: "Completed",
    CreateTime: created,
    InvalidationBatch: batch,
  });
}
