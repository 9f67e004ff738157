// @ts-check
// The upload page: files chosen, dropped or pasted and addresses become rows.

import { TOO_LARGE, TOO_OFTEN } from "../answered.js";
import { element } from "../elements.js";
import { enqueue, isBusy } from "./queue.js";
import { addRow, offerRetry, refuse, say, sentenceOf, showProgress, showResult } from "./rows.js";
import { LoggedOut, SentBack, transfer, Unsent } from "./transfer.js";

const PICTURE_NAME = /\.(png|jpe?g|bmp|gif|tiff?|webp)$/i;
const form = element("#upload", HTMLFormElement);
const words = form.dataset;
const batch = element("[name=batch]", HTMLSelectElement, form);
const newBatch = element("[name=new_batch]", HTMLInputElement, form);
const files = element("#files", HTMLInputElement);
const dropzone = element("#dropzone", HTMLElement);
const url = element("#url", HTMLInputElement);

function chosenBatch() {
  const data = new FormData();
  data.append("batch", batch.value);
  data.append("new_batch", batch.value ? "" : newBatch.value);
  return data;
}

/**
 * The server decides by the bytes; this only spares a transfer that must fail.
 *
 * @param {File} file
 */
function problemOfFile(file) {
  if (!file.size) {
    return words.empty;
  }
  if (file.size > Number(words.limit)) {
    return words.tooLarge;
  }
  const mayBePicture = file.type.startsWith("image/") || PICTURE_NAME.test(file.name);
  return mayBePicture ? "" : words.noPicture;
}

/** @param {Unsent} error */
function problemByStatus(error) {
  const { status } = error;
  if (status === TOO_LARGE) {
    return words.betweenTooLarge;
  }
  if (status === TOO_OFTEN) {
    return words.betweenTooOften;
  }
  if (error instanceof SentBack) {
    return words.betweenRefused;
  }
  return status >= 500 ? words.betweenAway : words.broken;
}

/**
 * The server's own sentence where it gave one: a disk that is full is no broken line.
 *
 * @param {unknown} error
 */
function problemOf(error) {
  if (error instanceof LoggedOut) {
    return words.loggedOut;
  }
  return error instanceof Unsent ? sentenceOf(error.html) || problemByStatus(error) : words.broken;
}

/**
 * @param {HTMLElement} row
 * @param {string} action
 * @param {FormData} body
 */
function send(row, action, body) {
  enqueue(async () => {
    try {
      const result = await transfer(action, body, (loaded, total) =>
        showProgress(row, loaded, total),
      );
      showResult(row, result);
    } catch (error) {
      offerRetry(row, problemOf(error), () => send(row, action, body));
    }
  });
}

/**
 * @param {File} file
 * @param {string} [name]
 */
function sendFile(file, name = file.name) {
  const row = addRow(name);
  const problem = problemOfFile(file);
  if (problem) {
    refuse(row, problem);
    return;
  }
  const body = chosenBatch();
  body.append("file", file, name);
  send(row, form.action, body);
}

/** @param {FileList | undefined | null} list */
function sendAll(list) {
  for (const file of list ?? []) {
    sendFile(file);
  }
}

function sendUrl() {
  const address = url.value.trim();
  if (!address) {
    url.focus();
    return;
  }
  const row = addRow(address);
  say(row, words.fetching);
  const body = chosenBatch();
  body.append("url", address);
  send(row, words.urlAction ?? "", body);
  url.value = "";
}

files.addEventListener("change", () => {
  sendAll(files.files);
  files.value = "";
});

element("#fetch", HTMLElement).addEventListener("click", sendUrl);
url.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    sendUrl();
  }
});
form.addEventListener("submit", (event) => event.preventDefault());

/** @param {DragEvent} event */
function onDragOver(event) {
  event.preventDefault();
  dropzone.classList.add("dropzone--over");
}

document.addEventListener("dragenter", onDragOver);
document.addEventListener("dragover", onDragOver);
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) {
    dropzone.classList.remove("dropzone--over");
  }
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  dropzone.classList.remove("dropzone--over");
  sendAll(event.dataTransfer?.files);
});

document.addEventListener("paste", (event) => {
  for (const file of event.clipboardData?.files ?? []) {
    sendFile(file, `${words.pasted} ${file.name}`);
  }
});

window.addEventListener("beforeunload", (event) => {
  if (isBusy()) {
    event.preventDefault();
  }
});
