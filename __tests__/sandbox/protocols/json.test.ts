import { jsonService, requiredText } from "../../../sandbox/protocols/json";
import { errorOf, jsonClient } from "../clients";

const { handle: echo } = jsonService("things", {
  Echo: (input, { account }) => ({ account, name: requiredText(input, "Name") }),
});

test("the action in X-Amz-Target picks the operation", async () => {
  const call = jsonClient(echo, "things", "222222222222");
  expect(await call("Echo", { Name: "a" })).toEqual({ account: "222222222222", name: "a" });
});

test("an action that nobody serves is refused by its name", async () => {
  const call = jsonClient(echo, "things");
  expect(await errorOf(call("Sing"))).toBe("NotImplemented: the sandbox does not serve things Sing");
  expect(await errorOf(call("toString"))).toContain("NotImplemented");
});

test("a member that is missing is named", async () => {
  const call = jsonClient(echo, "things");
  expect(await errorOf(call("Echo"))).toBe("ValidationException: Name is required");
  expect(await errorOf(call("Echo", { Name: "" }))).toBe("ValidationException: Name is required");
});

test("a body that is no JSON object is refused", async () => {
  for (const body of ["{", "[]", '"text"']) {
    const call = echo({
      method: "POST",
      host: "127.0.0.1",
      path: "/",
      headers: { "x-amz-target": "Things.Echo" },
      body: Buffer.from(body),
      service: "things",
      region: "us-east-1",
      account: "111111111111",
    });
    expect(await errorOf(call)).toContain("SerializationException");
  }
});
