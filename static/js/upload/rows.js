// The list of results: a row waits, shows its progress, and gives way to the server's own row.

const form = document.querySelector("#upload");
const list = document.querySelector("#upload-list");
const template = document.querySelector("#upload-row");
const summary = document.querySelector("#upload-summary");
const toBatch = document.querySelector("#to-batch");
const retryAll = document.querySelector("#retry-all");
const counts = { all: 0, done: 0, refused: 0 };

export function addRow(name) {
  document.querySelector("#upload-results").hidden = false;
  const row = template.content.firstElementChild.cloneNode(true);
  row.querySelector(".upload-row__name").textContent = name;
  say(row, form.dataset.waiting);
  list.append(row);
  counts.all += 1;
  summarise();
  return row;
}

export function say(row, sentence) {
  row.querySelector(".upload-row__state").textContent = sentence;
}

export function showProgress(row, loaded, total) {
  const bar = row.querySelector("progress");
  if (loaded < total) {
    bar.value = loaded / total;
    say(row, `${Math.floor((100 * loaded) / total)} %`);
  } else {
    bar.removeAttribute("value");
    say(row, form.dataset.checking);
  }
}

export function showResult(row, { accepted, html }) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const result = holder.content.firstElementChild;
  row.replaceWith(result);
  if (result.dataset.batchUrl) {
    toBatch.href = result.dataset.batchUrl;
    toBatch.hidden = false;
  }
  finish(accepted);
}

export function refuse(row, sentence) {
  row.classList.add("upload-row--refused");
  row.querySelector(".upload-row__mark").textContent = "✗";
  const text = document.createElement("p");
  text.setAttribute("role", "alert");
  text.textContent = sentence;
  row.querySelector(".upload-row__text").replaceChildren(text);
  finish(false);
}

export function offerRetry(row, sentence, retry) {
  const button = row.querySelector("button");
  row.classList.add("upload-row--broken");
  row.querySelector("progress").value = 0;
  say(row, sentence);
  button.hidden = retryAll.hidden = false;
  button.addEventListener(
    "click",
    () => {
      button.hidden = true;
      row.classList.remove("upload-row--broken");
      retryAll.hidden = !list.querySelector(".upload-row--broken");
      say(row, form.dataset.waiting);
      retry();
    },
    { once: true },
  );
}

retryAll.addEventListener("click", () => {
  for (const button of list.querySelectorAll(".upload-row--broken button")) {
    button.click();
  }
});

function finish(accepted) {
  counts.done += 1;
  counts.refused += accepted ? 0 : 1;
  summarise();
}

function summarise() {
  summary.textContent = form.dataset.summary
    .replace("DONE", counts.done)
    .replace("ALL", counts.all)
    .replace("REFUSED", counts.refused);
}
