import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { isComposing, listen } from "../../static/js/review/composing.js";

const page = new EventTarget();
listen(page);

/** Tell the page of an event at a moment, in milliseconds. */
function tell(name, timeStamp) {
  page.dispatchEvent(Object.defineProperty(new Event(name), "timeStamp", { value: timeStamp }));
}

const key = (name, timeStamp, more = {}) => ({
  key: name,
  keyCode: 0,
  isComposing: false,
  timeStamp,
  ...more,
});

beforeEach(() => {
  tell("compositionend", -1000);
});

test("every key belongs to the input method between the start and the end of a composition", () => {
  tell("compositionstart", 100);
  assert.equal(isComposing(key("a", 110)), true);
  assert.equal(isComposing(key("Enter", 120)), true);
  tell("compositionend", 130);
  assert.equal(isComposing(key("a", 140)), false);
});

test("an Enter in the same breath as the end has committed the text and nothing else", () => {
  tell("compositionstart", 100);
  tell("compositionend", 130);
  assert.equal(isComposing(key("Enter", 132)), true);
  assert.equal(isComposing(key("Escape", 132)), false);
  assert.equal(isComposing(key("Enter", 200)), false);
});

test("a key that the browser itself gives to the input method is the input method's", () => {
  assert.equal(isComposing(key("Enter", 500, { isComposing: true })), true);
  assert.equal(isComposing(key("Enter", 500, { keyCode: 229 })), true);
  assert.equal(isComposing(key("Enter", 500)), false);
});

test("leaving the field in the middle of a composition frees the keys", () => {
  tell("compositionstart", 100);
  tell("focusout", 150);
  assert.equal(isComposing(key("Enter", 160)), false);
});
