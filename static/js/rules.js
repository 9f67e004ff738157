// @ts-check
// Finds rules by their number, code, sentence or severity.

import { element } from "./elements.js";

const form = element('[data-part="rules-search"]', HTMLFormElement);
const typed = element("#rules-search", HTMLInputElement);
const changedOnly = element("#rules-changed", HTMLInputElement);
const found = element('[data-part="rules-found"]', HTMLElement);
const rows = [...document.querySelectorAll("[data-rule]")].filter(
  (row) => row instanceof HTMLElement,
);

/** @param {HTMLElement} row */
function textOf(row) {
  const select = row.querySelector("select");
  const severity = select?.selectedOptions[0]?.textContent ?? "";
  const cells = [...row.children].slice(0, -1).map((cell) => cell.textContent);
  return [...cells, severity].join(" ").toLowerCase();
}

function filter() {
  const words = typed.value.toLowerCase().split(/\s+/);
  let count = 0;
  for (const row of rows) {
    const text = textOf(row);
    const fits = words.every((word) => text.includes(word));
    row.hidden = !fits || (changedOnly.checked && !("changed" in row.dataset));
    count += Number(!row.hidden);
  }
  found.textContent = count ? `${count} / ${rows.length}` : (found.dataset.none ?? "");
}

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", filter);
filter();
