// @ts-check
// Says above the buttons why nothing can be saved just now, as long as that is so. What it says of the
// session and of the record goes before it.

import { TOO_LARGE, TOO_OFTEN } from "../answered.js";
import { element, find } from "../elements.js";
import { word } from "./dom.js";

const banner = element("#review-banner", HTMLElement);

const shown = () => find("[data-between]", HTMLElement, banner);

/** @param {number} status of the answer; 0 where there was none */
function sentenceFor(status) {
  if (status === TOO_LARGE) {
    return word("between-too-large");
  }
  if (status === TOO_OFTEN) {
    return word("between-too-often");
  }
  return word(status === 0 || status >= 500 ? "between-away" : "between-refused");
}

/** @param {number} status */
export function sayWhatIsBetween(status) {
  const sentence = sentenceFor(status);
  const present = shown();
  if (present?.textContent === sentence || (!present && banner.childElementCount > 0)) {
    return;
  }
  const notice = document.createElement("div");
  notice.className = "notice notice--warning";
  notice.dataset.between = "";
  notice.append(Object.assign(document.createElement("p"), { textContent: sentence }));
  banner.replaceChildren(notice);
}

export const nothingIsBetween = () => shown()?.remove();
