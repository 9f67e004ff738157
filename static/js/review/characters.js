// Rare characters: a dialog finds them by components, strokes or code point and puts one where the caret stands.

import { isComposing } from "./composing.js";
import { inputOf, root } from "./dom.js";

const ROW = 9;
const PAUSE = 120;
const HAN_ONLY = /^\p{Script=Han}+$/u;

const dialog = document.querySelector("#characters-dialog");
const form = dialog.querySelector("#characters-form");
const query = dialog.querySelector("#characters-query");
const standard = form.elements.standard;
const found = dialog.querySelector("#characters-found");

let into = null;
let timer = 0;

const options = () => [...found.querySelectorAll("[role=option]")];
const chosen = () => options().findIndex((option) => option.ariaSelected === "true");
const isFresh = () => found.firstElementChild?.dataset.query === query.value.trim();

function open(input) {
  into = { input, start: input.selectionStart, end: input.selectionEnd };
  query.value = "";
  found.replaceChildren();
  dialog.showModal();
  query.focus();
}

function put(character) {
  const { input, start, end } = into;
  dialog.close();
  input.focus({ preventScroll: true });
  input.setSelectionRange(start, end);
  document.execCommand("insertText", false, character);
}

// Only what is seen can be chosen: never one of an older query.
function take(index) {
  const option = isFresh() ? options()[index] : undefined;
  if (option) {
    put(option.dataset.character);
  }
}

const takeNumber = (number) => take(Math.floor(Math.max(chosen(), 0) / ROW) * ROW + number - 1);

// The row with the chosen one is the row that the digits mean.
function choose(index) {
  const all = options();
  const place = Math.min(Math.max(index, 0), all.length - 1);
  all.forEach((option, at) => {
    const inRow = Math.floor(at / ROW) === Math.floor(place / ROW);
    option.ariaSelected = String(at === place);
    option.querySelector("kbd").textContent = inRow ? (at % ROW) + 1 : "";
  });
  if (all[place]) {
    query.setAttribute("aria-activedescendant", all[place].id);
    all[place].scrollIntoView({ block: "nearest" });
  } else {
    query.removeAttribute("aria-activedescendant");
  }
}

function search() {
  clearTimeout(timer);
  timer = setTimeout(() => form.dispatchEvent(new CustomEvent("find")), PAUSE);
}

function move(event) {
  const atEnd = query.selectionStart === query.value.length;
  const steps = { ArrowDown: ROW, PageDown: ROW, ArrowUp: -ROW, PageUp: -ROW };
  if (atEnd) {
    steps.ArrowRight = 1;
    steps.ArrowLeft = chosen() > 0 ? -1 : 0;
  }
  const step = options().length && !event.altKey && !event.shiftKey ? steps[event.key] : 0;
  if (step) {
    choose(chosen() + step);
  }
  return Boolean(step);
}

function actionFor(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  const plain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (event.altKey && digit === "0") {
    return () => put(dialog.querySelector("button[data-character]").dataset.character);
  }
  if (event.altKey && event.code === "KeyS") {
    return () => standard.click();
  }
  if (digit > 0 && (event.altKey || (plain && isFresh() && HAN_ONLY.test(query.value.trim())))) {
    return () => takeNumber(Number(digit));
  }
  if (event.key === "Enter" && event.target === query) {
    return () => take(chosen());
  }
  return undefined;
}

function onKey(event) {
  if (isComposing(event)) {
    return;
  }
  const action = actionFor(event);
  if (action || move(event)) {
    event.preventDefault();
    event.stopPropagation();
    action?.();
  }
}

export function listen() {
  root.addEventListener("keydown", (event) => {
    const entry = event.target.closest(".entry");
    const asks = event.altKey && event.code === "KeyK" && !event.ctrlKey && !event.metaKey && !isComposing(event);
    if (entry && asks && event.target === inputOf(entry)) {
      event.preventDefault();
      open(event.target);
    }
  });
  dialog.addEventListener("keydown", onKey);
  dialog.addEventListener("click", ({ target }) => {
    const character = target.closest("[data-character]")?.dataset.character;
    if (character) {
      put(character);
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (!event.isComposing) {
      search();
    }
  });
  form.addEventListener("compositionend", search);
  found.addEventListener("htmx:afterSwap", () => choose(0));
}
