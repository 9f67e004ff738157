// @ts-check
// The answer to a step holds the next record: its pieces take the place of those of the old one,
// and the page stays.

import { element } from "../elements.js";
import { askAhead, takeAhead } from "./ahead.js";
import { root } from "./dom.js";
import { clearBanner } from "./session.js";
import { start } from "./start.js";

const told = element('[data-part="told"]', HTMLElement, root);
const fields = element(".review__fields", HTMLElement, root);
const notices = element("#notices", HTMLElement);

// The dialogs as they came with the page: empty, and of the record that it showed first.
const dialogs = element("#record-asides", HTMLElement).cloneNode(true);

let address = location.pathname;

const recordNow = () => element("#record-head", HTMLElement).dataset;

const titleNow = () => recordNow().title ?? "";

/** @param {string} html */
function piecesOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

/** @param {Element[]} pieces */
const isWhole = (pieces) =>
  pieces.some(({ id }) => id === "record-head") &&
  pieces.every(({ id }) => document.getElementById(id) !== null);

// What is still on its way belongs to the old record; its draft is kept.
function settleOld() {
  for (const asking of document.querySelectorAll(".htmx-request")) {
    window.htmx.trigger(asking, "htmx:abort");
  }
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.close();
  }
  clearBanner();
  notices.replaceChildren();
}

/**
 * The dialogs for a record: nothing typed in them, nothing said, sent to its address.
 *
 * @param {DOMStringMap} record what the head of its pieces says of it
 */
function dialogsFor({ submission = "", version = "" }) {
  const fresh = /** @type {HTMLElement} */ (dialogs.cloneNode(true));
  for (const form of fresh.querySelectorAll("form")) {
    form.reset();
    const path = form.getAttribute("hx-post") ?? "";
    form.setAttribute("hx-post", path.replace(/\/records\/\d+\//, `/records/${submission}/`));
  }
  element('[name="version"]', HTMLInputElement, fresh).value = version;
  return fresh;
}

/** @param {Element[]} pieces */
function put(pieces) {
  for (const piece of pieces) {
    document.getElementById(piece.id)?.replaceWith(piece);
    window.htmx.process(piece);
  }
}

/**
 * Show a record in the place of the one at hand; one that does not fit here is loaded as a page.
 *
 * @param {string} coming address of its review page
 * @param {string} html its pieces
 */
export function show(coming, html) {
  const pieces = piecesOf(html);
  if (!isWhole(pieces)) {
    location.assign(coming);
    return;
  }
  const oldTitle = titleNow();
  settleOld();
  put(pieces);
  put([dialogsFor(recordNow())]);
  address = coming;
  history.pushState(null, "", coming);
  document.title = document.title.replace(oldTitle, titleNow());
  told.textContent = titleNow();
  fields.scrollTop = 0;
  window.scrollTo(0, 0);
  start();
  root.dispatchEvent(new CustomEvent("review:changed"));
  askAhead();
}

export function listen() {
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.headers["X-Takes"] = "record";
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const coming = detail.xhr.getResponseHeader("X-Record");
    if (coming) {
      detail.shouldSwap = false;
      // After htmx has done with the request: the form that sent it goes, too.
      const token = detail.xhr.getResponseHeader("X-Token") ?? "";
      const html = takeAhead(coming, token, detail.serverResponse);
      queueMicrotask(() => show(coming, html));
    }
  });
  window.addEventListener("popstate", () => {
    if (location.pathname !== address) {
      location.reload();
    }
  });
}
