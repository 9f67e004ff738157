// @ts-check
// One key for each mark of the field at hand. What is marked is left at once, for the next doubtful
// field.

import { element } from "../elements.js";
import { firstChoice } from "./conflict.js";
import { entryAround, hasConflict } from "./dom.js";
import { goOn } from "./doubtful.js";
import { isDirty, setMarking } from "./field.js";
import { menuOf } from "./marks.js";
import { requestSave } from "./save.js";
import { goTo } from "./select.js";

/** @typedef {import("./dom.js").Entry} Entry */

/** @param {Entry} entry */
const choiceOf = (entry) => element('[name="mark"]', HTMLSelectElement, menuOf(entry));
/** @param {Entry} entry */
const shouldSayOf = (entry) => element('[name="should_say"]', HTMLInputElement, menuOf(entry));

/** @param {Entry} entry */
function send(entry) {
  if (isDirty(entry)) {
    requestSave(entry);
  }
  setMarking(entry, true);
  element('[data-part="mark"]', HTMLButtonElement, menuOf(entry)).click();
  menuOf(entry).open = false;
  goOn(entry);
}

/**
 * @param {Entry} entry
 * @param {string} mark
 */
function say(entry, mark) {
  if (hasConflict(entry)) {
    firstChoice(entry)?.focus();
    return;
  }
  choiceOf(entry).value = mark;
  shouldSayOf(entry).value = "";
  send(entry);
}

/**
 * What a paper that is wrong should say is asked for first, on one line.
 *
 * @param {Entry} entry
 */
function askWhatItShouldSay(entry) {
  choiceOf(entry).value = "paper_wrong";
  menuOf(entry).open = true;
  shouldSayOf(entry).focus();
  shouldSayOf(entry).select();
}

/** @param {Entry} entry */
function close(entry) {
  menuOf(entry).open = false;
  goTo(entry);
}

/** @type {Record<string, (entry: Entry) => void>} */
export const MARKS = {
  "Alt+KeyU": (entry) => say(entry, "unsure"),
  "Alt+KeyI": (entry) => say(entry, "illegible"),
  "Alt+KeyL": (entry) => say(entry, "blank"),
  "Alt+KeyW": askWhatItShouldSay,
};

/** @type {Record<string, (entry: Entry) => void>} */
export const IN_MENU = { Enter: send, Escape: close };

/**
 * The entry in whose menu a line is typed.
 *
 * @param {Event} event
 */
export function entryExplained(event) {
  const entry = entryAround(event);
  const isLine = event.target instanceof HTMLInputElement;
  return entry && isLine && menuOf(entry).contains(event.target) ? entry : null;
}
