// Two people changed one value: the clerk chooses, by mouse or keyboard.

import { inputOf, root, savedValue } from "./dom.js";
import { replaceText } from "./edit.js";
import { dropConflict } from "./outcome.js";
import { send } from "./save.js";

// The state region already carries the present version, so what is sent now is against their value.
function choose(entry, choice) {
  dropConflict(entry);
  if (choice === "theirs") {
    replaceText(inputOf(entry), savedValue(entry));
  }
  inputOf(entry).focus();
  send(entry);
}

export const firstChoice = (entry) => entry.querySelector("[data-choice]");

export function listen() {
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-choice]");
    if (button) {
      choose(button.closest(".entry"), button.dataset.choice);
    }
  });
  root.addEventListener("input", ({ target }) => {
    const yours = target.closest(".entry")?.querySelector('[data-part="yours"]');
    if (yours) {
      yours.textContent = target.value || "—";
    }
  });
}
