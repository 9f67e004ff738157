import assert from "node:assert/strict";
import { test } from "node:test";
import { isSessionEnd } from "../../static/js/review/session_end.js";

const PAGE = "https://review.example.org/records/7/review/";
const PATH = "/records/7/fields/neonatal_name/";

function answer({ status, address = new URL(PATH, PAGE).href, retarget = null }) {
  const getResponseHeader = (name) => (name === "HX-Retarget" ? retarget : null);
  return {
    xhr: { status, responseURL: address, getResponseHeader },
    requestConfig: { path: PATH, verb: "post" },
  };
}

test("an answer from the address that was asked is no end of the session", () => {
  for (const status of [200, 204, 409, 422, 500]) {
    assert.equal(isSessionEnd(answer({ status }), PAGE), false);
  }
});

test("an answer that was led to the login is the end of the session", () => {
  const address = `https://review.example.org/login/?next=${PATH}`;
  assert.equal(isSessionEnd(answer({ status: 200, address }), PAGE), true);
});

test("a server that knows the person no more says so by its status", () => {
  assert.equal(isSessionEnd(answer({ status: 401 }), PAGE), true);
  assert.equal(isSessionEnd(answer({ status: 403 }), PAGE), true);
});

test("a refusal that has its own place on the page is no end of the session", () => {
  assert.equal(isSessionEnd(answer({ status: 403, retarget: "#review-banner" }), PAGE), false);
});

test("no answer at all is no end of the session", () => {
  assert.equal(isSessionEnd(answer({ status: 0, address: "" }), PAGE), false);
});
