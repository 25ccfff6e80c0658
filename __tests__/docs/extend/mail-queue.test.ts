import { synthesizeFleet } from "../../../stacks/testing";
import { mailQueue } from "./mail-queue";

test("each target has an encrypted queue of its own", async () => {
  const fleet = await synthesizeFleet({ fleet: "fleet.yaml", extensions: [mailQueue] });
  const { aws_sqs_queue } = fleet.target("globex", "eu-west-1").resource;
  expect(Object.values(aws_sqs_queue ?? {})).toMatchObject([
    { name: "acme_globex_mail-queue_queue", sqs_managed_sse_enabled: true },
  ]);
});
