// @ts-check
// Submitting: first everything lands, then nothing may be doubtful, then the record goes.

import { around, element } from "../elements.js";
import { entries, hasConflict, root } from "./dom.js";
import { fieldOf, isUnsaved, needsCheck } from "./field.js";
import { clearMessage, setMessage, update } from "./progress.js";
import { requestSave } from "./save.js";
import { goTo } from "./select.js";

/** @typedef {import("./dom.js").Entry} Entry */

const STUCK = ["refused", "blocked"];

let isFinishing = false;

/**
 * @param {Entry} entry
 * @param {import("./progress.js").Message} message
 */
function stop(entry, message) {
  isFinishing = false;
  setMessage(message);
  goTo(entry);
  update();
}

/** @param {Entry} entry */
const isStuck = (entry) => hasConflict(entry) || STUCK.includes(fieldOf(entry).state);

function proceed() {
  if (!isFinishing) {
    return;
  }
  const all = entries();
  const stuck = all.find(isStuck);
  const doubtful = all.find(needsCheck);
  if (stuck) {
    stop(stuck, "unsettled");
  } else if (all.some(isUnsaved)) {
    setMessage("waiting");
  } else if (doubtful) {
    stop(doubtful, "doubtful");
  } else {
    isFinishing = false;
    clearMessage();
    element("#finish", HTMLFormElement).dispatchEvent(new CustomEvent("finish"));
  }
}

export function finish() {
  isFinishing = true;
  for (const entry of entries().filter(isUnsaved)) {
    requestSave(entry);
  }
  proceed();
  update();
}

export function listen() {
  root.addEventListener("review:changed", proceed);
  root.addEventListener("input", () => {
    isFinishing = false;
  });
  root.addEventListener("submit", (event) => {
    if (around(event, "#finish", HTMLFormElement)) {
      event.preventDefault();
      finish();
    }
  });
}
