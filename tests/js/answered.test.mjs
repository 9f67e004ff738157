import assert from "node:assert/strict";
import { test } from "node:test";
import { isFromBetween, isRefusedOnTheWay, isSessionEnd } from "../../static/js/answered.js";

const PAGE = "https://review.example.org/records/7/review/";
const PATH = "/records/7/fields/neonatal_name/";

function answer({ status, address = new URL(PATH, PAGE).href, headers = {} }) {
  const getResponseHeader = (name) => headers[name] ?? null;
  return {
    xhr: { status, responseURL: address, getResponseHeader },
    requestConfig: { path: PATH, verb: "post" },
  };
}

test("an answer from the address that was asked is the server's", () => {
  for (const status of [200, 204, 409, 422, 500]) {
    assert.equal(isSessionEnd(answer({ status }), PAGE), false);
    assert.equal(isFromBetween(answer({ status }), PAGE), false);
  }
});

test("an answer that was led to the login is the end of the session", () => {
  const address = `https://review.example.org/login/?next=${PATH}`;
  assert.equal(isSessionEnd(answer({ status: 200, address }), PAGE), true);
  assert.equal(isFromBetween(answer({ status: 200, address }), PAGE), false);
});

test("a server that knows the person no more says so in a header", () => {
  const ended = answer({ status: 403, headers: { "X-Session-Ended": "1" } });
  assert.equal(isSessionEnd(ended, PAGE), true);
  assert.equal(isFromBetween(ended, PAGE), false);
});

test("a refusal that has its own place on the page is the server's, and no end of the session", () => {
  const refusal = answer({ status: 403, headers: { "HX-Retarget": "#notices" } });
  assert.equal(isSessionEnd(refusal, PAGE), false);
  assert.equal(isFromBetween(refusal, PAGE), false);
});

test("a refusal without a place is not the server's, and no end of the session", () => {
  for (const status of [401, 403, 407, 413]) {
    assert.equal(isSessionEnd(answer({ status }), PAGE), false);
    assert.equal(isFromBetween(answer({ status }), PAGE), true);
  }
});

test("whoever was led to another page than the login is not logged out", () => {
  const address = "https://review.example.org/blocked.html";
  assert.equal(isSessionEnd(answer({ status: 200, address }), PAGE), false);
  assert.equal(isFromBetween(answer({ status: 200, address }), PAGE), true);
  assert.equal(isRefusedOnTheWay(answer({ status: 200, address }), PAGE), false);
});

test("no answer at all is neither", () => {
  assert.equal(isSessionEnd(answer({ status: 0, address: "" }), PAGE), false);
  assert.equal(isFromBetween(answer({ status: 0, address: "" }), PAGE), false);
});
