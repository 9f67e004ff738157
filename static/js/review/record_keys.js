// @ts-check
// The record page by keys: approve or return and go on, the records beside it, the picture.

import { element, find } from "../elements.js";
import { showLarge } from "../large_picture.js";
import { listen } from "../shortcuts.js";
import { fit, hasPicture, picture, turnPage, zoomIn, zoomOut } from "./picture.js";

/** @typedef {import("../shortcuts.js").Action} Action */

let isSent = false;

/** @param {HTMLFormElement | null} form */
function send(form) {
  if (form && !isSent && form.reportValidity()) {
    isSent = true;
    form.requestSubmit();
  }
}

/** Nobody approves by a key what they cannot have seen: a picture that is still on its way. */
const isPictureShown = () =>
  !hasPicture() || picture().closest(".picture-frame[data-is-shown]") !== null;

/** @returns {HTMLButtonElement | null} */
function firstUnseen() {
  const button = find("#overrides details form button", HTMLButtonElement);
  const fold = button?.closest("details");
  if (fold) {
    fold.open = true;
  }
  return button;
}

function approve() {
  const unseen = firstUnseen();
  if (unseen) {
    unseen.focus();
    return;
  }
  if (isPictureShown()) {
    send(find("#approve", HTMLFormElement));
  }
}

const returns = find("#return form", HTMLFormElement);
const reason = find("#return textarea", HTMLTextAreaElement);

function toReason() {
  reason?.focus();
  return reason !== null;
}

/** @param {string} id */
const follow = (id) => () => find(`#${id}`, HTMLAnchorElement)?.click();

function look() {
  if (hasPicture()) {
    const image = element("image", SVGImageElement, picture());
    showLarge(image.href.baseVal, Number(picture().dataset.turn));
  }
  return hasPicture();
}

returns?.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    send(returns);
  }
  if (event.key === "Escape" && !event.isComposing && event.target instanceof HTMLElement) {
    event.target.blur();
  }
});
window.addEventListener("pageshow", () => {
  isSent = false;
});

/** @type {Record<string, Action>} */
const zooms = { "+": zoomIn, "=": zoomIn, "-": zoomOut, 0: fit };
listen({
  moves: hasPicture() ? zooms : {},
  acts: {
    a: approve,
    r: toReason,
    j: follow("next-record"),
    k: follow("previous-record"),
    b: follow("to-batch"),
    o: look,
    ...(hasPicture() ? { t: turnPage } : {}),
  },
});
