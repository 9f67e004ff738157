// @ts-check
// A question to a supervisor is about the field at hand, unless the person says otherwise.

import { around, element } from "../elements.js";
import { selected } from "./dom.js";

export function listen() {
  document.addEventListener("click", (event) => {
    if (around(event, '[data-opens-dialog="ask-dialog"]', HTMLElement)) {
      element("#ask_field", HTMLSelectElement).value = selected()?.dataset.field ?? "";
    }
  });
}
