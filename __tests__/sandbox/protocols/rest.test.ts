import { findOperation } from "../../../sandbox/protocols/rest";

const operations = [
  { name: "Create", method: "POST", path: "/v1/things", when: (query: URLSearchParams) => query.has("tags") },
  { name: "CreatePlain", method: "POST", path: "/v1/things" },
  { name: "Get", method: "GET", path: "/v1/things/{Id}" },
  { name: "GetPart", method: "GET", path: "/v1/things/{Id}/parts/{Part}" },
];

const nameOf = (method: string, path: string) => findOperation(operations, { method, path })?.operation.name;

test("method and path say which operation it is, and the query where they do not", () => {
  expect(nameOf("GET", "/v1/things/a")).toBe("Get");
  expect(nameOf("POST", "/v1/things?tags")).toBe("Create");
  expect(nameOf("POST", "/v1/things?other")).toBe("CreatePlain");
});

test("a slash at the end makes no difference; another path or method does", () => {
  expect(nameOf("GET", "/v1/things/a/")).toBe("Get");
  expect(nameOf("DELETE", "/v1/things/a")).toBeUndefined();
  expect(nameOf("GET", "/v2/things/a")).toBeUndefined();
  expect(nameOf("GET", "/v1/things/a/parts")).toBeUndefined();
});

test("elements of the path are decoded, and stay one element each", () => {
  const found = findOperation(operations, {
    method: "GET",
    path: "/v1/things/arn%3Aa%2Fb/parts/x%20y?q=1?2",
  });
  expect(found?.params).toEqual({ Id: "arn:a/b", Part: "x y" });
  expect(found?.query.get("q")).toBe("1?2");
});
