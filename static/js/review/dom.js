// What the review screen is made of. All state stands in the document.

export const root = document.querySelector("#review");

export const entries = () => [...root.querySelectorAll(".entry")];
export const selected = () => root.querySelector(".entry[aria-current]");

const part = (entry, name) => entry.querySelector(`[data-part="${name}"]`);
export const inputOf = (entry) => part(entry, "input");
export const stateOf = (entry) => part(entry, "state");
export const versionOf = (entry) => part(entry, "version");
export const confirmationOf = (entry) => part(entry, "confirmation");
export const verifyOf = (entry) => part(entry, "verify");
const savedOf = (entry) => part(entry, "saved");

export const savedValue = (entry) => stateOf(entry).dataset.value;
export const hasConflict = (entry) => "conflict" in stateOf(entry).dataset;
export const hasError = (entry) => "error" in stateOf(entry).dataset;
export const wantsVerify = (entry) => verifyOf(entry).value === "1";

export function isDirty(entry) {
  const typed = inputOf(entry).value;
  return typed.trim() !== savedValue(entry) && typed !== entry.dataset.landed;
}

export const isUnsaved = (entry) => isDirty(entry) || wantsVerify(entry) || "sending" in entry.dataset;

// What a person must still look at: doubtful and not on its way to being verified, or refused by the server.
export function needsCheck(entry) {
  if (hasConflict(entry) || entry.dataset.save === "refused") {
    return true;
  }
  return stateOf(entry).dataset.state === "flagged" && !wantsVerify(entry);
}

export function word(name, values = {}) {
  const key = `word-${name}`.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), root.dataset[key]);
}

// `state` is saving, saved, retrying, blocked, refused, conflict, put-aside or empty.
export function showSave(entry, state) {
  entry.dataset.save = state;
  const parts = ["restored" in entry.dataset && "restored", state].filter(Boolean);
  savedOf(entry).textContent = parts.map((name) => word(name)).join(" · ");
  root.dispatchEvent(new CustomEvent("review:changed"));
}

export const polygonOf = (name) => document.querySelector(`#picture polygon[data-field="${name}"]`);
