// @ts-check
// From one doubtful field to the next, and to the button that submits when none is left.

import { element } from "../elements.js";
import { selected } from "./dom.js";
import { goTo, nextToCheck } from "./select.js";

/** @typedef {import("./dom.js").Entry} Entry */

/** @param {Entry | null} from */
export function goOn(from = selected()) {
  const entry = nextToCheck(from);
  if (entry) {
    goTo(entry);
  } else {
    element("#finish-button", HTMLElement).focus();
  }
}

/** @param {Entry | null} from */
export function goBack(from = selected()) {
  const before = nextToCheck(from, -1);
  if (before) {
    goTo(before);
  }
}
