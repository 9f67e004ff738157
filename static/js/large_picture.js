// @ts-check
// A whole picture over the page.

import { element } from "./elements.js";

/**
 * @param {string} address
 * @param {number} turn how far to turn it, in degrees clockwise: a multiple of 90
 */
export function showLarge(address, turn) {
  const dialog = element("#large-picture", HTMLDialogElement);
  element("img", HTMLImageElement, dialog).src = address;
  dialog.dataset.turn = String(turn);
  dialog.showModal();
}
