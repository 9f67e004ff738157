// @ts-check
// A save says which states the page has, and is answered with those that are others by then. Only
// one that is alone on its way says so: what the page has when its answer comes is then what it had.

import { entries, entryAround, root, stateOf } from "./dom.js";
import { fieldOf } from "./field.js";

const isMarking = () => root.querySelector('[data-part="mark"].htmx-request') !== null;

const isAlone = () => !isMarking() && entries().every((entry) => fieldOf(entry).request === null);

export function listen() {
  root.addEventListener("htmx:configRequest", (event) => {
    if (entryAround(event) && isAlone()) {
      const digests = entries().map((entry) => stateOf(entry).dataset.digest);
      event.detail.headers["X-Has"] = digests.join(",");
    }
  });
}
