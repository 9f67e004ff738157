// @ts-check
// What a person says of a value beside its text: the small menu below each field.

import { around, element } from "../elements.js";
import { entryAround, inputOf, root, savedValue } from "./dom.js";
import { goOn } from "./doubtful.js";
import { forget } from "./drafts.js";
import { isDirty, setMarking, tell } from "./field.js";
import { goTo } from "./select.js";

/** @typedef {import("./dom.js").Entry} Entry */

/**
 * Fields with something typed that is not saved, when a mark was sent.
 *
 * @type {WeakSet<Entry>}
 */
const dirty = new WeakSet();

/** @param {Entry} entry */
export const menuOf = (entry) => element('[data-part="marking"]', HTMLDetailsElement, entry);

/** @param {Entry} entry */
export function openMenu(entry) {
  menuOf(entry).open = true;
  element("select", HTMLSelectElement, menuOf(entry)).focus();
}

/**
 * @param {Pick<Event, "target">} event
 * @returns {Entry | null}
 */
const entryMarked = (event) =>
  around(event, '[data-part="mark"]', HTMLButtonElement) && entryAround(event);

/**
 * A mark may have emptied the value: then the input says what is saved, unless more was typed.
 *
 * @param {Entry} entry
 * @param {boolean} isDone
 */
function settle(entry, isDone) {
  if (isDone || !dirty.has(entry)) {
    inputOf(entry).value = savedValue(entry);
    forget(entry);
  }
  if (isDone && menuOf(entry).contains(document.activeElement)) {
    goOn(entry);
  }
  if (isDone) {
    menuOf(entry).open = false;
  }
  tell(entry, "typed");
}

/**
 * Whoever has gone on already comes back to a mark that could not be set.
 *
 * @param {Entry} entry
 */
function comeBack(entry) {
  if (!entry.contains(document.activeElement)) {
    goTo(entry);
  }
}

export function listen() {
  root.addEventListener("htmx:beforeRequest", (event) => {
    const entry = entryMarked(event);
    if (entry && isDirty(entry)) {
      dirty.add(entry);
    } else if (entry) {
      dirty.delete(entry);
    }
  });
  root.addEventListener("htmx:afterRequest", (event) => {
    const entry = entryMarked(event);
    if (!entry) {
      return;
    }
    const { status } = event.detail.xhr;
    setMarking(entry, false);
    if (status === 200 || status === 409 || status === 422) {
      settle(entry, status === 200);
    } else {
      root.dispatchEvent(new CustomEvent("review:changed"));
    }
    if (status !== 200) {
      comeBack(entry);
    }
  });
}
