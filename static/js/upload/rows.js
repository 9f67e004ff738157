// @ts-check
// The list of results: a row waits, shows its progress, and gives way to the server's own row.

import { copyOf, element } from "../elements.js";

const words = element("#upload", HTMLFormElement).dataset;
const list = element("#upload-list", HTMLElement);
const results = element("#upload-results", HTMLElement);
const template = element("#upload-row", HTMLTemplateElement);
const summary = element("#upload-summary", HTMLElement);
const toBatch = element("#to-batch", HTMLAnchorElement);
const retryAll = element("#retry-all", HTMLButtonElement);
const counts = { all: 0, done: 0, refused: 0 };

/** @param {string} name */
export function addRow(name) {
  results.hidden = false;
  const row = copyOf(template);
  element(".upload-row__name", HTMLElement, row).textContent = name;
  say(row, words.waiting);
  list.append(row);
  counts.all += 1;
  summarise();
  return row;
}

/**
 * @param {HTMLElement} row
 * @param {string | undefined} sentence
 */
export function say(row, sentence) {
  element(".upload-row__state", HTMLElement, row).textContent = sentence ?? "";
}

/**
 * @param {HTMLElement} row
 * @param {number} loaded bytes
 * @param {number} total bytes
 */
export function showProgress(row, loaded, total) {
  const bar = element("progress", HTMLProgressElement, row);
  if (loaded < total) {
    bar.value = loaded / total;
    say(row, `${Math.floor((100 * loaded) / total)} %`);
  } else {
    bar.removeAttribute("value");
    say(row, words.checking);
  }
}

/** @param {string} html */
function rowOf(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return /** @type {HTMLElement | null} */ (holder.content.firstElementChild);
}

/**
 * What a row or a notice of the server says is wrong.
 *
 * @param {string} html
 */
export function sentenceOf(html) {
  const part = rowOf(html);
  const alert = part?.matches("[role=alert]") ? part : part?.querySelector("[role=alert]");
  return alert?.textContent?.trim();
}

/**
 * @param {HTMLElement} row
 * @param {import("./transfer.js").Result} result
 */
export function showResult(row, { accepted, html }) {
  const serverRow = /** @type {HTMLElement} */ (rowOf(html));
  row.replaceWith(serverRow);
  if (serverRow.dataset.batchUrl) {
    toBatch.href = serverRow.dataset.batchUrl;
    toBatch.hidden = false;
  }
  finish(accepted);
}

/**
 * @param {HTMLElement} row
 * @param {string} sentence
 */
export function refuse(row, sentence) {
  row.classList.add("upload-row--refused");
  element(".upload-row__mark", HTMLElement, row).textContent = "✗";
  const text = document.createElement("p");
  text.setAttribute("role", "alert");
  text.textContent = sentence;
  element(".upload-row__text", HTMLElement, row).replaceChildren(text);
  finish(false);
}

/**
 * @param {HTMLElement} row
 * @param {string | undefined} sentence
 * @param {() => void} retry
 */
export function offerRetry(row, sentence, retry) {
  const button = element("button", HTMLButtonElement, row);
  const again = () => {
    button.hidden = true;
    row.classList.remove("upload-row--broken");
    retryAll.hidden = !list.querySelector(".upload-row--broken");
    say(row, words.waiting);
    retry();
  };
  row.classList.add("upload-row--broken");
  element("progress", HTMLProgressElement, row).value = 0;
  say(row, sentence);
  button.hidden = false;
  retryAll.hidden = false;
  button.addEventListener("click", again, { once: true });
}

retryAll.addEventListener("click", () => {
  for (const row of list.querySelectorAll(".upload-row--broken")) {
    row.querySelector("button")?.click();
  }
});

/** @param {boolean} accepted */
function finish(accepted) {
  counts.done += 1;
  counts.refused += accepted ? 0 : 1;
  summarise();
}

function summarise() {
  summary.textContent = (words.summary ?? "")
    .replace("DONE", String(counts.done))
    .replace("ALL", String(counts.all))
    .replace("REFUSED", String(counts.refused));
}
