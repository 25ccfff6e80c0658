import { AwsError } from "../http";
import { uuid } from "../ids";
import { child, items, listOf, parseXml, text, type XmlElement } from "../protocols/xml";
import { type Account, checkVersion, type KeyValueStoreResource, nextVersion } from "./account";
import { KeyValueStore } from "./key-value-store";
import { answer, noContent, type Operation, type OperationInput, type OperationOutput } from "./operation";

/** Key-value stores, without their contents: create, read, change the comment, delete, list. */
export const keyValueStoreOperations: readonly Operation[] = [
  { name: "CreateKeyValueStore", method: "POST", path: "/key-value-store", run: create },
  { name: "ListKeyValueStores", method: "GET", path: "/key-value-store", run: list },
  { name: "DescribeKeyValueStore", method: "GET", path: "/key-value-store/{Name}", run: describeStore },
  { name: "UpdateKeyValueStore", method: "PUT", path: "/key-value-store/{Name}", run: update },
  { name: "DeleteKeyValueStore", method: "DELETE", path: "/key-value-store/{Name}", run: remove },
];

function create({ account, body, now }: OperationInput): OperationOutput {
  const { content } = parseXml(body);
  const name = text(content, "Name");
  if (!/^[a-zA-Z0-9-_]{1,64}$/.test(name)) {
    throw new AwsError(
      400,
      "InvalidArgument",
      "A store's name is 1 to 64 letters, digits, hyphens or underscores.",
    );
  }
  if (account.keyValueStores.has(name)) {
    throw new AwsError(409, "EntityAlreadyExists", `The key value store ${name} already exists.`);
  }
  if (text(content, "ImportSource", "SourceARN") !== "") {
    throw new AwsError(400, "UnsupportedOperation", "The sandbox does not import key value stores from S3.");
  }
  const id = uuid(account.id, "key-value-store", name);
  const values = new KeyValueStore(`arn:aws:cloudfront::${account.id}:key-value-store/${id}`);
  const store = { name, id, comment: text(content, "Comment"), values, ...nextVersion(id, now) };
  account.keyValueStores.set(name, store);
  return { ...show(store, 201), headers: { location: `/2020-05-31/key-value-store/${name}` } };
}

function list({ account }: OperationInput): OperationOutput {
  const stores = [...account.keyValueStores.values()].map(describe);
  return answer(200, "KeyValueStoreList", { MaxItems: "100", ...listOf("KeyValueStore", stores) });
}

function describeStore(input: OperationInput): OperationOutput {
  return show(find(input), 200);
}

function update(input: OperationInput): OperationOutput {
  const before = find(input);
  checkVersion(before, input.ifMatch);
  const comment = text(parseXml(input.body).content, "Comment");
  const after = { ...before, comment, ...nextVersion(before.id, input.now, before) };
  input.account.keyValueStores.set(before.name, after);
  return show(after, 200);
}

function remove(input: OperationInput): OperationOutput {
  const store = find(input);
  checkVersion(store, input.ifMatch);
  if (associated(input.account, store)) {
    throw new AwsError(
      409,
      "CannotDeleteEntityWhileInUse",
      `The key value store ${store.name} is used by a function.`,
    );
  }
  input.account.keyValueStores.delete(store.name);
  return noContent;
}

function find({ account, params }: OperationInput): KeyValueStoreResource {
  const name = params.Name ?? "";
  const store = account.keyValueStores.get(name);
  if (store === undefined)
    throw new AwsError(404, "EntityNotFound", `The key value store was not found: ${name}`);
  return store;
}

function associated(account: Account, store: KeyValueStoreResource): boolean {
  return [...account.functions.values()]
    .flatMap(({ development, live }) => [development.config, ...(live === undefined ? [] : [live.config])])
    .flatMap((config) => items(child(config, "KeyValueStoreAssociations"), "KeyValueStoreAssociation"))
    .some((association) => text(association, "KeyValueStoreARN") === store.values.arn);
}

function show(store: KeyValueStoreResource, status: number): OperationOutput {
  return answer(status, "KeyValueStore", describe(store), store.etag);
}

function describe(store: KeyValueStoreResource): XmlElement {
  return {
    Name: store.name,
    Id: store.id,
    // The provider takes an empty one for a comment that nobody asked for.
    ...(store.comment !== "" && { Comment: store.comment }),
    ARN: store.values.arn,
    Status: "READY",
    LastModifiedTime: store.modified,
  };
}
