import { isFromStore } from "./came_back.js";

const notices = document.querySelector("#notices");
const sentences = document.querySelector("#shell-sentences").dataset;

export function notify(sentence, kind = "error") {
  const notice = document.createElement("div");
  notice.className = `notice notice--${kind}`;
  notice.append(Object.assign(document.createElement("p"), { textContent: sentence }));
  notices.replaceChildren(notice);
}

document.addEventListener("htmx:sendError", () => notify(sentences.offline));
document.addEventListener("htmx:timeout", () => notify(sentences.offline));
document.addEventListener("htmx:responseError", () => notify(sentences.failed));

// A page that refreshes itself after the session has ended is led to the login and back.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { xhr, requestConfig } = detail;
  const isElsewhere = new URL(xhr.responseURL).pathname !== new URL(requestConfig.path, location.href).pathname;
  if (isElsewhere && requestConfig.verb === "get") {
    detail.shouldSwap = false;
    location.reload();
  }
});

if (isFromStore()) {
  location.reload();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens-dialog]");
  if (opener) {
    document.getElementById(opener.dataset.opensDialog).showModal();
  }
  event.target.closest("[data-closes-dialog]")?.closest("dialog").close();
});
