import { PassThrough } from "node:stream";
import { announce, approve, type Intent, requireApprover, type Terminal } from "../../../cli/shared/approval";
import { callerIdentity } from "../../../operations/aws/caller-identity";

jest.mock("../../../operations/aws/caller-identity", () => ({ callerIdentity: jest.fn() }));

const intent: Intent = {
  doing: "Deploying the fleet acme to",
  question: "Deploy this to",
  otherwise: "nothing was deployed",
  look: "npx meridian plan",
};
const local = "http://127.0.0.1:4566";
const arn = "arn:aws:iam::111111111111:user/ann";

let said: string;
beforeEach(() => {
  said = "";
  jest.mocked(callerIdentity).mockReset().mockResolvedValue({ account: "111111111111", arn });
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

const announced = async (environment: NodeJS.ProcessEnv) => {
  const destination = await announce(intent, ["eu-west-1"], { environment, onSlow: () => {} });
  return { said, isLocal: destination.isLocal };
};

describe("where a change goes is said", () => {
  test("with who makes it, at AWS", async () => {
    expect(await announced({})).toEqual({
      said: `Deploying the fleet acme to AWS as ${arn} (account 111111111111).\n`,
      isLocal: false,
    });
  });

  test("with its address, in a sandbox, which has nobody to ask for", async () => {
    expect(await announced({ AWS_ENDPOINT_URL: local })).toEqual({
      said: `Deploying the fleet acme to ${local}, which is not AWS.\n`,
      isLocal: true,
    });
    expect(callerIdentity).not.toHaveBeenCalled();
  });

  test("as AWS where only some calls go elsewhere", async () => {
    expect(await announced({ AWS_ENDPOINT_URL_S3: local })).toEqual({
      said: `Deploying the fleet acme to AWS as ${arn} (account 111111111111); some calls go to ${local}, which is not AWS.\n`,
      isLocal: false,
    });
  });
});

/** A terminal, or a pipe, and what is asked there. */
function terminal(isTTY: boolean): Terminal & { readonly input: PassThrough; readonly output: PassThrough } {
  return { input: Object.assign(new PassThrough(), { isTTY }), output: new PassThrough() };
}

describe("a command that can ask nobody", () => {
  const required = (environment: NodeJS.ProcessEnv, isApproved: boolean, isTTY: boolean) => () =>
    requireApprover(intent, isApproved, environment, terminal(isTTY));

  test("is refused where it would go to AWS", () => {
    expect(required({}, false, false)).toThrow(/^nothing was deployed: it was not approved\n.*\n.*--yes/);
    expect(required({ AWS_ENDPOINT_URL_S3: local }, false, false)).toThrow("not approved");
  });

  test("goes on with an approval, at a terminal, and in a sandbox", () => {
    expect(required({}, true, false)).not.toThrow();
    expect(required({}, false, true)).not.toThrow();
    expect(required({ AWS_ENDPOINT_URL: local }, false, false)).not.toThrow();
  });
});

describe("at a terminal", () => {
  const aws = { text: "AWS as ann", isLocal: false };

  test('"yes" approves, and the question says of what', async () => {
    const { input, output } = terminal(true);
    const approved = approve(intent, aws, { isApproved: false }, { input, output });
    input.write("yes\n");
    await approved;
    expect(String(output.read())).toBe('Deploy this to AWS as ann? Only "yes" is taken: ');
  });

  test.each(["no\n", "y\n", "\n", "yes please\n"])("%j does not", async (answer) => {
    const { input, output } = terminal(true);
    const approved = approve(intent, aws, { isApproved: false }, { input, output });
    input.write(answer);
    await expect(approved).rejects.toThrow("nothing was deployed: it was not approved");
  });

  test("an end of input does not, nor does Ctrl-C", async () => {
    const ended = terminal(true);
    const approved = approve(intent, aws, { isApproved: false }, ended);
    ended.input.end();
    await expect(approved).rejects.toThrow("not approved");

    const controller = new AbortController();
    const interrupted = approve(
      intent,
      aws,
      { isApproved: false, signal: controller.signal },
      terminal(true),
    );
    controller.abort();
    await expect(interrupted).rejects.toThrow("not approved");
  });

  test("nobody is asked about what is approved, or stays on this machine", async () => {
    await approve(intent, aws, { isApproved: true }, terminal(true));
    await approve(intent, { text: local, isLocal: true }, { isApproved: false }, terminal(true));
  });
});
