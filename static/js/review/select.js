// @ts-check
// One field is selected: its row, its polygon and the part of the picture that is seen go together.

import { entries, entryAround, entryOf, inputOf, polygonOf, root, selected } from "./dom.js";
import { needsCheck } from "./field.js";
import { bringIntoView } from "./in_view.js";
import { emphasise, hasPicture, zoomTo } from "./picture.js";

/** @typedef {import("./dom.js").Entry} Entry */

/**
 * The entry in which a pointer is down.
 *
 * @type {Entry | null}
 */
let pressed = null;

/**
 * @param {Entry} entry
 * @param {{ scroll?: boolean }} [options]
 */
export function mark(entry, { scroll = true } = {}) {
  if (entry === selected()) {
    return;
  }
  selected()?.removeAttribute("aria-current");
  entry.setAttribute("aria-current", "true");
  const polygon = polygonOf(entry.dataset.field);
  if (hasPicture()) {
    emphasise(polygon);
  }
  if (polygon) {
    zoomTo(polygon);
  }
  if (scroll) {
    bringIntoView(entry);
  }
}

/**
 * To the value of a field, all of it selected: what is typed replaces it.
 *
 * @param {Entry} entry
 */
export function goTo(entry) {
  const input = inputOf(entry);
  input.focus({ preventScroll: true });
  input.select();
  bringIntoView(entry);
}

/** @param {string | undefined} name */
export const goToField = (name) => goTo(entryOf(name));

/**
 * The next (step 1) or previous (step -1) field to check, round the whole form; null when there is
 * none.
 *
 * @param {Entry | null} from
 * @param {1 | -1} [step]
 */
export function nextToCheck(from, step = 1) {
  const all = entries();
  const start = from ? all.indexOf(from) : -1;
  const first = start < 0 && step < 0 ? 0 : start;
  for (let count = 1; count <= all.length; count += 1) {
    const entry = all[(first + step * count + all.length * 2) % all.length];
    if (entry && entry !== from && needsCheck(entry)) {
      return entry;
    }
  }
  return null;
}

// The browser tells of the click right after this: a marked entry is higher, and its button would
// slip away from under the pointer in the middle of the press.
function onRelease() {
  const entry = pressed;
  setTimeout(() => {
    pressed = null;
    if (entry?.contains(document.activeElement)) {
      mark(entry);
    }
  });
}

export function listen() {
  root.addEventListener(
    "pointerdown",
    (event) => {
      pressed = entryAround(event);
    },
    true,
  );
  // A list of choices that opens keeps the release for itself.
  for (const name of ["pointerup", "pointercancel", "change", "keydown"]) {
    window.addEventListener(name, onRelease);
  }
  root.addEventListener("focusin", (event) => {
    const entry = entryAround(event);
    if (entry && entry !== pressed) {
      mark(entry);
    }
  });
}
