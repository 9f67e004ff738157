// @ts-check
// Rare characters: a dialog finds them by components, strokes or code point and puts one where the
// caret stands.

import { around, element } from "../elements.js";
import { isComposing } from "./composing.js";
import { entryTypedIn, inputOf, root } from "./dom.js";

/** @typedef {{ input: import("./dom.js").TextInput, start: number, end: number }} Place */

const ROW = 9;
const PAUSE_MS = 120;
const HAN_ONLY = /^\p{Script=Han}+$/u;

const dialog = element("#characters-dialog", HTMLDialogElement);
const form = element("#characters-form", HTMLFormElement);
const query = element("#characters-query", HTMLInputElement);
const standard = element("[name=standard]", HTMLInputElement, form);
const matches = element("#characters-found", HTMLElement);
const noCodePoint = element("button[data-character]", HTMLElement, dialog);

/** @type {Place | null} */
let place = null;
let timer = 0;

/** @returns {HTMLElement[]} */
const options = () => [...matches.querySelectorAll("li")];
const chosen = () => options().findIndex((option) => option.ariaSelected === "true");

// Whether the matches are those of the query as it stands.
function isFresh() {
  const answer = matches.firstElementChild;
  return answer instanceof HTMLElement && answer.dataset.query === query.value.trim();
}

/**
 * Where the character goes. The whole value is selected by coming to it: none of it is replaced.
 *
 * @param {import("./dom.js").TextInput} input
 * @returns {Place}
 */
function placeIn(input) {
  const start = input.selectionStart ?? 0;
  const end = input.selectionEnd ?? 0;
  const isWhole = start === 0 && end === input.value.length;
  return { input, start: isWhole ? end : start, end };
}

/** @param {import("./dom.js").TextInput} input */
function open(input) {
  place = placeIn(input);
  query.value = "";
  matches.replaceChildren();
  dialog.showModal();
  query.focus();
}

/** @param {string | undefined} character */
function put(character) {
  if (!place || !character) {
    return;
  }
  const { input, start, end } = place;
  dialog.close();
  input.focus({ preventScroll: true });
  input.setSelectionRange(start, end);
  document.execCommand("insertText", false, character);
}

/**
 * Only what is seen can be chosen: never one of an older query.
 *
 * @param {number} index
 */
function take(index) {
  if (isFresh()) {
    put(options()[index]?.dataset.character);
  }
}

/** @param {number} index */
const rowOf = (index) => Math.floor(index / ROW);

/** @param {number} number */
const takeNumber = (number) => take(rowOf(Math.max(chosen(), 0)) * ROW + number - 1);

/**
 * The row with the chosen one is the row that the digits mean.
 *
 * @param {number} index
 */
function choose(index) {
  const all = options();
  const position = Math.min(Math.max(index, 0), all.length - 1);
  for (const [at, option] of all.entries()) {
    const isInRow = rowOf(at) === rowOf(position);
    option.ariaSelected = String(at === position);
    element("kbd", HTMLElement, option).textContent = isInRow ? String((at % ROW) + 1) : "";
  }
  const option = all[position];
  if (option) {
    query.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    query.removeAttribute("aria-activedescendant");
  }
}

function search() {
  clearTimeout(timer);
  timer = window.setTimeout(() => form.dispatchEvent(new CustomEvent("find")), PAUSE_MS);
}

/** @param {KeyboardEvent} event */
function stepOf(event) {
  if (options().length === 0 || event.altKey || event.shiftKey) {
    return 0;
  }
  const isAtEnd = query.selectionStart === query.value.length;
  switch (event.key) {
    case "ArrowDown":
    case "PageDown":
      return ROW;
    case "ArrowUp":
    case "PageUp":
      return -ROW;
    case "ArrowRight":
      return isAtEnd ? 1 : 0;
    case "ArrowLeft":
      return isAtEnd && chosen() > 0 ? -1 : 0;
    default:
      return 0;
  }
}

/**
 * @param {KeyboardEvent} event
 * @returns {(() => void) | undefined}
 */
function actionFor(event) {
  const digit = Number(/^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] ?? Number.NaN);
  const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (event.altKey && digit === 0) {
    return () => put(noCodePoint.dataset.character);
  }
  if (event.altKey && event.code === "KeyS") {
    return () => standard.click();
  }
  // After digits or letters a plain digit goes on with the query.
  const isChoice = event.altKey || (isPlain && isFresh() && HAN_ONLY.test(query.value.trim()));
  if (digit > 0 && isChoice) {
    return () => takeNumber(digit);
  }
  if (event.key === "Enter" && event.target === query) {
    return () => take(chosen());
  }
  const step = stepOf(event);
  return step ? () => choose(chosen() + step) : undefined;
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const action = isComposing(event) ? undefined : actionFor(event);
  if (action) {
    event.preventDefault();
    event.stopPropagation();
    action();
  }
}

/** @param {KeyboardEvent} event */
function onKeyInEntry(event) {
  const entry = entryTypedIn(event);
  const isAltK = event.altKey && event.code === "KeyK" && !event.ctrlKey && !event.metaKey;
  if (entry && isAltK && !isComposing(event)) {
    event.preventDefault();
    open(inputOf(entry));
  }
}

export function listen() {
  root.addEventListener("keydown", onKeyInEntry);
  dialog.addEventListener("keydown", onKey);
  dialog.addEventListener("click", (event) => {
    put(around(event, "[data-character]", HTMLElement)?.dataset.character);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (!(event instanceof InputEvent && event.isComposing)) {
      search();
    }
  });
  form.addEventListener("compositionend", search);
  matches.addEventListener("htmx:afterSwap", () => choose(0));
}
