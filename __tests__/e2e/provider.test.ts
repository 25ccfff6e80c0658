import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { terraformEnvironment } from "../../operations/terraform/environment";
import { installProvider } from "../../operations/terraform/provider-folder";
import { findProviderMirror } from "../../operations/terraform/provider-mirror";
import { provideProvider } from "./provider";

jest.mock("../../operations/terraform/provider-mirror");
jest.mock("../../operations/terraform/provider-folder");
const mirror = jest.mocked(findProviderMirror);
const install = jest.mocked(installProvider);

let folder: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-provider-"));
  environment = { PATH: process.env.PATH, HOME: folder };
  mirror.mockImplementation(({ MERIDIAN_PROVIDER_MIRROR: named }) => named);
  install.mockReset().mockResolvedValue("/installed");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a mirror is used as it is", async () => {
  expect(await provideProvider({ ...environment, MERIDIAN_PROVIDER_MIRROR: "/mirror" }, folder)).toEqual({});
  expect(install).not.toHaveBeenCalled();
});

test.each([
  ["without a mirror", undefined],
  ["with a configuration of the caller's", "own.rc"],
])("%s the provider is installed once, where all then take it from", async (_, name) => {
  if (name) {
    environment.TF_CLI_CONFIG_FILE = join(folder, name);
    writeFileSync(environment.TF_CLI_CONFIG_FILE, "");
  }
  const added = await provideProvider(environment, folder);
  expect(install).toHaveBeenCalledWith(terraformEnvironment(environment, folder), folder);
  const env = terraformEnvironment({ ...environment, ...added }, folder);
  expect(env.CDKTF_DISABLE_PLUGIN_CACHE_ENV).toBe("true");
  expect(readFileSync(env.TF_CLI_CONFIG_FILE ?? "", "utf8")).toContain("/installed");
});

test("nothing begins where it cannot be installed", async () => {
  install.mockRejectedValue(new Error("terraform init"));
  await expect(provideProvider(environment, folder)).rejects.toThrow("terraform init");
});
