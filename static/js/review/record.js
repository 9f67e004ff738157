// @ts-check
// The record page: the same picture beside values that are only looked at.

import { around, element, find } from "../elements.js";
import { emphasise, hasPicture, zoomTo } from "./picture.js";
import { listen as listenToPointers } from "./pointers.js";
import { listen as listenToPrinting } from "./printed.js";
import { listen as listenToTools } from "./tools.js";

const record = element("#record", HTMLElement);

/** @param {string | undefined} name */
function select(name) {
  const value = element(`.value[data-field="${name}"]`, HTMLElement, record);
  const polygon = find(`#picture polygon[data-field="${name}"]`, SVGPolygonElement);
  find(".value[aria-current]", HTMLElement, record)?.removeAttribute("aria-current");
  value.setAttribute("aria-current", "true");
  const fold = value.closest("details");
  if (fold) {
    fold.open = true;
  }
  value.scrollIntoView({ block: "nearest" });
  emphasise(polygon);
  if (polygon) {
    zoomTo(polygon);
  }
}

listenToPrinting();
if (hasPicture()) {
  listenToPointers(select);
  listenToTools();
  record.addEventListener("click", (event) => {
    const value = around(event, ".value", HTMLElement);
    if (value) {
      select(value.dataset.field);
    }
  });
}
