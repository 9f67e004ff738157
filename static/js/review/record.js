// The record page: the same picture beside values that are only looked at.

import { emphasise, fit, hasPicture, turnPage, zoomIn, zoomOut, zoomTo } from "./picture.js";
import { listen as listenToPointers } from "./pointers.js";
import { listen as listenToTools } from "./tools.js";

const record = document.querySelector("#record");
const KEYS = { "+": zoomIn, "=": zoomIn, "-": zoomOut, 0: fit, r: turnPage };

function select(name) {
  const value = record.querySelector(`.value[data-field="${name}"]`);
  const polygon = document.querySelector(`#picture polygon[data-field="${name}"]`);
  record.querySelector(".value[aria-current]")?.removeAttribute("aria-current");
  value.setAttribute("aria-current", "true");
  value.scrollIntoView({ block: "nearest" });
  emphasise(polygon);
  if (polygon) {
    zoomTo(polygon);
  }
}

if (hasPicture()) {
  listenToPointers(select);
  listenToTools();
  record.addEventListener("click", ({ target }) => {
    const value = target.closest(".value");
    if (value) {
      select(value.dataset.field);
    }
  });
  document.addEventListener("keydown", (event) => {
    const plain = !event.isComposing && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (plain && !event.target.matches("input, textarea, select") && KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });
}
