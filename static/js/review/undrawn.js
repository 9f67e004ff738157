// Says beside a value which of its characters no font here can draw: they look like boxes and are right all the same.
// A font draws what it lacks as it draws what no font has; noncharacters are never assigned.

import { entries, inputOf, root } from "./dom.js";

const SIZE = 24;
const UNASSIGNED = ["\u{FFFFE}", "\u{2FFFE}", "\uFDD0"];
const PLAIN = /^[\p{ASCII}\s]$/u;

const sentence = document.querySelector("#characters-dialog").dataset.undrawn;
const canvas = Object.assign(document.createElement("canvas"), { width: 2 * SIZE, height: 2 * SIZE });
const paper = canvas.getContext("2d", { willReadFrequently: true });
const known = new Map();
let missing = null;

function shapeOf(character) {
  paper.clearRect(0, 0, canvas.width, canvas.height);
  paper.fillText(character, SIZE / 2, SIZE / 2);
  return paper.getImageData(0, 0, canvas.width, canvas.height).data.join();
}

function isDrawn(character) {
  if (!missing) {
    paper.font = `${SIZE}px ${getComputedStyle(root).fontFamily}`;
    paper.textBaseline = "top";
    missing = new Set(UNASSIGNED.map(shapeOf));
  }
  if (!known.has(character)) {
    known.set(character, PLAIN.test(character) || !missing.has(shapeOf(character)));
  }
  return known.get(character);
}

const codeOf = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

function update(entry) {
  const characters = [...new Set(inputOf(entry).value)].filter((character) => !isDrawn(character));
  const text = characters
    .map((character) => sentence.replace("{character}", character).replace("{code}", codeOf(character)))
    .join(" ");
  let note = entry.querySelector(".entry__undrawn");
  if (!note && text) {
    note = Object.assign(document.createElement("p"), { className: "entry__undrawn" });
    note.setAttribute("role", "status");
    inputOf(entry).closest(".entry__line").after(note);
  }
  if (note && note.textContent !== text) {
    note.textContent = text;
    note.hidden = !text;
  }
}

export function listen() {
  const updateAll = () => entries().forEach(update);
  updateAll();
  root.addEventListener("review:changed", updateAll);
  root.addEventListener("input", ({ target }) => {
    const entry = target.closest(".entry");
    if (entry && target === inputOf(entry)) {
      update(entry);
    }
  });
}
