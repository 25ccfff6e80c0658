import {
  DataTerraformRemoteStateLocal,
  DataTerraformRemoteStateS3,
  LocalBackend,
  S3Backend,
  type TerraformRemoteState,
  type TerraformStack,
} from "cdktf";
import type { State } from "../fleet/model";

/**
 * From a stack's folder (`cdktf.out/stacks/<stack>`) to this one, beside the output folder. Relative, so that the
 * JSON is the same in any checkout.
 */
const stateFolder = "../../../terraform-state";

const localPath = (stack: string) => `${stateFolder}/${stack}.tfstate`;

type S3State = Extract<State, { backend: "s3" }>;

const s3Config = (state: S3State, stack: string) => ({
  bucket: state.bucket,
  key: `${state.prefix}/${stack}.tfstate`,
  region: state.region,
  encrypt: true,
  kmsKeyId: state.kmsKey,
  assumeRole: state.role ? { roleArn: state.role } : undefined,
});

/** Says where a stack keeps its state. */
export function addBackend(stack: TerraformStack, state: State): void {
  const name = stack.node.id;
  if (state.backend === "local") {
    new LocalBackend(stack, { path: localPath(name) });
    return;
  }
  const backend = new S3Backend(stack, s3Config(state, name));
  // The lock of S3 itself; cdktf 0.21 has no property for it.
  backend.addOverride("use_lockfile", true);
}

/** Reads the outputs of another stack of the fleet. */
export function remoteState(scope: TerraformStack, state: State, producer: string): TerraformRemoteState {
  return state.backend === "local"
    ? new DataTerraformRemoteStateLocal(scope, producer, { path: localPath(producer) })
    : new DataTerraformRemoteStateS3(scope, producer, s3Config(state, producer));
}
