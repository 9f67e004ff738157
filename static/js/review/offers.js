// @ts-check
// The words that a field can hold, offered as soon as it is entered. They stay in their row, so that
// nothing moves under a pointer that presses elsewhere; a field that is not current hides them. Any
// other text may be typed, and an input method has the keys while it composes.

import { around, copyOf, find } from "../elements.js";
import { isComposing } from "./composing.js";
import { entryOf, entryTypedIn, inputOf, root, savedValue } from "./dom.js";
import { replaceText } from "./edit.js";
import { requestSave } from "./save.js";

/** @typedef {import("./dom.js").Entry} Entry */

/** @param {Entry} entry */
const listOf = (entry) => find(".offers", HTMLElement, entry);

/**
 * @param {HTMLElement} list
 * @returns {HTMLElement[]}
 */
const offered = (list) =>
  [...list.children].filter((word) => word instanceof HTMLElement).filter((word) => !word.hidden);

/** @param {HTMLElement} list */
const chosen = (list) => find('[aria-selected="true"]', HTMLElement, list);

/**
 * @param {Entry} entry
 * @returns {HTMLElement | null} the list, made when the field is entered for the first time
 */
function listFor(entry) {
  const template = find(`#offers-${entry.dataset.kind}`, HTMLTemplateElement);
  const present = listOf(entry);
  if (present || !template) {
    return present;
  }
  const list = copyOf(template);
  const { field } = entry.dataset;
  list.id = `offers-of-${field}`;
  list.setAttribute("aria-label", template.dataset.label ?? "");
  [...list.children].forEach((word, number) => {
    word.id = `${list.id}-${number}`;
  });
  const input = inputOf(entry);
  input.closest(".entry__line")?.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  return list;
}

/**
 * @param {Entry} entry
 * @param {HTMLElement} list
 * @param {HTMLElement | undefined} word
 */
function choose(entry, list, word) {
  chosen(list)?.removeAttribute("aria-selected");
  word?.setAttribute("aria-selected", "true");
  word?.scrollIntoView({ block: "nearest" });
  if (word) {
    inputOf(entry).setAttribute("aria-activedescendant", word.id);
  } else {
    inputOf(entry).removeAttribute("aria-activedescendant");
  }
}

/**
 * Offer what fits to what is typed; everything, where nothing has been typed.
 *
 * @param {Entry} entry
 */
function offer(entry) {
  const list = listFor(entry);
  if (!list) {
    return;
  }
  const typed = inputOf(entry).value.trim();
  const isAsSaved = typed === savedValue(entry);
  for (const word of list.children) {
    const fits = isAsSaved || (word.textContent ?? "").includes(typed);
    /** @type {HTMLElement} */ (word).hidden = !fits;
    word.classList.toggle("offers__word--present", word.textContent === typed);
  }
  list.hidden = offered(list).length === 0;
  inputOf(entry).setAttribute("aria-expanded", String(!list.hidden));
  choose(entry, list, undefined);
}

/** @param {Entry} entry */
function hide(entry) {
  const list = listOf(entry);
  if (list) {
    list.hidden = true;
    inputOf(entry).setAttribute("aria-expanded", "false");
  }
}

/**
 * @param {Entry} entry
 * @param {HTMLElement} list
 * @param {1 | -1} step
 */
function move(entry, list, step) {
  const words = offered(list);
  const present = chosen(list);
  const at = present ? words.indexOf(present) : step > 0 ? -1 : 0;
  choose(entry, list, words[(at + step + words.length) % words.length]);
}

/**
 * @param {Entry} entry
 * @param {HTMLElement} word
 */
function take(entry, word) {
  replaceText(inputOf(entry), word.textContent ?? "");
  requestSave(entry);
}

/**
 * @param {KeyboardEvent} event
 * @param {Entry} entry
 * @param {HTMLElement} list
 * @returns {boolean} whether the key was for the list
 */
function answerKey(event, entry, list) {
  const word = chosen(list);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    move(entry, list, event.key === "ArrowDown" ? 1 : -1);
    return true;
  }
  if (event.key === "Enter" && word) {
    take(entry, word);
    return true;
  }
  if (event.key === "Escape" && word) {
    choose(entry, list, undefined);
    return true;
  }
  return false;
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const entry = entryTypedIn(event);
  const list = entry && listOf(entry);
  const isHeld = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
  if (!list || list.hidden || isHeld || isComposing(event)) {
    return;
  }
  if (answerKey(event, entry, list)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

export function listen() {
  for (const name of ["focusin", "input", "compositionend"]) {
    root.addEventListener(name, (event) => {
      const entry = entryTypedIn(event);
      if (entry && !(event instanceof InputEvent && event.isComposing)) {
        offer(entry);
      }
    });
  }
  root.addEventListener("compositionstart", (event) => {
    const entry = entryTypedIn(event);
    if (entry) {
      hide(entry);
    }
  });
  root.addEventListener("keydown", onKey);
  // The focus stays in the input.
  root.addEventListener("pointerdown", keepFocus);
  root.addEventListener("mousedown", keepFocus);
  root.addEventListener("click", (event) => {
    const word = around(event, ".offers__word", HTMLElement);
    const entry = word?.closest("form")?.dataset.field;
    if (word && entry) {
      take(entryOf(entry), word);
    }
  });
}

/** @param {Event} event */
function keepFocus(event) {
  if (around(event, ".offers", HTMLElement)) {
    event.preventDefault();
  }
}
