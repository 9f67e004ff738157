// @ts-check
// After a reload or a crash: put back what was typed and never confirmed, and save it again.

import { confirmationOf, entries, inputOf, savedValue, verifyOf, versionOf } from "./dom.js";
import { forget, read } from "./drafts.js";
import { tell } from "./field.js";
import { requestSave } from "./save.js";

/**
 * @param {import("./dom.js").Entry} entry
 * @param {import("./drafts.js").Draft} draft
 */
function putBack(entry, draft) {
  inputOf(entry).value = draft.value;
  confirmationOf(entry).value = draft.confirmation;
  verifyOf(entry).value = draft.verify ? "1" : "";
  // Against the version that the person saw: if somebody changed the value since, the server says
  // so.
  if (!draft.sent.includes(savedValue(entry))) {
    versionOf(entry).value = draft.version;
  }
  tell(entry, "restored");
  requestSave(entry);
}

export function restore() {
  for (const entry of entries()) {
    const draft = read(entry);
    if (draft && (draft.value.trim() !== savedValue(entry) || draft.verify)) {
      putBack(entry, draft);
    } else if (draft) {
      forget(entry);
    }
  }
}
