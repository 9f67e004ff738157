import { enqueue, isBusy } from "./queue.js";
import { addRow, offerRetry, refuse, say, showProgress, showResult } from "./rows.js";
import { LoggedOut, transfer } from "./transfer.js";

const PICTURE_NAME = /\.(png|jpe?g|bmp|gif|tiff?|webp)$/i;
const form = document.querySelector("#upload");
const files = document.querySelector("#files");
const dropzone = document.querySelector("#dropzone");
const url = document.querySelector("#url");

function chosenBatch() {
  const data = new FormData();
  data.append("batch", form.elements.batch.value);
  data.append("new_batch", form.elements.batch.value ? "" : form.elements.new_batch.value);
  return data;
}

// The server decides by the bytes; this only spares a transfer that must fail.
function problemOf(file) {
  if (!file.size) {
    return form.dataset.empty;
  }
  if (file.size > Number(form.dataset.limit)) {
    return form.dataset.tooLarge;
  }
  const mayBePicture = file.type.startsWith("image/") || PICTURE_NAME.test(file.name);
  return mayBePicture ? "" : form.dataset.noPicture;
}

function send(row, action, body) {
  enqueue(async () => {
    try {
      const result = await transfer(action, body, (loaded, total) => showProgress(row, loaded, total));
      showResult(row, result);
    } catch (error) {
      const sentence = error instanceof LoggedOut ? form.dataset.loggedOut : form.dataset.broken;
      offerRetry(row, sentence, () => send(row, action, body));
    }
  });
}

function sendFile(file, name = file.name) {
  const row = addRow(name);
  const problem = problemOf(file);
  if (problem) {
    refuse(row, problem);
    return;
  }
  const body = chosenBatch();
  body.append("file", file, name);
  send(row, form.action, body);
}

function sendUrl() {
  const address = url.value.trim();
  if (!address) {
    url.focus();
    return;
  }
  const row = addRow(address);
  say(row, form.dataset.fetching);
  const body = chosenBatch();
  body.append("url", address);
  send(row, form.dataset.urlAction, body);
  url.value = "";
}

files.addEventListener("change", () => {
  Array.from(files.files).forEach((file) => sendFile(file));
  files.value = "";
});

document.querySelector("#fetch").addEventListener("click", sendUrl);
url.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    sendUrl();
  }
});
form.addEventListener("submit", (event) => event.preventDefault());

for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    dropzone.classList.add("dropzone--over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) {
    dropzone.classList.remove("dropzone--over");
  }
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  dropzone.classList.remove("dropzone--over");
  Array.from(event.dataTransfer.files).forEach((file) => sendFile(file));
});

document.addEventListener("paste", (event) => {
  Array.from(event.clipboardData.files).forEach((file) => sendFile(file, `${form.dataset.pasted} ${file.name}`));
});

window.addEventListener("beforeunload", (event) => {
  if (isBusy()) {
    event.preventDefault();
  }
});
