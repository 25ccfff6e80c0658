import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import type { Fleet } from "../../fleet/model";
import { fleetStacks } from "../../fleet/stacks";
import { askFront, copyOf, deployFleet, fleetAt, inParallel, meridian, outage, planCode } from "./support";

describe("a cell of two zones with two regions each", () => {
  const folder = copyOf(join(__dirname, "fixtures", "two-zones"));
  const file = join(folder.path, "fleet.yaml");
  let fleet: Fleet;
  let session: SandboxSession;

  beforeAll(async () => {
    fleet = await fleetAt(file);
    session = await openSandbox(file, fleet, undefined, () => {});
    await deployFleet(session, fleet, file);
  });

  afterAll(async () => {
    await session?.close();
    folder.remove();
  });

  /** Status and region of an answer, as a viewer from a country gets it. */
  async function from(country: string | undefined, method = "GET", path = "/") {
    const { headers, status, text } = await askFront(session, "duo", method, path, country);
    const region = headers["x-meridian-region"];
    if (status === 200 && method !== "HEAD") expect(JSON.parse(text)).toMatchObject({ region });
    return { status, region, retryAfter: headers["retry-after"] };
  }

  const answeredBy = (region: string) => ({ status: 200, region, retryAfter: undefined });
  const failed = (status: number) => ({ status, region: undefined, retryAfter: undefined });
  const unavailable = { status: 503, region: undefined, retryAfter: "30" };
  const command = (...args: readonly string[]) => meridian(session, file, ...args);

  test.each([
    ["DE", "eu-central-1"],
    ["IE", "eu-west-1"],
    ["US", "us-east-1"],
    ["JP", "us-west-2"],
    ["GB", "eu-west-1"],
    [undefined, "eu-central-1"],
  ])("a viewer from %s is answered by %s, reads and writes", async (country, region) => {
    expect(await from(country)).toEqual(answeredBy(region));
    expect(await from(country, "POST")).toEqual(answeredBy(region));
  });

  test("an answer that is kept is given to nobody of another zone", async () => {
    expect(await from("DE", "GET", "/kept/1")).toEqual(answeredBy("eu-central-1"));
    expect(await from("US", "GET", "/kept/1")).toEqual(answeredBy("us-east-1"));
    const again = await askFront(session, "duo", "GET", "/kept/1", "DE");
    expect(again.headers["x-cache"]).toBe("Hit from cloudfront");
    expect(JSON.parse(again.text)).toMatchObject({ region: "eu-central-1" });
  });

  describe("with eu-central-1 down, its functions and its APIs", () => {
    beforeAll(() => outage(session, "eu-central-1", "PUT"));
    afterAll(() => outage(session, "eu-central-1", "DELETE"));

    test("reads are answered at once by the second region of the zone", async () => {
      const began = Date.now();
      expect(await from("DE")).toEqual(answeredBy("eu-west-1"));
      expect(await from("DE", "HEAD")).toEqual(answeredBy("eu-west-1"));
      expect(Date.now() - began).toBeLessThan(5_000);
    });

    test("writes fail, and go nowhere else unasked", async () => {
      expect(await from("DE", "POST")).toEqual(failed(502));
      expect(await from("US", "POST")).toEqual(answeredBy("us-east-1"));
    });

    test("a drain brings writes back, without a deploy", async () => {
      const { code, text } = await command("drain", "eu-central-1", "--reason", "disk full");
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("disk full") });
      expect(await from("DE", "POST")).toEqual(answeredBy("eu-west-1"));
      expect(await from("DE")).toEqual(answeredBy("eu-west-1"));
      expect(await from("GB", "POST")).toEqual(answeredBy("eu-west-1"));
    });

    test("what is drained, since when and why, can be read", async () => {
      const { code, text } = await command("drains", "--json");
      expect(code).toBe(0);
      expect(JSON.parse(text)).toEqual([
        expect.objectContaining({
          cell: "duo",
          ok: true,
          drains: [
            {
              region: "eu-central-1",
              reason: "disk full",
              since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
            },
          ],
        }),
      ]);
    });

    test("Terraform has nothing against it: a second plan of the front is empty", async () => {
      expect(await planCode(session, "duo_front")).toBe(0);
    });

    test("the last region of a zone is not drained unless that is meant", async () => {
      const refused = await command("drain", "eu-west-1");
      expect(refused).toMatchObject({ code: 1, text: expect.stringContaining("--force") });
      expect(await from("DE")).toEqual(answeredBy("eu-west-1"));
    });

    test("with no region of its zone left, a viewer gets 503, and no other zone answers", async () => {
      expect(await command("drain", "eu-west-1", "--force")).toMatchObject({ code: 0 });
      expect(await from("DE")).toEqual(unavailable);
      expect(await from("DE", "POST")).toEqual(unavailable);
      expect(await from("US")).toEqual(answeredBy("us-east-1"));
      expect(await from("GB")).toEqual(answeredBy("us-east-1"));
      expect(await command("undrain", "eu-west-1")).toMatchObject({ code: 0 });
      expect(await from("DE", "POST")).toEqual(answeredBy("eu-west-1"));
    });
  });

  test("when the region is back, it answers once it is no longer drained", async () => {
    expect(await from("DE")).toEqual(answeredBy("eu-west-1"));
    expect(await command("undrain", "eu-central-1")).toMatchObject({ code: 0 });
    expect(await from("DE")).toEqual(answeredBy("eu-central-1"));
    expect(await from("DE", "POST")).toEqual(answeredBy("eu-central-1"));
    expect(JSON.parse((await command("drains", "--json")).text)).toEqual([
      expect.objectContaining({ cell: "duo", ok: true, drains: [] }),
    ]);
  });

  test("with both regions of a zone down, its viewers get an error, and no other zone answers", async () => {
    await Promise.all(["eu-central-1", "eu-west-1"].map((region) => outage(session, region, "PUT")));
    try {
      const { status, headers } = await askFront(session, "duo", "GET", "/", "DE");
      expect(status).toBeGreaterThanOrEqual(502);
      expect(headers["x-meridian-region"]).toBeUndefined();
      expect(await from("US")).toEqual(answeredBy("us-east-1"));
    } finally {
      await Promise.all(["eu-central-1", "eu-west-1"].map((region) => outage(session, region, "DELETE")));
    }
  });

  test("us-east-1, where CloudFront is managed, can be drained while it is down", async () => {
    await outage(session, "us-east-1", "PUT");
    try {
      expect(await from("US")).toEqual(answeredBy("us-west-2"));
      const { code, text } = await command("drain", "us-east-1");
      expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("state") });
      expect(await from("US", "POST")).toEqual(answeredBy("us-west-2"));
      expect(await command("undrain", "us-east-1")).toMatchObject({ code: 0 });
    } finally {
      await outage(session, "us-east-1", "DELETE");
    }
    expect(await from("US", "POST")).toEqual(answeredBy("us-east-1"));
  });

  test("a second plan of every target is empty", async () => {
    const stacks = fleetStacks(fleet).flatMap(({ name }) => (name === "duo_front" ? [] : [name]));
    const codes = await inParallel(stacks, (stack) => planCode(session, stack));
    expect(codes).toEqual(stacks.map(() => 0));
  });
});
