import { createReplicas } from "../../../sandbox/lambda/replicas";

const one = "arn:aws:lambda:us-east-1:111111111111:function:hash:1";
const two = "arn:aws:lambda:us-east-1:111111111111:function:hash:2";

function replicasAt(start: number) {
  let now = start;
  const replicas = createReplicas(60, () => now);
  const later = (seconds: number) => {
    now += seconds * 1000;
  };
  return { replicas, later };
}

test("a version has replicas while a distribution names it, and for a while after", () => {
  const { replicas, later } = replicasAt(0);
  expect(replicas.isReplicated(one)).toBe(false);
  replicas.associate(new Set([one]));
  later(3600);
  expect(replicas.isReplicated(one)).toBe(true);
  replicas.associate(new Set([two]));
  later(59);
  expect(replicas.isReplicated(one)).toBe(true);
  later(1);
  expect(replicas.isReplicated(one)).toBe(false);
  expect(replicas.isReplicated(two)).toBe(true);
});

test("a later change does not begin the time anew, a new association ends it", () => {
  const { replicas, later } = replicasAt(0);
  replicas.associate(new Set([one, two]));
  replicas.associate(new Set());
  later(40);
  replicas.associate(new Set([two]));
  later(20);
  expect(replicas.isReplicated(one)).toBe(false);
  expect(replicas.isReplicated(two)).toBe(true);
});

test("the list says since when a version is on its way out, and forgets what is gone", () => {
  const { replicas, later } = replicasAt(0);
  replicas.associate(new Set([one, two]));
  later(5);
  replicas.associate(new Set([two]));
  expect(replicas.list()).toEqual([
    { arn: one, isAssociated: false, releasedAt: "1970-01-01T00:00:05.000Z" },
    { arn: two, isAssociated: true },
  ]);
  later(60);
  expect(replicas.list()).toEqual([{ arn: two, isAssociated: true }]);
});

test("the time can be changed for what is going already", () => {
  const { replicas, later } = replicasAt(0);
  replicas.associate(new Set([one]));
  replicas.associate(new Set());
  later(10);
  replicas.setSeconds(10);
  expect(replicas.isReplicated(one)).toBe(false);
  expect(replicas.seconds()).toBe(10);
});
