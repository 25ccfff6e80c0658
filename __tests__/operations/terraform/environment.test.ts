import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import {
  callerCredentials,
  sandboxEnvironment,
  terraformEnvironment,
} from "../../../operations/terraform/environment";
import { findProviderMirror } from "../../../operations/terraform/provider-mirror";

jest.mock("../../../operations/terraform/provider-mirror");
const mirror = jest.mocked(findProviderMirror);

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-environment-"));
  home = join(folder, "home");
  mkdirSync(home);
  mirror.mockReturnValue(undefined);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rc = () => join(folder, ".meridian", "terraform.rc");

describe("the environment of Terraform", () => {
  test("holds what it needs of the caller's, and nothing else of it", () => {
    const environment = {
      PATH: "/bin",
      HOME: home,
      LANG: "C.UTF-8",
      GOGC: "200",
      HTTPS_PROXY: "http://proxy.example:3128",
      SSL_CERT_FILE: "/certs.pem",
      MERIDIAN_FLEET: "fleet.yaml",
      AWS_PROFILE: "production",
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "token",
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_CA_BUNDLE: "/nowhere.pem",
      NODE_OPTIONS: "--inspect",
      TF_LOG: "trace",
      TF_VAR_x: "y",
      TF_CLI_ARGS: "-destroy",
      CDKTF_OUTDIR: "/elsewhere",
    };
    expect(terraformEnvironment(environment, folder)).toEqual({
      PATH: "/bin",
      HOME: home,
      LANG: "C.UTF-8",
      GOGC: "200",
      HTTPS_PROXY: "http://proxy.example:3128",
      SSL_CERT_FILE: "/certs.pem",
      MERIDIAN_FLEET: "fleet.yaml",
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
      CDKTF_SKIP_PROVIDER_LOCK: "true",
      NO_PROXY: "127.0.0.1,localhost",
    });
  });

  test("lets Go collect garbage less often, unless the caller says how often", () => {
    expect(terraformEnvironment({ HOME: home }, folder).GOGC).toBe("400");
    expect(terraformEnvironment({ HOME: home, GOGC: "50" }, folder).GOGC).toBe("50");
  });

  test("never sends calls to this machine through a proxy", () => {
    const environment = { HOME: home, NO_PROXY: "example.com", no_proxy: "example.com" };
    expect(terraformEnvironment(environment, folder)).toMatchObject({ NO_PROXY: "127.0.0.1,localhost" });
  });
});

describe("Terraform's configuration", () => {
  test("is the caller's own where he has one, even where a mirror is found", () => {
    mirror.mockReturnValue("/mirror");
    const own = join(folder, "own.rc");
    writeFileSync(own, "");
    const environment = terraformEnvironment({ HOME: home, TF_CLI_CONFIG_FILE: own }, folder);
    expect(environment.TF_CLI_CONFIG_FILE).toBe(own);
    expect(environment.CDKTF_DISABLE_PLUGIN_CACHE_ENV).toBeUndefined();
    expect(existsSync(rc())).toBe(false);
  });

  test("is absolute where the caller names it relative to where he is", () => {
    const own = join(folder, "own.rc");
    writeFileSync(own, "");
    const environment = { HOME: home, TF_CLI_CONFIG_FILE: relative(process.cwd(), own) };
    expect(terraformEnvironment(environment, folder).TF_CLI_CONFIG_FILE).toBe(own);
  });

  test("is the one in his home folder where he names none", () => {
    mirror.mockReturnValue("/mirror");
    writeFileSync(join(home, ".terraformrc"), "");
    expect(terraformEnvironment({ HOME: home }, folder).TF_CLI_CONFIG_FILE).toBe(join(home, ".terraformrc"));
  });

  test("installs the provider from the mirror where his own does not exist", () => {
    mirror.mockReturnValue('/opt/a "mirror"');
    const environment = { HOME: home, TF_CLI_CONFIG_FILE: join(folder, "nowhere.rc") };
    expect(terraformEnvironment(environment, folder)).toMatchObject({
      TF_CLI_CONFIG_FILE: rc(),
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true",
    });
    expect(mirror).toHaveBeenLastCalledWith(environment);
    expect(readFileSync(rc(), "utf8")).toBe(`provider_installation {
  filesystem_mirror {
    path    = "/opt/a \\"mirror\\""
    include = ["registry.terraform.io/hashicorp/aws"]
  }
  direct {
    exclude = ["registry.terraform.io/hashicorp/aws"]
  }
}
`);
  });

  test("is never empty for another deploy that starts meanwhile", () => {
    mirror.mockReturnValue("/mirror");
    terraformEnvironment({ HOME: home }, folder);
    const read = openSync(rc(), "r");
    terraformEnvironment({ HOME: home }, folder);
    // Written in its place, it would have been the same file all along.
    expect(fstatSync(read).nlink).toBe(0);
    closeSync(read);
    expect(readdirSync(join(folder, ".meridian"))).toEqual(["terraform.rc"]);
  });

  test("is left to Terraform where there is neither", () => {
    const environment = { HOME: home, TF_CLI_CONFIG_FILE: join(folder, "nowhere.rc") };
    expect(terraformEnvironment(environment, folder)).not.toHaveProperty("TF_CLI_CONFIG_FILE");
    expect(existsSync(join(folder, ".meridian"))).toBe(false);
  });
});

test("a sandbox gets every call, with keys that are worth nothing and none of the caller's profiles", () => {
  expect(sandboxEnvironment("http://127.0.0.1:4566")).toEqual({
    AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
    AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: "http://localhost:4566",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_MAX_ATTEMPTS: "3",
  });
});

test("a caller's credentials are what begins with AWS_", () => {
  const environment = { AWS_PROFILE: "production", AWS_REGION: "eu-west-1", MY_AWS_KEY: "no", PATH: "/bin" };
  expect(callerCredentials(environment)).toEqual({ AWS_PROFILE: "production", AWS_REGION: "eu-west-1" });
});
