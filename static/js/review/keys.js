// The keyboard. Nothing fires while an input method composes or a dialog is open.

import { isComposing } from "./composing.js";
import { firstChoice } from "./conflict.js";
import { confirmationOf, hasConflict, hasError, inputOf, isDirty, stateOf } from "./dom.js";
import { revert, takeProposal, undoToRead } from "./edit.js";
import { finish } from "./finish.js";
import { fit, hasPicture, moveBy, picture, seen, turnPage, zoomIn, zoomOut } from "./picture.js";
import { requestSave } from "./save.js";
import { goTo, nextToCheck } from "./select.js";

const open = (id) => document.getElementById(id).showModal();
const STRIDE = 0.15;

function go(entry) {
  if (entry) {
    goTo(entry);
  } else {
    document.querySelector("#finish-button").focus();
  }
}

function verifyAndGo(entry) {
  if (hasConflict(entry)) {
    firstChoice(entry).focus();
    return;
  }
  if (hasError(entry) && !isDirty(entry) && !confirmationOf(entry).value.trim()) {
    confirmationOf(entry).focus();
    return;
  }
  requestSave(entry, { verify: stateOf(entry).dataset.state !== "verified" || isDirty(entry) });
  go(nextToCheck(entry));
}

function goBack(entry) {
  const before = nextToCheck(entry, -1);
  if (before) {
    goTo(before);
  }
}

const pan = (x, y) => moveBy(x * STRIDE * seen().width, y * STRIDE * seen().height);

// Keys by name; those of a letter by its place, because Alt changes what a letter types on some systems.
const IN_ENTRY = { Enter: verifyAndGo, "Shift+Enter": goBack, Escape: revert, "Alt+KeyZ": undoToRead };
for (let number = 1; number <= 9; number += 1) {
  IN_ENTRY[`Alt+Digit${number}`] = (entry) => takeProposal(entry, number);
}
const IN_REASON = { Enter: verifyAndGo, "Shift+Enter": goBack, Escape: goTo };
const ANYWHERE = {
  "Ctrl+Enter": finish,
  "Alt+KeyR": () => open("reject-dialog"),
  F1: () => open("keys-dialog"),
  "Ctrl+Slash": () => open("keys-dialog"),
};
const PICTURE = { Equal: zoomIn, NumpadAdd: zoomIn, Minus: zoomOut, NumpadSubtract: zoomOut, Digit0: fit, Numpad0: fit };
const FREE = {
  "+": zoomIn,
  "=": zoomIn,
  "-": zoomOut,
  0: fit,
  r: turnPage,
};
const ARROWS = {
  ArrowLeft: () => pan(-1, 0),
  ArrowRight: () => pan(1, 0),
  ArrowUp: () => pan(0, -1),
  ArrowDown: () => pan(0, 1),
};

const isTyping = (target) => target.matches("input, textarea, select, [contenteditable]");

function nameOf(event, key) {
  const mods = [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : ""];
  return [...mods.filter(Boolean), key].join("+");
}

function tableFor(entry, target) {
  if (!entry) {
    return {};
  }
  return target === inputOf(entry) ? IN_ENTRY : target === confirmationOf(entry) ? IN_REASON : {};
}

function actionFor(event) {
  const { target } = event;
  const names = [nameOf(event, event.key), nameOf(event, event.code)];
  const known = (table) => names.map((name) => table[name]).find(Boolean);
  const entry = target.closest(".entry");
  const inEntry = known(tableFor(entry, target));
  if (inEntry) {
    return () => inEntry(entry);
  }
  if (hasPicture() && event.altKey && !event.ctrlKey && !event.metaKey) {
    const action = event.code === "KeyT" ? turnPage : PICTURE[event.code];
    if (action) {
      return action;
    }
  }
  if (known(ANYWHERE)) {
    return known(ANYWHERE);
  }
  if (isTyping(target) || event.ctrlKey || event.altKey || event.metaKey) {
    return undefined;
  }
  if (hasPicture()) {
    return FREE[event.key] ?? (target === picture ? ARROWS[event.key] : undefined);
  }
  return undefined;
}

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || document.querySelector("dialog[open]")) {
      return;
    }
    const action = actionFor(event);
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
