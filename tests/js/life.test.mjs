import assert from "node:assert/strict";
import { test } from "node:test";
import {
  concerns,
  isChanged,
  isNews,
  LIFE,
  next,
  SAYS,
  UNTOUCHED,
} from "../../static/js/review/life.js";

const REQUEST = { value: "王小明", verify: "1" };
const ANSWERS = ["landed", "outdated", "unanswered", "refused", "blocked", "contested"];
const HAPPENINGS = ["typed", "reverted", "restored", "sent", ...ANSWERS];

const DETAILS = { sent: { request: REQUEST }, reverted: { putAside: "王" } };

/** The field after these happenings, one after the other. */
function after(...happenings) {
  return happenings.reduce(
    (field, happening) => next(field, happening, DETAILS[happening]),
    UNTOUCHED,
  );
}

/** What can happen: an answer only to a request, and a request only when none is on its way. */
function possible(field) {
  return HAPPENINGS.filter((happening) => {
    if (ANSWERS.includes(happening)) {
      return field.request !== null;
    }
    return happening !== "sent" || field.request === null;
  });
}

function reachable() {
  const fields = new Map();
  const waiting = [UNTOUCHED];
  while (waiting.length > 0) {
    const field = waiting.pop();
    const key = JSON.stringify(field);
    if (!fields.has(key)) {
      fields.set(key, field);
      waiting.push(...possible(field).map((what) => next(field, what, DETAILS[what])));
    }
  }
  return [...fields.values()];
}

test("a value that is typed and sent is saving, and saved when it has landed", () => {
  assert.equal(after("typed").state, "open");
  assert.equal(after("typed", "sent").state, "saving");
  assert.equal(after("typed", "sent", "landed").state, "saved");
});

test("each answer leads to its own state", () => {
  const states = ANSWERS.map((answer) => after("typed", "sent", answer).state);
  assert.deepEqual(states, ["saved", "open", "retrying", "refused", "blocked", "conflict"]);
});

test("whoever types on while a value is being saved is not told that it is saving or saved", () => {
  const field = after("typed", "sent", "typed");
  assert.equal(SAYS[field.state], "");
  assert.deepEqual(field.request, REQUEST);
  assert.equal(SAYS[next(field, "outdated").state], "");
});

test("the page hears of every answer but one after which the field is sent again at once", () => {
  const heard = ANSWERS.filter((answer) => isNews("saving", answer));
  assert.deepEqual(heard, ["landed", "unanswered", "refused", "blocked", "contested"]);
});

test("typing does not settle a conflict and says nothing anew", () => {
  const field = after("typed", "sent", "contested");
  assert.equal(next(field, "typed").state, "conflict");
  assert.equal(concerns("conflict", "typed"), false);
  assert.equal(next(field, "sent", { request: REQUEST }).state, "saving");
});

test("no second request leaves while one is on its way", () => {
  for (const field of reachable()) {
    assert.equal(concerns(field.state, "sent"), field.request === null, field.state);
  }
});

test("an answer means something exactly where a request is on its way, and ends it", () => {
  for (const field of reachable()) {
    for (const answer of ANSWERS) {
      assert.equal(concerns(field.state, answer), field.request !== null, field.state);
      assert.equal(next(field, answer).request, null);
    }
  }
});

test("every state of the table is reached from an untouched field", () => {
  const reached = new Set(reachable().map(({ state }) => state));
  assert.deepEqual([...reached].sort(), Object.keys(LIFE).sort());
  assert.deepEqual(Object.keys(SAYS).sort(), Object.keys(LIFE).sort());
});

test("what Escape put aside is remembered until something is typed", () => {
  assert.equal(after("typed", "reverted").putAside, "王");
  assert.equal(after("typed", "reverted", "sent", "landed").putAside, "王");
  assert.equal(after("typed", "reverted", "typed").putAside, null);
});

test("a text put back after a reload is said to be so until something is typed", () => {
  const field = after("restored");
  assert.equal(field.state, "open");
  assert.equal(concerns("open", "restored"), false);
  assert.equal(next(field, "sent", { request: REQUEST }).isRestored, true);
  assert.equal(next(field, "typed").isRestored, false);
});

test("somebody else's change makes what had landed worth nothing", () => {
  const field = next(after("sent"), "landed", { landed: "王小明 " });
  assert.equal(field.landed, "王小明 ");
  const contested = next(next(field, "sent", { request: REQUEST }), "contested");
  assert.equal(contested.landed, null);
});

test("a text is changed unless it is the saved value or what the saved value was made from", () => {
  assert.equal(isChanged("王小明", "王小明", null), false);
  assert.equal(isChanged(" 王小明 ", "王小明", null), false);
  assert.equal(isChanged("王大明", "王小明", null), true);
  assert.equal(isChanged("３１００克", "3100", "３１００克"), false);
  assert.equal(isChanged("３１００", "3100", "３１００克"), true);
});
