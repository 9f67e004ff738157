// @ts-check
// A record comes to the screen: its picture upright, what was typed before put back, the first
// doubtful field at hand.

import { entries } from "./dom.js";
import { needsCheck } from "./field.js";
import { openPicture } from "./picture.js";
import { clearMessage, update } from "./progress.js";
import { restore } from "./restore.js";
import { goTo, mark, nextToCheck } from "./select.js";

const NARROW = "(max-width: 60rem), (pointer: coarse)";

export function start() {
  openPicture();
  clearMessage();
  restore();
  const first = nextToCheck(null) ?? entries()[0];
  if (first && window.matchMedia(NARROW).matches) {
    // On a phone the keyboard would cover what is to be looked at.
    mark(first, { scroll: needsCheck(first) });
  } else if (first) {
    goTo(first);
  }
  update();
}
