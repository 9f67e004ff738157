// @ts-check
// The second reader's page: the numbers choose, Ctrl+Enter saves. Without this it is a plain form.

import { around, element, find } from "./elements.js";

const form = element("#second", HTMLFormElement);
const TEXTS = "input:not([type='radio']), textarea";

const values = () => [...form.querySelectorAll("fieldset")];

/** @param {Element} value */
const typedOf = (value) => element('[data-part="typed"]', HTMLInputElement, value);

/** @param {Element} value */
const isDecided = (value) => value.querySelector(":checked") !== null;

/** The value that a key is meant for: where the focus is, or the first that is open. */
const present = () =>
  document.activeElement?.closest("fieldset") ?? values().find((value) => !isDecided(value));

function goOn() {
  const open = values().find((value) => !isDecided(value));
  const next = open
    ? find("input[type='radio']", HTMLInputElement, open)
    : find("button[type='submit']", HTMLButtonElement, form);
  next?.focus();
}

/**
 * @param {Element} value
 * @param {string} key
 */
function choose(value, key) {
  const radio = find(`[data-key="${key}"]`, HTMLInputElement, value);
  if (!radio) {
    return false;
  }
  radio.checked = true;
  if (radio.value === "other") {
    typedOf(value).focus();
  } else {
    goOn();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey) {
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    form.requestSubmit();
    return;
  }
  const value = present();
  const isTyping = event.target instanceof Element && event.target.matches(TEXTS);
  if (value && !isTyping && !event.ctrlKey && !event.metaKey && choose(value, event.key)) {
    event.preventDefault();
  }
});

// What is typed is what is chosen.
form.addEventListener("input", (event) => {
  const typed = around(event, '[data-part="typed"]', HTMLInputElement);
  const value = typed?.closest("fieldset");
  if (typed?.value && value) {
    element("[value='other']", HTMLInputElement, value).checked = true;
  }
});
