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
document.addEventListener("htmx:responseError", (event) => {
  notify(event.detail.xhr.status === 401 ? sentences.loggedOut : sentences.failed);
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens-dialog]");
  if (opener) {
    document.getElementById(opener.dataset.opensDialog).showModal();
  }
  event.target.closest("[data-closes-dialog]")?.closest("dialog").close();
});

