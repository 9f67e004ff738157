// @ts-check
// The buttons over the picture.

import { around } from "../elements.js";
import { fit, hasPicture, turnPage, zoomIn, zoomOut } from "./picture.js";

/** @type {Record<string, () => void>} */
const TOOLS = { fit, in: zoomIn, out: zoomOut, turn: turnPage };

/** @param {Event} event */
const toolAround = (event) => around(event, "[data-picture]", HTMLElement)?.dataset.picture;

export function listen() {
  document.addEventListener("mousedown", (event) => {
    if (toolAround(event)) {
      event.preventDefault();
    }
  });
  document.addEventListener("click", (event) => {
    const tool = toolAround(event);
    if (tool && hasPicture()) {
      TOOLS[tool]?.();
    }
  });
}
