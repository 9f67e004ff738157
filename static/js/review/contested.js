// @ts-check
// A conflict is seen wherever somebody types: it is named above the buttons, as a way to its field.

import { around, element, find } from "../elements.js";
import { firstChoice } from "./conflict.js";
import { entries, entryOf, hasConflict, root, word } from "./dom.js";

/** @typedef {import("./dom.js").Entry} Entry */

const banner = element("#review-banner", HTMLElement);

const shown = () => find("[data-contested]", HTMLElement, banner);

/** @param {Entry} entry */
function say(entry) {
  const { field = "" } = entry.dataset;
  const present = shown();
  if (present?.dataset.contested === field || (!present && banner.childElementCount > 0)) {
    return;
  }
  const label = find(".entry__label", HTMLElement, entry)?.textContent ?? "";
  const notice = document.createElement("div");
  notice.className = "notice notice--error";
  notice.dataset.contested = field;
  const way = document.createElement("a");
  way.href = `#entry-${field}`;
  way.textContent = word("contested", { label });
  notice.append(way);
  banner.replaceChildren(notice);
}

function update() {
  const contested = entries().find(hasConflict);
  if (contested) {
    say(contested);
  } else {
    shown()?.remove();
  }
}

export function listen() {
  root.addEventListener("review:changed", update);
  banner.addEventListener("click", (event) => {
    const notice = around(event, "[data-contested]", HTMLElement);
    if (notice) {
      event.preventDefault();
      const entry = entryOf(notice.dataset.contested);
      entry.scrollIntoView({ block: "center" });
      firstChoice(entry)?.focus();
    }
  });
}
