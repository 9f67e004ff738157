// @ts-check
// The review screen. Each module has one concern; here they are wired to the page.

import { isFromStore } from "../came_back.js";
import { askAhead, listen as listenToAhead } from "./ahead.js";
import { listen as listenToAsking } from "./ask.js";
import { listen as listenToCharacters } from "./characters.js";
import { listen as listenToComposing } from "./composing.js";
import { listen as listenToConflicts } from "./conflict.js";
import { listen as listenToContests } from "./contested.js";
import { entries } from "./dom.js";
import { listen as listenToEdits } from "./edit.js";
import { listen as listenToEmptying } from "./emptied.js";
import { isUnsaved } from "./field.js";
import { listen as listenToFinish } from "./finish.js";
import { listen as listenToGroups } from "./grouped.js";
import { listen as listenToHaving } from "./has.js";
import { listen as listenToJumps } from "./jump.js";
import { listen as listenToKeys } from "./keys.js";
import { listen as listenToMarks } from "./marks.js";
import { listen as listenToNext } from "./next.js";
import { listen as listenToOffers } from "./offers.js";
import { listen as listenToOutcomes } from "./outcome.js";
import { listen as listenToOvertaking } from "./overtaken.js";
import { listen as listenToPointers } from "./pointers.js";
import { listen as listenToProgress } from "./progress.js";
import { listen as listenToRetries } from "./retry.js";
import { listen as listenToSaves } from "./save.js";
import { goToField, listen as listenToSelection } from "./select.js";
import { isLedAway, listen as listenToSession } from "./session.js";
import { start } from "./start.js";
import { listen as listenToTools } from "./tools.js";
import { listen as listenToUndo } from "./undo.js";
import { listen as listenToUndrawn } from "./undrawn.js";
import { listen as listenToWholes } from "./whole.js";

listenToComposing();
listenToSession();
listenToSaves();
listenToHaving();
listenToOutcomes();
listenToOvertaking();
listenToRetries();
listenToConflicts();
listenToContests();
listenToEdits();
listenToSelection();
listenToWholes();
listenToProgress();
listenToGroups();
listenToFinish();
listenToAsking();
listenToOffers();
listenToKeys();
listenToMarks();
listenToEmptying();
listenToJumps();
listenToUndo();
listenToCharacters();
listenToUndrawn();
listenToAhead();
listenToNext();
listenToPointers(goToField);
listenToTools();

window.addEventListener("beforeunload", (event) => {
  if (!isLedAway() && entries().some(isUnsaved)) {
    event.preventDefault();
  }
});

// htmx takes the forms over on the same event, before this: nothing is sent that it would miss.
if (!isFromStore()) {
  const begin = () => {
    start();
    askAhead();
  };
  document.addEventListener("DOMContentLoaded", begin, { once: true });
}
