import { plan } from "../../cli/plan";
import { planWork } from "../../cli/shared/fleet-plan";
import { openWork } from "../../cli/shared/fleet-work";
import type { Picture, Risk } from "../../operations/plan/picture-schema";

jest.mock("../../cli/shared/fleet-work", () => ({
  openWork: jest.fn(),
  synthesizeFleet: async () => {},
  say: jest.fn(),
}));
jest.mock("../../cli/shared/fleet-plan", () => ({ planWork: jest.fn() }));

const risk: Risk = {
  ...{ code: "name-collision", severity: "high", subject: "a", message: "a", why: "why", fix: "fix" },
};
const down = [{ stack: "a", why: "its region is down" }];

beforeEach(() => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  jest.mocked(openWork).mockResolvedValue({ close: () => {} } as never);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

/** The exit status, without and with `--tolerant`. */
async function statuses(more: Partial<Picture>): Promise<readonly unknown[]> {
  const picture: Picture = {
    ...{ version: 1, changed: [], unchanged: [], risks: [], groups: [], orphans: [], failed: [] },
    ...more,
  };
  const nothing = { planned: new Map(), unchanged: [], failed: new Map() };
  jest.mocked(planWork).mockResolvedValue({ picture, plan: nothing } as never);
  const found: unknown[] = [];
  for (const tolerant of [false, true]) {
    await plan("fleet.yaml", { tolerant });
    found.push(process.exitCode);
  }
  return found;
}

test.each<readonly [string, Partial<Picture>, readonly number[]]>([
  ["where all is as deployed", { unchanged: ["b"] }, [0, 0]],
  ["where something changes", { changed: ["b"] }, [2, 2]],
  ["where some of it could not be planned, and the rest changes", { changed: ["b"], failed: down }, [1, 2]],
  [
    "where some of it could not be planned, and the rest does not",
    { unchanged: ["b"], failed: down },
    [1, 2],
  ],
  ["where nothing could be planned", { failed: down }, [1, 1]],
  ["where something must not be deployed", { changed: ["b"], risks: [risk] }, [1, 1]],
  ["where it must not, and some is not planned", { changed: ["b"], failed: down, risks: [risk] }, [1, 1]],
])("%s, the exit status of a plan, and of a tolerant one, says so", async (_, picture, expected) => {
  expect(await statuses(picture)).toEqual(expected);
});

test.each([
  [{ markdown: "/nonexist/plan.md" }, "there is no folder /nonexist"],
  [{ summary: "/nonexist/plan.txt" }, "there is no folder /nonexist"],
  [{ summary: "s3://bucket/key" }, "only --markdown can be written into S3"],
  [{ markdown: __dirname }, "it is a folder, not a file"],
  [{ out: __filename }, "is a file, not a folder"],
])("where %j cannot be written, nothing is planned first", async (options, message) => {
  jest.mocked(planWork).mockClear();
  await expect(plan("fleet.yaml", options)).rejects.toThrow(message);
  expect(planWork).not.toHaveBeenCalled();
});
