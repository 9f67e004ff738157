// @ts-check
// To any field by its number or the initials of its name. What is typed is no text: the list itself
// has the focus, so that no input method composes in it.

import { around, element } from "../elements.js";
import { isComposing } from "./composing.js";
import { matching, theOne } from "./label_match.js";
import { goToField } from "./select.js";

/** @typedef {import("./label_match.js").Named & { option: HTMLElement }} Target */

const dialog = element("#jump-dialog", HTMLDialogElement);
const list = element("#jump-fields", HTMLElement);
const shown = element('[data-part="typed"]', HTMLElement, dialog);
const LONGEST = 20;

/** @type {Target[]} */
const targets = [...list.querySelectorAll("li")].map((option, index) => ({
  option,
  number: index + 1,
  labels: (option.dataset.words ?? "").split("|").map((label) => label.split(" ")),
}));

let text = "";
/** @type {Target[]} */
let found = targets;
let chosen = 0;

/** @param {Target | undefined} target */
function take(target) {
  if (target) {
    dialog.close();
    goToField(target.option.dataset.target);
  }
}

/** @param {number} index */
function choose(index) {
  chosen = Math.min(Math.max(index, 0), found.length - 1);
  for (const target of targets) {
    target.option.ariaSelected = String(target === found[chosen]);
    target.option.toggleAttribute("data-is-out", !found.includes(target));
  }
  const option = found[chosen]?.option;
  list.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

/** @param {string} typed */
function search(typed) {
  text = typed;
  shown.textContent = typed;
  found = typed ? matching(targets, typed) : targets;
  choose(0);
}

export function open() {
  search("");
  dialog.showModal();
  list.focus();
}

/** @param {string} key of a letter or digit, which goes on with what was typed */
function goOn(key) {
  const longer = text + key.toLowerCase();
  // A wrong key changes nothing: what is typed always means a field.
  if (longer.length <= LONGEST && matching(targets, longer).length > 0) {
    search(longer);
    take(theOne(targets, longer) ?? undefined);
  }
}

/** @type {Record<string, () => void>} */
const KEYS = {
  Enter: () => take(found[chosen]),
  Backspace: () => search(text.slice(0, -1)),
  ArrowDown: () => choose(chosen + 1),
  ArrowUp: () => choose(chosen - 1),
};

/**
 * @param {KeyboardEvent} event
 * @returns {(() => void) | undefined}
 */
function actionFor(event) {
  const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey;
  if (isComposing(event) || !isPlain || event.target !== list) {
    return undefined;
  }
  return /^[a-z0-9]$/i.test(event.key) ? () => goOn(event.key) : KEYS[event.key];
}

export function listen() {
  dialog.addEventListener("keydown", (event) => {
    const action = actionFor(event);
    if (action) {
      event.preventDefault();
      action();
    }
  });
  list.addEventListener("click", (event) => {
    const option = around(event, "[data-target]", HTMLElement);
    take(targets.find((target) => target.option === option));
  });
}
