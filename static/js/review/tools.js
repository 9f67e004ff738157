// The buttons over the picture.

import { fit, turnPage, zoomIn, zoomOut } from "./picture.js";

const TOOLS = { fit, in: zoomIn, out: zoomOut, turn: turnPage };

export function listen() {
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-picture]")) {
      event.preventDefault();
    }
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-picture]");
    if (button) {
      TOOLS[button.dataset.picture]();
    }
  });
}
