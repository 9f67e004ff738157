// @ts-check
// Trying again by itself what the network swallowed: sooner at first, then every half minute, and
// at once when it is back.

import { entries } from "./dom.js";
import { fieldOf } from "./field.js";
import { send } from "./save.js";

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

let timer = 0;
let attempts = 0;

export function retrySoon() {
  if (!timer) {
    timer = window.setTimeout(retryNow, Math.min(FIRST_MS * 2 ** attempts, LONGEST_MS));
    attempts += 1;
  }
}

export function retryNow() {
  clearTimeout(timer);
  timer = 0;
  for (const entry of entries()) {
    if (fieldOf(entry).state === "retrying") {
      send(entry);
    }
  }
}

export function calmDown() {
  attempts = 0;
}

export function listen() {
  window.addEventListener("online", retryNow);
  window.addEventListener("focus", retryNow);
}
