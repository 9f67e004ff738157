// Submitting: first everything lands, then nothing may be doubtful, then the record goes.

import { entries, hasConflict, isUnsaved, needsCheck, root } from "./dom.js";
import { update } from "./progress.js";
import { requestSave } from "./save.js";
import { goTo } from "./select.js";

const form = document.querySelector("#finish");
const STUCK = ["refused", "blocked"];

function stop(entry, message) {
  delete root.dataset.finishing;
  root.dataset.message = message;
  goTo(entry);
  update();
}

function proceed() {
  if (!("finishing" in root.dataset)) {
    return;
  }
  const all = entries();
  const stuck = all.find((entry) => hasConflict(entry) || STUCK.includes(entry.dataset.save));
  const doubtful = all.find(needsCheck);
  if (stuck) {
    stop(stuck, "unsettled");
  } else if (all.some(isUnsaved)) {
    root.dataset.message = "waiting";
  } else if (doubtful) {
    stop(doubtful, "doubtful");
  } else {
    delete root.dataset.finishing;
    delete root.dataset.message;
    form.dispatchEvent(new CustomEvent("finish"));
  }
}

export function finish() {
  root.dataset.finishing = "";
  entries().filter(isUnsaved).forEach((entry) => requestSave(entry));
  proceed();
  update();
}

export function listen() {
  root.addEventListener("review:changed", proceed);
  root.addEventListener("input", () => delete root.dataset.finishing);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    finish();
  });
}
