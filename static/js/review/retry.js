// Trying again by itself what the network swallowed: sooner at first, then every half minute, and at once when it is back.

import { entries } from "./dom.js";
import { send } from "./save.js";

const FIRST = 1000;
const LONGEST = 30_000;

let timer = 0;
let attempts = 0;

export function retrySoon() {
  if (!timer) {
    timer = setTimeout(retryNow, Math.min(FIRST * 2 ** attempts, LONGEST));
    attempts += 1;
  }
}

export function retryNow() {
  clearTimeout(timer);
  timer = 0;
  entries().filter((entry) => entry.dataset.save === "retrying").forEach(send);
}

export const calmDown = () => (attempts = 0);

export function listen() {
  window.addEventListener("online", retryNow);
  window.addEventListener("focus", retryNow);
}
