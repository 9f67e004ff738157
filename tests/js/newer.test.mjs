import assert from "node:assert/strict";
import { test } from "node:test";
import { isNewer } from "../../static/js/review/newer.js";

test("a later version of a field is newer, whatever was judged since", () => {
  assert.equal(isNewer({ version: 3, judged: 1 }, { version: 2, judged: 9 }), true);
  assert.equal(isNewer({ version: 2, judged: 9 }, { version: 3, judged: 1 }), false);
});

test("of one version the state after a later change of another field is newer", () => {
  assert.equal(isNewer({ version: 2, judged: 8 }, { version: 2, judged: 7 }), true);
  assert.equal(isNewer({ version: 2, judged: 7 }, { version: 2, judged: 8 }), false);
});

test("a state is not newer than itself", () => {
  assert.equal(isNewer({ version: 2, judged: 7 }, { version: 2, judged: 7 }), false);
});

test("versions are compared as numbers", () => {
  assert.equal(isNewer({ version: 10, judged: 0 }, { version: 9, judged: 0 }), true);
});
