import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformEnvironment } from "../../operations/terraform/environment";
import { findProviderMirror } from "../../operations/terraform/provider-mirror";
import { provideProvider } from "./provider";

jest.mock("../../operations/terraform/provider-mirror", () => ({
  ...jest.requireActual("../../operations/terraform/provider-mirror"),
  findProviderMirror: jest.fn(),
}));
const mirror = jest.mocked(findProviderMirror);

let folder: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-provider-"));
  environment = { PATH: `${folder}:${process.env.PATH}`, HOME: folder };
  mirror.mockImplementation(({ MERIDIAN_PROVIDER_MIRROR: named }) => named);
  const terraform = join(folder, "terraform");
  writeFileSync(terraform, `#!/bin/sh\necho "$@" > arguments\n`);
  chmodSync(terraform, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const own = () => join(folder, ".meridian", "provider");

test("a mirror is used as it is", () => {
  expect(provideProvider({ ...environment, MERIDIAN_PROVIDER_MIRROR: "/mirror" }, folder)).toEqual({});
  expect(existsSync(own())).toBe(false);
});

test.each([
  ["without a mirror", undefined],
  ["with a configuration of the caller's", "own.rc"],
])("%s the provider is installed once, where all then take it from", (_, name) => {
  if (name) {
    environment.TF_CLI_CONFIG_FILE = join(folder, name);
    writeFileSync(environment.TF_CLI_CONFIG_FILE, "");
  }
  const added = provideProvider(environment, folder);
  expect(readFileSync(join(own(), "arguments"), "utf8")).toBe("init -input=false -no-color\n");
  expect(readFileSync(join(own(), "provider.tf.json"), "utf8")).toContain('"hashicorp/aws"');
  const env = terraformEnvironment({ ...environment, ...added }, folder);
  expect(env.CDKTF_DISABLE_PLUGIN_CACHE_ENV).toBe("true");
  expect(readFileSync(env.TF_CLI_CONFIG_FILE ?? "", "utf8")).toContain(
    join(own(), ".terraform", "providers"),
  );
});

test("nothing begins where it cannot be installed", () => {
  mkdirSync(own(), { recursive: true });
  writeFileSync(join(folder, "terraform"), "#!/bin/sh\nexit 1\n");
  expect(() => provideProvider(environment, folder)).toThrow("terraform init");
});
