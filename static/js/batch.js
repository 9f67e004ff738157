// @ts-check
// The list of a batch by keys, for who approves: move, open, approve and go on, return, choose.

import { element, find } from "./elements.js";
import { showLarge } from "./large_picture.js";
import { listen } from "./shortcuts.js";

const BOX = "input[name='chosen']";
const approval = element("#approve-one", HTMLFormElement);
let isSent = false;

const rows = () =>
  /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".records-table__record")]);

/** @param {HTMLElement} row */
const linkOf = (row) => find("th a", HTMLAnchorElement, row);

/** @param {HTMLElement} row */
const boxOf = (row) => find(BOX, HTMLInputElement, row);

function current() {
  const row = document.activeElement?.closest(".records-table__record");
  return row instanceof HTMLElement ? row : null;
}

/** @param {HTMLElement | undefined} row */
function focus(row) {
  if (row) {
    (linkOf(row) ?? boxOf(row))?.focus();
    row.scrollIntoView({ block: "nearest" });
  }
}

/** @param {number} step */
function move(step) {
  const all = rows();
  const row = current();
  const at = row ? all.indexOf(row) + step : step > 0 ? 0 : all.length - 1;
  focus(all[Math.min(Math.max(at, 0), all.length - 1)]);
}

/** @param {HTMLElement} row */
const waits = (row) => "approvable" in row.dataset || "unseen" in row.dataset;

function open() {
  const row = current();
  const isElsewhere = document.activeElement !== document.body;
  if (document.activeElement instanceof HTMLAnchorElement || (isElsewhere && !row)) {
    return false;
  }
  const target = row ?? rows().find(waits);
  if (target) {
    linkOf(target)?.click();
  }
  return true;
}

/**
 * Send a value along with the approval of one record.
 *
 * @param {string} name
 * @param {string} value
 */
function give(name, value) {
  approval.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
}

/** Approve the record in focus; one with values kept against a rule is opened at these first. */
function approve() {
  const row = current();
  const link = row && linkOf(row);
  const box = row && boxOf(row);
  if (!row || !link || !box || !waits(row) || isSent) {
    return false;
  }
  if ("unseen" in row.dataset) {
    location.assign(`${link.href}#overrides`);
    return true;
  }
  const others = rows().filter((other) => waits(other) && other !== row);
  const behind = others.find((other) => rows().indexOf(other) > rows().indexOf(row));
  const next = behind ?? others[0] ?? row;
  isSent = true;
  give("chosen", box.value);
  give("at", boxOf(next)?.value.split(":")[0] ?? "");
  approval.submit();
  return true;
}

function choose() {
  const row = current();
  if (!row || document.activeElement === boxOf(row)) {
    return false;
  }
  boxOf(row)?.click();
  return true;
}

/** @param {string} id */
const ask = (id) => {
  find(`[data-opens-dialog='${id}']:not(:disabled)`, HTMLButtonElement)?.click();
};

function askForReturn() {
  const row = current();
  if (!document.querySelector(`${BOX}:checked`) && row) {
    boxOf(row)?.click();
  }
  ask("return-chosen");
}

function look() {
  const { picture, turn } = current()?.dataset ?? {};
  if (picture) {
    showLarge(picture, (360 - Number(turn)) % 360);
  }
  return picture !== undefined;
}

// Enter in a box would send the form in which the boxes are, without its dialog.
element("#chosen", HTMLFormElement).addEventListener("submit", (event) => {
  if (!document.querySelector("#chosen dialog[open]")) {
    event.preventDefault();
  }
});
window.addEventListener("pageshow", () => {
  isSent = false;
});

const next = () => move(1);
const previous = () => move(-1);

listen({
  moves: { j: next, k: previous, ArrowDown: next, ArrowUp: previous },
  acts: {
    Enter: open,
    a: approve,
    r: askForReturn,
    o: look,
    A: () => ask("approve-chosen"),
    s: () => element("#to-sheet", HTMLAnchorElement).click(),
    " ": choose,
  },
});
