// @ts-check
// The contact sheet: keys move over the records and mark what is wrong. Marks stay while pages of
// the sheet are turned, in this tab alone, as keys and versions of records.

import { element, find } from "./elements.js";
import { listen } from "./shortcuts.js";

const form = element("#sheet", HTMLFormElement);
const count = element("#sheet-count", HTMLOutputElement);
const dialog = element("#sheet-return", HTMLDialogElement);
const field = element("#sheet-field", HTMLSelectElement);
const under = form.dataset.keptUnder ?? "";
const FIRST_WORDS = [...count.childNodes];

const boxes = () => [...form.querySelectorAll("input[type='checkbox']")].filter(isBox);
const stops = () => [...form.querySelectorAll("[data-stop]")].filter(isElement);

/**
 * @param {Element} node
 * @returns {node is HTMLInputElement}
 */
function isBox(node) {
  return node instanceof HTMLInputElement;
}

/**
 * @param {Element} node
 * @returns {node is HTMLElement}
 */
function isElement(node) {
  return node instanceof HTMLElement;
}

/** @returns {Set<string>} */
const kept = () => new Set(JSON.parse(sessionStorage.getItem(under) ?? "[]"));

/** @param {Set<string>} marks */
const keep = (marks) => sessionStorage.setItem(under, JSON.stringify([...marks]));

/** What is marked on other pages of this sheet. */
function elsewhere() {
  const here = new Set(boxes().map((box) => box.value.split(":")[0]));
  return [...kept()].filter((mark) => !here.has(mark.split(":")[0]));
}

/**
 * @param {string | undefined} words
 * @param {number} number
 */
const told = (words, number) => (words ?? "").replace("{count}", String(number));

function show() {
  const checked = boxes().filter((box) => box.checked);
  const others = elsewhere();
  const all = checked.length + others.length;
  keep(new Set([...others, ...checked.map((box) => box.value)]));
  const said = [told(form.dataset.wordMarked, all)];
  if (others.length > 0) {
    said.push(told(form.dataset.wordElsewhere, others.length));
  }
  count.replaceChildren(...(all > 0 ? [said.join(" · ")] : FIRST_WORDS));
  element("[data-opens-dialog]", HTMLButtonElement, form).disabled = all === 0;
}

/** Marks of other pages go along as inputs that nobody sees. */
function addElsewhere() {
  for (const mark of elsewhere()) {
    const input = Object.assign(document.createElement("input"), { name: "chosen", value: mark });
    input.type = "hidden";
    form.append(input);
  }
}

const current = () => document.activeElement?.closest("[data-record]") ?? null;

/** @param {HTMLElement | undefined} stop */
function focus(stop) {
  stop?.focus();
  stop?.closest("[data-record]")?.scrollIntoView({ block: "nearest" });
}

/** @param {number} step */
function move(step) {
  const all = stops();
  const at = all.findIndex((stop) => stop.closest("[data-record]") === current());
  const next = at === -1 ? (step > 0 ? 0 : all.length - 1) : at + step;
  if (next >= 0 && next < all.length) {
    focus(all[next]);
  } else if (Math.abs(step) === 1) {
    find(`.pagination [rel='${step > 0 ? "next" : "prev"}']`, HTMLAnchorElement)?.click();
  }
}

/** How many records stand beside each other. */
function columns() {
  const tops = [...form.querySelectorAll("[data-record]")].filter(isElement);
  return tops.filter((record) => record.offsetTop === tops[0]?.offsetTop).length;
}

function mark() {
  const box = current()?.querySelector("input[type='checkbox']");
  if (!(box instanceof HTMLInputElement)) {
    return false;
  }
  box.click();
  return true;
}

function open() {
  const link = current()?.querySelector("[data-row-link]");
  if (!(link instanceof HTMLAnchorElement) || document.activeElement === link) {
    return false;
  }
  link.click();
  return true;
}

const ask = () => element("[data-opens-dialog]", HTMLButtonElement, form).click();
const previous = () => move(-1);
const next = () => move(1);

form.addEventListener("change", show);
form.addEventListener("submit", (event) => {
  // Enter in a checkbox would send a form whose reason nobody has seen.
  if (!dialog.open) {
    event.preventDefault();
    return;
  }
  addElsewhere();
});

const address = new URL(location.href);
if (address.searchParams.has("returned")) {
  sessionStorage.removeItem(under);
  address.searchParams.delete("returned");
  history.replaceState(null, "", address);
}
const marks = kept();
for (const box of boxes()) {
  box.checked = marks.has(box.value);
}
show();

listen({
  moves: {
    n: next,
    p: previous,
    ArrowRight: next,
    ArrowLeft: previous,
    ArrowDown: () => move(columns()),
    ArrowUp: () => move(-columns()),
  },
  acts: { x: mark, r: ask, Enter: open, f: () => field.focus() },
});

if (document.activeElement === document.body) {
  const isBack = document.referrer.includes("/sheet/") && isFurther(document.referrer);
  focus(isBack ? stops().at(-1) : stops()[0]);
}

/**
 * Whether an address is a later page of this sheet, from which one comes back to its last record.
 *
 * @param {string} other
 */
function isFurther(other) {
  const page = (/** @type {URL} */ { searchParams }) => Number(searchParams.get("page") ?? 1);
  return page(new URL(other)) === page(new URL(location.href)) + 1;
}
