import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AT_ONCE, enqueue, isBusy } from "../../static/js/upload/queue.js";

/** Jobs that run until they are told to end. */
function jobs(count) {
  const ends = [];
  for (let number = 0; number < count; number += 1) {
    enqueue(() => new Promise((resolve) => ends.push(resolve)));
  }
  return ends;
}

async function endAll(ends) {
  while (ends.length > 0) {
    ends.shift()();
    await nextTurn();
  }
}

test("no more jobs run at once than are allowed, and the next starts when one ends", async () => {
  const ends = jobs(AT_ONCE + 2);
  assert.equal(ends.length, AT_ONCE);
  ends[0]();
  await nextTurn();
  assert.equal(ends.length, AT_ONCE + 1);
  await endAll(ends);
  assert.equal(ends.length, 0);
});

test("the queue is busy until the last job has ended", async () => {
  assert.equal(isBusy(), false);
  const ends = jobs(1);
  assert.equal(isBusy(), true);
  await endAll(ends);
  assert.equal(isBusy(), false);
});

test("jobs start in the order in which they came", async () => {
  const order = [];
  for (let number = 0; number < 2 * AT_ONCE; number += 1) {
    enqueue(async () => {
      order.push(number);
    });
  }
  await nextTurn();
  assert.deepEqual(order, [0, 1, 2, 3, 4, 5]);
});
