// @ts-check
// The keys of the picture: with Alt from anywhere, alone outside of inputs.

import { fit, hasPicture, moveBy, picture, seen, turnPage, zoomIn, zoomOut } from "./picture.js";

/** @typedef {() => void} Action */

const STRIDE = 0.15;
const INPUTS = "input, textarea, select, [contenteditable]";

/**
 * @param {number} x
 * @param {number} y
 */
const pan = (x, y) => moveBy(x * STRIDE * seen().width, y * STRIDE * seen().height);

/** @type {Record<string, Action>} */
const WITH_ALT = {
  Equal: zoomIn,
  NumpadAdd: zoomIn,
  Minus: zoomOut,
  NumpadSubtract: zoomOut,
  Digit0: fit,
  Numpad0: fit,
  KeyT: turnPage,
};
/** @type {Record<string, Action>} */
const ALONE = {
  "+": zoomIn,
  "=": zoomIn,
  "-": zoomOut,
  0: fit,
  r: turnPage,
};
/** @type {Record<string, Action>} */
const ARROWS = {
  ArrowLeft: () => pan(-1, 0),
  ArrowRight: () => pan(1, 0),
  ArrowUp: () => pan(0, -1),
  ArrowDown: () => pan(0, 1),
};

/**
 * @param {KeyboardEvent} event
 * @returns {Action | undefined}
 */
export function actionWithAlt(event) {
  const hasAltAlone = event.altKey && !event.ctrlKey && !event.metaKey;
  return hasAltAlone && hasPicture() ? WITH_ALT[event.code] : undefined;
}

/**
 * @param {KeyboardEvent} event
 * @returns {Action | undefined}
 */
export function actionAlone(event) {
  const isTyping = event.target instanceof Element && event.target.matches(INPUTS);
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || !hasPicture()) {
    return undefined;
  }
  return ALONE[event.key] ?? (event.target === picture() ? ARROWS[event.key] : undefined);
}
