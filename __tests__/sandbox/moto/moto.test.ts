import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findMoto } from "../../../sandbox/moto/moto";
import { startMoto } from "../../../sandbox/moto/process";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

const find = () => findMoto({ PATH: folder });

it("prefers an installed moto, then uvx, pipx and Docker", async () => {
  for (const name of ["docker", "pipx", "uvx", "moto_server"]) {
    program(name, "#!/bin/sh\n");
    expect(await find()).toMatchObject({ via: name, command: join(folder, name) });
  }
});

it("listens on this machine only", async () => {
  program("docker", "#!/bin/sh\n");
  expect((await find()).args(5001, "name")).toContain("127.0.0.1:5001:5000");
  program("uvx", "#!/bin/sh\n");
  expect((await find()).args(5001, "name").slice(-4)).toEqual(["-H", "127.0.0.1", "-p", "5001"]);
});

it("says how to get moto where there is none", async () => {
  await expect(find()).rejects.toThrow(/none of moto_server, uvx, pipx and docker.*pip install/s);
});

it("refuses an installed moto that is too old", async () => {
  const python = program("python3", "#!/bin/sh\necho 5.1.22\n");
  program("moto_server", `#!${python}\n`);
  await expect(find()).rejects.toThrow("moto 5.1.22 is installed");
  program("python3", "#!/bin/sh\necho 5.10.0\n");
  expect(await find()).toMatchObject({ version: "5.10.0" });
});

it("tells what moto said when it does not start", async () => {
  program("moto_server", "#!/bin/sh\necho no module named flask\nexit 1\n");
  await expect(startMoto(await find(), { PATH: `${folder}:/bin:/usr/bin` })).rejects.toThrow(
    /ended right after its start.*no module named flask/s,
  );
});

it("gives moto little of our environment", async () => {
  program("moto_server", "#!/bin/sh\nenv\nexit 1\n");
  const environment = { PATH: `${folder}:/bin:/usr/bin`, AWS_CA_BUNDLE: "/ca", AWS_PROFILE: "production" };
  const failed = startMoto(await find(), environment);
  await expect(failed).rejects.toThrow("MOTO_DISABLE_GLOBAL_CORS=true");
  await expect(failed).rejects.not.toThrow("AWS_");
});
