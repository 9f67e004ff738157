// @ts-check
// The record on paper: the whole picture, all that is folded, and the minute of printing.

import { find } from "../elements.js";
import { hasPicture, picture, whole } from "./picture.js";

/**
 * What was folded before it was printed.
 *
 * @type {HTMLDetailsElement[]}
 */
let folded = [];
/**
 * What was seen of the picture.
 *
 * @type {string | null}
 */
let before = null;

/** @param {Date} time */
function minuteOf(time) {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16).replace("T", " ");
}

function prepare() {
  const now = minuteOf(new Date());
  for (const place of document.querySelectorAll("[data-printed-at]")) {
    place.textContent = now;
  }
  folded = [...document.querySelectorAll("#record details")]
    .filter((details) => details instanceof HTMLDetailsElement)
    .filter((details) => !details.open);
  for (const details of folded) {
    details.open = true;
  }
  if (hasPicture()) {
    before = picture().getAttribute("viewBox");
    const { x, y, width, height } = whole();
    picture().setAttribute("viewBox", [x, y, width, height].join(" "));
  }
}

function putBack() {
  for (const details of folded) {
    details.open = false;
  }
  if (hasPicture() && before !== null) {
    picture().setAttribute("viewBox", before);
  }
}

export function listen() {
  window.addEventListener("beforeprint", prepare);
  window.addEventListener("afterprint", putBack);
  const button = find("#print", HTMLElement);
  button?.removeAttribute("hidden");
  button?.addEventListener("click", () => window.print());
}
