import { answerAdmin } from "../../../sandbox/gateway/admin";
import { createLimits } from "../../../sandbox/limits";

const limits = createLimits();
const place = { account: "111111111111", region: "eu-west-1" };

/** The sandbox's own API, of which only the limits are asked here. */
function ask(method: string, path: string) {
  const request = {
    method,
    path: `/_sandbox/${path}`,
    host: "127.0.0.1",
    headers: {},
    body: Buffer.alloc(0),
  };
  const { body, status } = answerAdmin(request, { limits } as Parameters<typeof answerAdmin>[1]);
  return { status, body: JSON.parse(body.toString()) };
}

test("limits are set, listed, and set back", () => {
  const set = [{ name: "lambda-concurrency", value: 10, account: place.account, region: place.region }];
  expect(
    ask("PUT", `limits/lambda-concurrency?value=10&account=${place.account}&region=${place.region}`),
  ).toEqual({
    status: 200,
    body: set,
  });
  expect(limits.get("lambda-concurrency", place)).toBe(10);
  expect(limits.get("lambda-concurrency", { ...place, region: "us-east-1" })).toBe(1_000);
  expect(ask("GET", "limits").body).toEqual(set);
  expect(ask("DELETE", "limits").body).toEqual([]);
  expect(limits.get("lambda-concurrency", place)).toBe(1_000);
});

test.each([
  ["PUT", "limits/lambda-memory?value=1", 400, "there are lambda-concurrency"],
  ["PUT", "limits/lambda-concurrency", 400, "value= is no whole number"],
  ["PUT", "limits/lambda-concurrency?value=-1", 400, "value=-1 is no whole number"],
  ["GET", "limits/lambda-concurrency", 405, "GET is not served here; PUT is"],
])("%s %s is refused", (method, path, status, message) => {
  expect(ask(method, path)).toEqual({ status, body: { error: expect.stringContaining(message) } });
});
