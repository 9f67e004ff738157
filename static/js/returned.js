// @ts-check
// Whether records have come back to this person: asked every minute, in tabs that are seen.

import { find } from "./elements.js";

const EVERY_MS = 60_000;
// A timer may be a little early.
const FRESH_MS = 55_000;
const LOOKED = "returned-looked";
const notice = find("#returned", HTMLElement);

/** Ask at once where there was something the last time, or where that is a while ago. */
function look() {
  const last = Number(sessionStorage.getItem(LOOKED) ?? 0);
  if (notice && !document.hidden && Date.now() - last >= FRESH_MS) {
    sessionStorage.setItem(LOOKED, String(Date.now()));
    // Modules run before htmx has seen the page.
    window.htmx.process(notice);
    window.htmx.trigger(notice, "look");
  }
}

/**
 * Nobody waits for this answer: what goes wrong with it is no matter for the page.
 *
 * @param {Event} event
 */
function keepQuiet(event) {
  event.stopPropagation();
}

notice?.addEventListener("htmx:sendError", keepQuiet);
notice?.addEventListener("htmx:responseError", keepQuiet);
notice?.addEventListener("htmx:timeout", keepQuiet);
// Who is logged out meanwhile learns it by what they do next, and loses nothing that they typed.
notice?.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  const { pathname } = new URL(detail.xhr.responseURL);
  if (pathname !== detail.requestConfig.path) {
    detail.shouldSwap = false;
    event.stopPropagation();
  }
});
notice?.addEventListener("htmx:afterSwap", () => {
  if (notice.childElementCount > 0) {
    // The next page shows it at once.
    sessionStorage.removeItem(LOOKED);
  }
});

document.addEventListener("visibilitychange", look);
setInterval(look, EVERY_MS);
look();
