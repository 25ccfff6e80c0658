import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../support/fleet";
import { scratchStack } from "../support/scratch-stack";
import { type StackJson, synthJson } from "../support/synth";

function fingerprints(stacks: ReadonlyMap<string, StackJson>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...stacks].map(([name, { output }]) => [name, output.meridian_begun?.value]));
}

function withMemory(memory: number): FleetFile {
  const { hello } = smallFile.services;
  return { ...smallFile, services: { hello: { ...hello, memory } } } as FleetFile;
}

test("comes last: it reads what is read when every resource of its stack is done", () => {
  for (const [name, { data, output, resource }] of synthJson(fleetOf(smallFile))) {
    const all = Object.entries(resource).flatMap(([type, held]) =>
      Object.keys(held).map((id) => `${type}.${id}`),
    );
    expect([name, data?.aws_partition?.meridian_last?.depends_on]).toEqual([name, all.sort()]);
    const hash = output.meridian_begun?.value;
    expect(output.meridian_fingerprint?.value).toBe(
      `${hash}\${substr(data.aws_partition.meridian_last.id, 0, 0)}`,
    );
  }
});

test("is read with a provider that the stack needs anyway", () => {
  for (const { data, resource } of synthJson(fleetOf(smallFile)).values()) {
    const providers = Object.values(resource).flatMap((held) =>
      Object.values(held).map(({ provider }) => provider),
    );
    expect(providers).toContain(data?.aws_partition?.meridian_last?.provider);
  }
});

test("changes with a stack's own JSON, and with nothing else", () => {
  const [before, after] = [512, 1024].map((memory) => fingerprints(synthJson(fleetOf(withMemory(memory)))));
  const changed = Object.keys(before ?? {}).filter((name) => before?.[name] !== after?.[name]);
  expect(changed.length).toBeGreaterThan(0);
  expect(changed.filter((name) => name.endsWith("_front"))).toEqual([]);
  for (const value of Object.values(before ?? {})) expect(value).toMatch(/^[0-9a-f]{64}$/);
});

test("is the same whatever CDKTF notes for itself, and in whatever order things are written", () => {
  const plain = scratchStack("eu-central-1", (stack) => stack.addOverride("locals", { a: 1, b: 2 }));
  const noted = scratchStack("eu-central-1", (stack) => {
    stack.addOverride("locals", { b: 2, a: 1 });
    stack.addOverride("//", { metadata: { version: "another" } });
  });
  expect(noted).not.toEqual(plain);
  expect(noted.output.meridian_begun?.value).toBe(plain.output.meridian_begun?.value);
});
