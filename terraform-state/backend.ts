import {
  DataTerraformRemoteStateLocal,
  DataTerraformRemoteStateS3,
  LocalBackend,
  S3Backend,
  type TerraformRemoteState,
  type TerraformStack,
} from "cdktf";
import type { Account } from "../fleet/account";
import type { State } from "../fleet/model";
import { type S3State, stateKey, stateRole } from "../fleet/state-location";

/**
 * From a stack's folder (`cdktf.out/stacks/<stack>`) to this one, beside the output folder. Relative, so that the
 * JSON is the same in any checkout.
 */
const stateFolder = "../../../terraform-state";

const localPath = (stack: string) => `${stateFolder}/${stack}.tfstate`;

function s3Config(state: S3State, stack: string, account: Account) {
  const role = stateRole(state, account);
  return {
    bucket: state.bucket,
    key: stateKey(state, stack, account),
    region: state.region,
    // In a bucket that Meridian makes, the bucket's own key encrypts; `encrypt` would ask for another algorithm.
    encrypt: state.perAccount && state.kmsKey === undefined ? undefined : true,
    kmsKeyId: state.kmsKey,
    assumeRole: role && { roleArn: role.arn, externalId: role.externalId },
  };
}

/**
 * Says where a stack keeps its state.
 *
 * @param account the account that the stack is deployed to: in some buckets each has a part of its own
 */
export function addBackend(stack: TerraformStack, state: State, account: Account): void {
  const name = stack.node.id;
  if (state.backend === "local") {
    new LocalBackend(stack, { path: localPath(name) });
    return;
  }
  const backend = new S3Backend(stack, s3Config(state, name, account));
  // The lock of S3 itself; cdktf 0.21 has no property for it.
  backend.addOverride("use_lockfile", true);
}

/**
 * Reads the outputs of another stack of the fleet.
 *
 * @param account the account that the producer is deployed to
 */
export function remoteState(
  scope: TerraformStack,
  state: State,
  producer: string,
  account: Account,
): TerraformRemoteState {
  return state.backend === "local"
    ? new DataTerraformRemoteStateLocal(scope, producer, { path: localPath(producer) })
    : new DataTerraformRemoteStateS3(scope, producer, s3Config(state, producer, account));
}
