import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { forgetAll, PREFIX } from "../../static/js/drafts.js";

/** A browser's storage: its keys are its own properties. */
class FakeStorage {
  removeItem(key) {
    delete this[key];
  }
}

afterEach(() => {
  delete globalThis.sessionStorage;
});

test("drafts are forgotten and everything else in the tab's storage stays", () => {
  globalThis.sessionStorage = Object.assign(new FakeStorage(), {
    [`${PREFIX}1:7:sex`]: "{}",
    [`${PREFIX}1:7:neonatal_name`]: "{}",
    theme: "dark",
  });
  forgetAll();
  assert.deepEqual(Object.keys(globalThis.sessionStorage), ["theme"]);
});

test("a browser that gives no storage is left in peace", () => {
  Object.defineProperty(globalThis, "sessionStorage", {
    configurable: true,
    get() {
      throw new Error("denied");
    },
  });
  assert.doesNotThrow(forgetAll);
});
