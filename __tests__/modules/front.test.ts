import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../support/fleet";
import { onlyResource, type StackJson, stackOf, synthJson } from "../support/synth";

const twoServices: FleetFile = {
  ...smallFile,
  services: {
    hello: { source: "hello.ts", timeout: 90 },
    orders: {
      source: "orders.ts",
      routes: [
        "/orders/*",
        { path: "/orders/admin/*" },
        { path: "/orders/images/*", cache: { ttl: 60 }, methods: ["HEAD", "GET"] },
      ],
    },
  },
};

interface Behaviour {
  readonly path_pattern?: string;
  readonly target_origin_id: string;
  readonly allowed_methods: readonly string[];
  /** `${aws_cloudfront_cache_policy.<name>.id}` */
  readonly cache_policy_id: string;
}

describe("a front", () => {
  let stack: StackJson;
  let distribution: Readonly<Record<string, unknown>>;

  beforeAll(() => {
    stack = stackOf(synthJson(fleetOf(twoServices)), "globex_front");
    distribution = onlyResource(stack, "aws_cloudfront_distribution");
  });

  const origins = () => distribution.origin as readonly Record<string, unknown>[];
  const behaviours = () => distribution.ordered_cache_behavior as readonly Behaviour[];

  test("has one origin per target and service, signed, over TLS 1.2, given up on within seconds", () => {
    expect(origins().map(({ origin_id }) => origin_id)).toEqual([
      "globex_eu_central_1_hello",
      "globex_eu_central_1_orders",
      "globex_eu_west_1_hello",
      "globex_eu_west_1_orders",
    ]);
    for (const origin of origins()) {
      expect(origin).toMatchObject({
        connection_attempts: 1,
        connection_timeout: 3,
        custom_origin_config: { origin_protocol_policy: "https-only", origin_ssl_protocols: ["TLSv1.2"] },
      });
      expect(origin.origin_access_control_id).toMatch(/aws_cloudfront_origin_access_control/);
    }
    expect(onlyResource(stack, "aws_cloudfront_origin_access_control")).toMatchObject({
      origin_access_control_origin_type: "lambda",
      signing_behavior: "always",
      signing_protocol: "sigv4",
    });
  });

  test("waits a little longer than the function may take, and never longer than CloudFront does", () => {
    const waits = origins().map(
      ({ custom_origin_config }) => (custom_origin_config as Record<string, number>).origin_read_timeout,
    );
    expect(waits).toEqual([60, 11, 60, 11]);
  });

  test("has a behaviour per route, the most specific first, and every method on each", () => {
    expect(behaviours().map(({ path_pattern }) => path_pattern)).toEqual([
      "/orders/images/*",
      "/orders/admin/*",
      "/orders/*",
    ]);
    const all = [...behaviours(), distribution.default_cache_behavior as Behaviour];
    expect(all.map(({ target_origin_id }) => target_origin_id)).toEqual([
      "globex_eu_central_1_orders",
      "globex_eu_central_1_orders",
      "globex_eu_central_1_orders",
      "globex_eu_central_1_hello",
    ]);
    for (const behaviour of all) {
      expect(behaviour.allowed_methods).toHaveLength(7);
      expect(behaviour).toMatchObject({
        viewer_protocol_policy: "https-only",
        compress: true,
        response_headers_policy_id: "67f7725c-6f97-4210-82d7-5512b31e9d03",
        origin_request_policy_id: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      });
    }
  });

  test("hashes bodies at the edge where one can come, and only there", () => {
    const associated = behaviours().map((behaviour) => [
      behaviour.path_pattern,
      (behaviour as { lambda_function_association?: unknown }).lambda_function_association,
    ]);
    const hash = {
      event_type: "origin-request",
      include_body: true,
      lambda_arn: expect.stringMatching(/^\$\{aws_lambda_function\.front_bodies.*\.qualified_arn\}$/),
    };
    expect(associated).toEqual([
      ["/orders/images/*", undefined],
      ["/orders/admin/*", [hash]],
      ["/orders/*", [hash]],
    ]);
  });

  test("has a function for it as CloudFront wants one, which may do nothing at all", () => {
    const made = onlyResource(stack, "aws_lambda_function");
    expect(made).toMatchObject({
      architectures: ["x86_64"],
      function_name: "acme__bodies_globex",
      provider: "aws.globex_us_east_1",
      publish: true,
      runtime: "nodejs22.x",
      skip_destroy: true,
    });
    expect(made).not.toHaveProperty("environment");
    const role = onlyResource(stack, "aws_iam_role");
    expect(JSON.parse(String(role.assume_role_policy)).Statement[0].Principal).toEqual({
      Service: ["edgelambda.amazonaws.com", "lambda.amazonaws.com"],
    });
    expect(role.lifecycle).toEqual({ create_before_destroy: true });
    expect(Object.keys(stack.resource)).not.toContain("aws_iam_role_policy");
    expect(Object.keys(stack.resource)).not.toContain("aws_iam_role_policy_attachment");
  });

  test("lets every read fail over: OPTIONS does only where it is a cached method", () => {
    for (const behaviour of [...behaviours(), distribution.default_cache_behavior]) {
      expect(behaviour).toMatchObject({ cached_methods: ["GET", "HEAD", "OPTIONS"] });
    }
  });

  test("speaks IPv6, HTTP/2 and HTTP/3", () => {
    expect(distribution).toMatchObject({ is_ipv6_enabled: true, http_version: "http2and3" });
  });

  const policyOf = ({ cache_policy_id }: Behaviour) => {
    const [, name = ""] = cache_policy_id.split(".");
    return stack.resource.aws_cloudfront_cache_policy?.[name];
  };

  test("has what decides the region in the cache key of every behaviour", () => {
    for (const behaviour of [...behaviours(), distribution.default_cache_behavior as Behaviour]) {
      expect(policyOf(behaviour)).toMatchObject({
        min_ttl: 0,
        parameters_in_cache_key_and_forwarded_to_origin: {
          headers_config: {
            header_behavior: "whitelist",
            headers: { items: expect.arrayContaining(["CloudFront-Viewer-Country", "x-meridian-zone"]) },
          },
        },
      });
    }
  });

  test("keeps answers where a route says so, as long as it says", () => {
    const times = behaviours().map((behaviour) => {
      const { default_ttl, max_ttl } = policyOf(behaviour) ?? {};
      return [behaviour.path_pattern, default_ttl, max_ttl];
    });
    expect(times).toEqual([
      ["/orders/images/*", 60, 60],
      ["/orders/admin/*", 0, 1],
      ["/orders/*", 0, 1],
    ]);
    expect(policyOf(distribution.default_cache_behavior as Behaviour)).toMatchObject({ max_ttl: 1 });
  });

  test("lets no two requests share an answer where no route says so", () => {
    const isShared = (behaviour: Behaviour) =>
      !JSON.stringify(policyOf(behaviour)).includes('"x-meridian-request"');
    expect([...behaviours(), distribution.default_cache_behavior as Behaviour].map(isShared)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("keeps no error, so that a drain is felt at once", () => {
    expect(distribution.custom_error_response).toContainEqual({ error_code: 503, error_caching_min_ttl: 0 });
    for (const response of distribution.custom_error_response as readonly object[])
      expect(response).toMatchObject({ error_caching_min_ttl: 0 });
  });

  test("gives its router a store that Terraform writes no key into", () => {
    expect(onlyResource(stack, "aws_cloudfront_key_value_store")).toMatchObject({ name: "acme_globex" });
    expect(onlyResource(stack, "aws_cloudfront_function").key_value_store_associations).toEqual([
      expect.stringMatching(/^\$\{aws_cloudfront_key_value_store\.\w+\.arn\}$/),
    ]);
    expect(
      Object.keys(stack.resource).filter((type) => type.startsWith("aws_cloudfrontkeyvaluestore")),
    ).toEqual([]);
  });

  test("reads its hosts from the state of its targets, and nothing of AWS", () => {
    const { aws_partition: fingerprints, terraform_remote_state: states, ...others } = stack.data ?? {};
    expect(others).toEqual({});
    // Which makes no call: see stacks/fingerprint.ts.
    expect(Object.keys(fingerprints ?? {})).toHaveLength(1);
    expect(Object.keys(states ?? {})).toEqual(["globex_globex_eu-central-1", "globex_globex_eu-west-1"]);
  });

  test("lives in us-east-1 of its account", () => {
    expect(stack.provider.aws).toHaveLength(1);
    expect(stack.provider.aws[0]).toMatchObject({ alias: "globex_us_east_1", region: "us-east-1" });
  });
});

test("a front in an account of its own is trusted by every target", () => {
  const [cell] = Object.values(smallFile.cells);
  if (!cell) throw new Error("the small fleet has a cell");
  const stacks = synthJson(
    fleetOf({
      ...smallFile,
      accounts: { ...smallFile.accounts, edge: { id: "555555555555" } },
      cells: { globex: { ...cell, front: { account: "edge" } } },
    }),
  );
  expect(stackOf(stacks, "globex_front").provider.aws[0]).toMatchObject({
    allowed_account_ids: ["555555555555"],
  });
  const target = stackOf(stacks, "globex_globex_eu-west-1");
  for (const permission of Object.values(target.resource.aws_lambda_permission ?? {})) {
    expect(permission.source_arn).toBe("arn:aws:cloudfront::555555555555:distribution/*");
  }
});
