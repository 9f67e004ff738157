// @ts-check
// Says beside a value which of its characters no font here can draw: they look like boxes and are
// right all the same. A font draws what it lacks as it draws what no font has; noncharacters are
// never assigned.

import { element, find } from "../elements.js";
import { entries, entryTypedIn, inputOf, root } from "./dom.js";

/** @typedef {import("./dom.js").Entry} Entry */

const SIZE_PX = 24;
const UNASSIGNED = ["\u{FFFFE}", "\u{2FFFE}", "\uFDD0"];
const PLAIN = /^[\p{ASCII}\s]$/u;

const sentence = element("#characters-dialog", HTMLElement).dataset.undrawn ?? "";
const canvas = document.createElement("canvas");
canvas.width = 2 * SIZE_PX;
canvas.height = 2 * SIZE_PX;
const paper = /** @type {CanvasRenderingContext2D} */ (
  canvas.getContext("2d", { willReadFrequently: true })
);

/** @type {Map<string, boolean>} */
const drawn = new Map();
/** @type {Set<string> | null} */
let missingShapes = null;

/** @param {string} character */
function shapeOf(character) {
  paper.clearRect(0, 0, canvas.width, canvas.height);
  paper.fillText(character, SIZE_PX / 2, SIZE_PX / 2);
  return paper.getImageData(0, 0, canvas.width, canvas.height).data.join();
}

function shapesOfMissing() {
  paper.font = `${SIZE_PX}px ${getComputedStyle(root).fontFamily}`;
  paper.textBaseline = "top";
  return new Set(UNASSIGNED.map(shapeOf));
}

/** @param {string} character */
function isDrawn(character) {
  missingShapes ??= shapesOfMissing();
  let answer = drawn.get(character);
  if (answer === undefined) {
    answer = PLAIN.test(character) || !missingShapes.has(shapeOf(character));
    drawn.set(character, answer);
  }
  return answer;
}

/** @param {string} character */
function codeOf(character) {
  const number = character.codePointAt(0) ?? 0;
  return `U+${number.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** @param {string} character */
const sentenceFor = (character) =>
  sentence.replace("{character}", character).replace("{code}", codeOf(character));

/** @param {Entry} entry */
function addNote(entry) {
  const note = document.createElement("p");
  note.className = "entry__undrawn";
  note.setAttribute("role", "status");
  inputOf(entry).closest(".entry__line")?.after(note);
  return note;
}

/** @param {Entry} entry */
function update(entry) {
  const characters = [...new Set(inputOf(entry).value)];
  const undrawn = characters.filter((character) => !isDrawn(character));
  const text = undrawn.map(sentenceFor).join(" ");
  const note = find(".entry__undrawn", HTMLElement, entry) ?? (text ? addNote(entry) : null);
  if (note && note.textContent !== text) {
    note.textContent = text;
    note.hidden = !text;
  }
}

export function listen() {
  const updateAll = () => entries().forEach(update);
  updateAll();
  root.addEventListener("review:changed", updateAll);
  root.addEventListener("input", (event) => {
    const entry = entryTypedIn(event);
    if (entry) {
      update(entry);
    }
  });
}
