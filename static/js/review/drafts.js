// What was typed and is not confirmed by the server, per tab, person, record and field.

import { PREFIX } from "../drafts.js";
import { confirmationOf, inputOf, root, versionOf, wantsVerify } from "./dom.js";

const spare = new Map();
const keyOf = (entry) => `${PREFIX}${root.dataset.user}:${root.dataset.submission}:${entry.dataset.field}`;

export function read(entry) {
  const key = keyOf(entry);
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? spare.get(key) ?? null;
  } catch {
    return spare.get(key) ?? null;
  }
}

function write(entry, draft) {
  const key = keyOf(entry);
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    spare.set(key, draft);
  }
}

export function forget(entry) {
  const key = keyOf(entry);
  spare.delete(key);
  try {
    sessionStorage.removeItem(key);
  } catch {
    // A browser that stores nothing has nothing to remove.
  }
}

// `sent` are values whose answer has not come: the server may or may not have them.
export function keep(entry, { version = versionOf(entry).value, sent = read(entry)?.sent ?? [] } = {}) {
  const confirmation = confirmationOf(entry).value;
  write(entry, { value: inputOf(entry).value, verify: wantsVerify(entry), confirmation, version, sent });
}

export function noteSent(entry) {
  const sent = read(entry)?.sent ?? [];
  keep(entry, { sent: [...new Set([...sent, inputOf(entry).value.trim()])] });
}

export const mayHaveLanded = (entry, value) => (read(entry)?.sent ?? []).includes(value);
