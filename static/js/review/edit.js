// Changes of an input that a key makes. They go through the browser's own editing, so that Ctrl+Z undoes them.

import { confirmationOf, inputOf, isUnsaved, root, savedValue, showSave, stateOf, verifyOf } from "./dom.js";
import { forget, keep, read } from "./drafts.js";
import { requestSave } from "./save.js";

export function replaceText(input, text) {
  input.focus({ preventScroll: true });
  input.select();
  const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!done && input.value !== text) {
    input.value = text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

// Back to the saved value; once more brings back what was typed.
export function revert(entry) {
  const input = inputOf(entry);
  const typed = input.value;
  const saved = savedValue(entry);
  if (typed !== saved) {
    replaceText(input, saved);
    entry.dataset.putAside = typed;
    showSave(entry, "put-aside");
  } else if (entry.dataset.putAside) {
    replaceText(input, entry.dataset.putAside);
  }
}

// Take the first, second … value that the findings of a field propose; to verify it is another step.
export function takeProposal(entry, number) {
  const button = stateOf(entry).querySelectorAll("[data-proposal]")[number - 1];
  if (button) {
    const proposed = root.querySelector(`.entry[data-field="${button.dataset.proposal}"]`);
    replaceText(inputOf(proposed), button.value);
    requestSave(proposed);
  }
}

export function undoToRead(entry) {
  replaceText(inputOf(entry), stateOf(entry).dataset.read);
  requestSave(entry);
}

export function listen() {
  root.addEventListener("input", ({ target }) => {
    const entry = target.closest(".entry");
    if (!entry || target !== inputOf(entry)) {
      return;
    }
    // What is changed after it was verified is not verified, and a reason was given for another value.
    verifyOf(entry).value = "";
    confirmationOf(entry).value = "";
    delete entry.dataset.putAside;
    delete entry.dataset.restored;
    delete root.dataset.message;
    if (isUnsaved(entry) || read(entry)?.sent.length) {
      keep(entry);
    } else {
      forget(entry);
    }
    if (entry.dataset.save !== "conflict") {
      showSave(entry, "");
    }
  });
  root.addEventListener("click", ({ target }) => {
    const entry = target.closest(".entry");
    const proposal = target.closest("[data-proposal]");
    if (target.closest('[data-action="undo"]')) {
      undoToRead(entry);
    } else if (proposal) {
      takeProposal(entry, [...stateOf(entry).querySelectorAll("[data-proposal]")].indexOf(proposal) + 1);
    }
  });
}
