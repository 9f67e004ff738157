import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Broken, LoggedOut, SentBack, transfer } from "../../static/js/upload/transfer.js";

const ROW = { status: 201, responseText: "\n<li>received</li>" };
const PAUSES_MS = [1000, 3000];

const page = { cookie: "" };
let answers = [];
let requests = [];

/** Answers each request with the next of `answers`; "cut" is a network that broke. */
class FakeRequest extends EventTarget {
  upload = new EventTarget();
  headers = {};

  open(method, address) {
    Object.assign(this, { method, address });
  }

  getResponseHeader(name) {
    return this.answered?.[name] ?? null;
  }

  setRequestHeader(name, value) {
    this.headers[name] = value;
  }

  send() {
    requests.push(this);
    const answer = answers.shift();
    if (answer === "cut") {
      queueMicrotask(() => this.dispatchEvent(new Event("error")));
    } else {
      Object.assign(this, answer);
      queueMicrotask(() => this.dispatchEvent(new Event("load")));
    }
  }
}

beforeEach(() => {
  requests = [];
  globalThis.XMLHttpRequest = FakeRequest;
  page.cookie = "language=en; csrftoken=first";
  globalThis.document = page;
  globalThis.location = { href: "https://review.example.org/upload/" };
  // The pauses themselves are not waited for.
  mock.method(globalThis, "setTimeout", (continuing) => queueMicrotask(continuing));
});

afterEach(() => {
  mock.restoreAll();
  delete globalThis.XMLHttpRequest;
  delete globalThis.document;
  delete globalThis.location;
});

const send = () => transfer("/upload/", {}, () => undefined);
const pauses = () => setTimeout.mock.calls.map(({ arguments: [, pause] }) => pause);

test("a picture that arrives is posted once, with the token", async () => {
  answers = [ROW];
  assert.deepEqual(await send(), { accepted: true, html: ROW.responseText });
  assert.equal(requests.length, 1);
  assert.equal(requests[0].address, "/upload/");
  assert.equal(requests[0].headers["X-CSRFToken"], "first");
});

test("a row that tells of a refusal is shown, not asked for again", async () => {
  answers = [{ status: 422, responseText: "<li>no picture</li>" }];
  assert.deepEqual(await send(), { accepted: false, html: "<li>no picture</li>" });
  assert.equal(requests.length, 1);
});

test("a network that breaks is tried again after longer and longer pauses", async () => {
  answers = ["cut", { status: 503, responseText: "" }, ROW];
  assert.equal((await send()).accepted, true);
  assert.deepEqual(pauses(), PAUSES_MS);
});

test("what never arrives is given up after three attempts", async () => {
  answers = ["cut", { status: 408, responseText: "" }, { status: 429, responseText: "" }];
  await assert.rejects(send(), Broken);
  assert.equal(requests.length, 3);
});

test("the page of the log-in means that nobody is logged in, and is not tried again", async () => {
  const responseURL = "https://review.example.org/login/?next=/upload/";
  answers = [{ status: 200, responseURL, responseText: "<!DOCTYPE html><title>Login</title>" }];
  await assert.rejects(send(), LoggedOut);
  assert.equal(requests.length, 1);
});

test("what a proxy says in the server's place is not taken for the log-in", async () => {
  for (const status of [200, 403, 413]) {
    requests = [];
    answers = [{ status, responseText: "<!DOCTYPE html><title>Blocked</title>" }];
    await assert.rejects(send(), (error) => error instanceof SentBack && error.status === status);
    assert.equal(requests.length, 1);
  }
});

test("a notice of the server is told in its own words", async () => {
  const notice = "<div role='alert'><p>Too much.</p></div>";
  answers = [{ status: 413, responseText: notice, answered: { "HX-Retarget": "#notices" } }];
  await assert.rejects(send(), { html: notice });
});

test("each attempt carries the token of its own moment", async () => {
  answers = ["cut", ROW];
  const sending = send();
  page.cookie = "csrftoken=second";
  await sending;
  const tokens = requests.map(({ headers }) => headers["X-CSRFToken"]);
  assert.deepEqual(tokens, ["first", "second"]);
});

test("a server that cannot keep it says why, in its own row", async () => {
  const full = { status: 503, responseText: "<li><p role='alert'>The disk is full.</p></li>" };
  answers = [full, full, full];
  await assert.rejects(send(), { html: full.responseText });
  answers = Array(3).fill({ status: 503, responseText: "<html>a proxy</html>" });
  await assert.rejects(send(), { html: "" });
});
