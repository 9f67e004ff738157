// @ts-check
// The review screen. Each module has one concern; here they are wired to the page.

import { isFromStore } from "../came_back.js";
import { listen as listenToCharacters } from "./characters.js";
import { listen as listenToComposing } from "./composing.js";
import { listen as listenToConflicts } from "./conflict.js";
import { entries } from "./dom.js";
import { listen as listenToEdits } from "./edit.js";
import { isUnsaved, needsCheck } from "./field.js";
import { listen as listenToFinish } from "./finish.js";
import { listen as listenToKeys } from "./keys.js";
import { listen as listenToOutcomes } from "./outcome.js";
import { listen as listenToOvertaking } from "./overtaken.js";
import { hasPicture } from "./picture.js";
import { listen as listenToPointers } from "./pointers.js";
import { listen as listenToProgress, update } from "./progress.js";
import { restore } from "./restore.js";
import { listen as listenToRetries } from "./retry.js";
import { listen as listenToSaves } from "./save.js";
import { goTo, goToField, listen as listenToSelection, mark, nextToCheck } from "./select.js";
import { isLedAway, listen as listenToSession } from "./session.js";
import { listen as listenToTools } from "./tools.js";
import { listen as listenToUndrawn } from "./undrawn.js";

const NARROW = "(max-width: 60rem), (pointer: coarse)";

listenToComposing();
listenToSession();
listenToSaves();
listenToOutcomes();
listenToOvertaking();
listenToRetries();
listenToConflicts();
listenToEdits();
listenToSelection();
listenToProgress();
listenToFinish();
listenToKeys();
listenToCharacters();
listenToUndrawn();
if (hasPicture()) {
  listenToPointers(goToField);
  listenToTools();
}

window.addEventListener("beforeunload", (event) => {
  if (!isLedAway() && entries().some(isUnsaved)) {
    event.preventDefault();
  }
});

function start() {
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

// htmx takes the forms over on the same event, before this: nothing is sent that it would miss.
if (!isFromStore()) {
  document.addEventListener("DOMContentLoaded", start, { once: true });
}
