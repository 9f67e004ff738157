// Answers may overtake each other, and each brings the states of all fields: an older state never replaces a newer one.

import { hasConflict, root, stateOf } from "./dom.js";

const versionIn = (state) => Number(state.querySelector('[data-part="version"]').value);

function isNewer(one, other) {
  const [mine, theirs] = [versionIn(one), versionIn(other)];
  return mine > theirs || (mine === theirs && Number(one.dataset.judged) > Number(other.dataset.judged));
}

function ownState(html, entry) {
  return new DOMParser().parseFromString(html, "text/html").querySelector(`#${stateOf(entry).id}`);
}

export function listen() {
  root.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const entry = detail.target.closest(".entry");
    if (!entry || hasConflict(entry) || !isNewer(detail.fragment.firstElementChild, detail.target)) {
      detail.shouldSwap = false;
    }
  });
  // A refusal or a conflict is always shown; a plain answer only if no later one was here before.
  root.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const entry = detail.target.closest(".entry");
    const coming = entry && detail.xhr.status === 200 ? ownState(detail.serverResponse, entry) : null;
    if (coming && isNewer(stateOf(entry), coming)) {
      detail.shouldSwap = false;
    }
  });
}
