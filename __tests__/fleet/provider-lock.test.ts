import {
  awsSource,
  lockedProviders,
  lockOf,
  providerVersion,
  requiredProviders,
} from "../../fleet/provider-lock";
import { awsBlock, lockBlock, lockText, randomBlock } from "../support/locks";

const both = lockText(awsBlock, randomBlock);
const random = "registry.terraform.io/hashicorp/random";
const stack = (required: object) => JSON.stringify({ terraform: { required_providers: required } });

describe("a lock file", () => {
  test("says version and checksums of each provider, and where", () => {
    expect(lockedProviders(both)).toEqual([
      {
        ...{ source: awsSource, version: providerVersion, checksums: ["h1:aws=", "zh:00ff"] },
        lines: { block: 4, version: 5 },
      },
      { source: random, version: "3.7.2", checksums: ["h1:random="], lines: { block: 13, version: 14 } },
    ]);
  });

  test("may have lost its checksums, or its form", () => {
    expect(lockedProviders(lockText(lockBlock("hashicorp/aws", "1.0.0")))).toMatchObject([{ checksums: [] }]);
    expect(lockedProviders("provider {")).toEqual([]);
    expect(lockedProviders("")).toEqual([]);
  });

  test("is read with the line ends of Windows, too", () => {
    const windows = both.replaceAll("\n", "\r\n");
    expect(lockedProviders(windows)).toEqual(lockedProviders(both));
    expect(lockOf(windows, [{ source: awsSource }])).toBe(lockText(awsBlock).replaceAll("\n", "\r\n"));
  });

  test("is for a stack what that asks for, and byte for byte the same where that is all", () => {
    const required = [{ source: awsSource }, { source: random }];
    expect(lockOf(both, required)).toBe(both);
    expect(lockOf(both, required.slice(0, 1))).toBe(lockText(awsBlock));
    expect(lockOf(both, required.slice(1))).toBe(lockText(randomBlock));
  });
});

describe("the providers of a stack", () => {
  test("are known by their whole addresses, in one order", () => {
    const asked = {
      random: { source: "hashicorp/random" },
      own: { source: "Terraform.Example.com/Acme/Own", version: "~> 1.0" },
      aws: { source: "aws", version: "5.100.0" },
    };
    expect(requiredProviders(stack(asked))).toEqual([
      { source: awsSource, version: "5.100.0" },
      { source: random },
      { source: "terraform.example.com/acme/own", version: "~> 1.0" },
    ]);
  });

  test("are none where there are none, and Terraform's own is none", () => {
    expect(requiredProviders("{}")).toEqual([]);
    expect(requiredProviders(stack({ terraform: { source: "terraform.io/builtin/terraform" } }))).toEqual([]);
  });
});
