// One field is selected: its row, its polygon and the part of the picture that is seen go together.

import { entries, inputOf, needsCheck, polygonOf, root, selected } from "./dom.js";
import { emphasise, hasPicture, zoomTo } from "./picture.js";

let byPointer = false;

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
    // What was just clicked must not slip away from under the pointer.
    entry.scrollIntoView({ block: byPointer ? "nearest" : "center" });
  }
}

export function goTo(entry) {
  const input = inputOf(entry);
  input.focus({ preventScroll: true });
  input.setSelectionRange(input.value.length, input.value.length);
  entry.scrollIntoView({ block: "center" });
}

export const goToField = (name) => goTo(root.querySelector(`.entry[data-field="${name}"]`));

// The next (step 1) or previous (step -1) field to check, round the whole form; null when there is none.
export function nextToCheck(from, step = 1) {
  const all = entries();
  const start = all.indexOf(from);
  const first = start < 0 && step < 0 ? 0 : start;
  for (let count = 1; count <= all.length; count += 1) {
    const entry = all[(first + step * count + all.length * 2) % all.length];
    if (entry !== from && needsCheck(entry)) {
      return entry;
    }
  }
  return null;
}

export function listen() {
  root.addEventListener("pointerdown", () => (byPointer = true), true);
  window.addEventListener("pointerup", () => (byPointer = false));
  window.addEventListener("pointercancel", () => (byPointer = false));
  root.addEventListener("focusin", (event) => {
    const entry = event.target.closest(".entry");
    if (entry) {
      mark(entry);
    }
  });
}
