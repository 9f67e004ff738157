// @ts-check
// What every page has: notices of failed requests, dialogs, and the way back from the history.

import { isRefusedOnTheWay, TOO_OFTEN } from "./answered.js";
import { isFromStore } from "./came_back.js";
import { around, element } from "./elements.js";

const OUTAGE = 503;
// A proxy has no answer of the server.
const AWAY = [502, 504];
const notices = element("#notices", HTMLElement);
const sentences = element("#shell-sentences", HTMLElement).dataset;

/** @param {string | undefined} sentence */
function notify(sentence) {
  const notice = document.createElement("div");
  notice.className = "notice notice--error";
  notice.append(Object.assign(document.createElement("p"), { textContent: sentence }));
  notices.replaceChildren(notice);
}

document.addEventListener("htmx:sendError", () => notify(sentences.offline));
document.addEventListener("htmx:timeout", () => notify(sentences.offline));
/** @param {number} status */
function sentenceFor(status) {
  if (AWAY.includes(status)) {
    return sentences.offline;
  }
  if (status === TOO_OFTEN) {
    return sentences.tooOften;
  }
  return status === OUTAGE ? sentences.outage : sentences.failed;
}

document.addEventListener("htmx:responseError", ({ detail }) =>
  notify(sentenceFor(detail.xhr.status)),
);

// What a proxy says in the server's place belongs nowhere on the page. The review screen tells of it
// where it tells what is not saved.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (isRefusedOnTheWay(detail) && !detail.requestConfig.elt.closest("#review")) {
    detail.shouldSwap = false;
    notify(sentences.between);
  }
});

// A page that refreshes itself after the session has ended is led to the login and back.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { xhr, requestConfig } = detail;
  const asked = new URL(requestConfig.path, location.href).pathname;
  const isElsewhere = new URL(xhr.responseURL).pathname !== asked;
  if (isElsewhere && requestConfig.verb === "get") {
    detail.shouldSwap = false;
    location.reload();
  }
});

// What is said beside a dialog cannot be seen while it is open; what was typed in it stays.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const dialog = detail.requestConfig.elt.closest("dialog");
  if (dialog?.open && !dialog.contains(detail.target)) {
    dialog.close();
  }
});

if (isFromStore()) {
  location.reload();
}

document.addEventListener("click", (event) => {
  const opener = around(event, "[data-opens-dialog]", HTMLElement);
  if (opener) {
    element(`#${opener.dataset.opensDialog}`, HTMLDialogElement).showModal();
  }
  around(event, "[data-closes-dialog]", HTMLElement)?.closest("dialog")?.close();
});
