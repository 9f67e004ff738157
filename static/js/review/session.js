// Who is logged in and who holds the record: the token of each request, the heartbeat, and what to say when either ends.

import { root } from "./dom.js";

const BEAT = 60_000;
const IDLE = 15 * BEAT;

const banner = document.querySelector("#review-banner");
const heartbeat = document.querySelector("#heartbeat");
let activeAt = Date.now();

// Another tab may have logged in meanwhile, which changes the token that the page came with.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

export function isSessionEnd({ xhr, requestConfig }) {
  const asked = new URL(requestConfig.path, location.href).pathname;
  const answered = xhr.responseURL ? new URL(xhr.responseURL).pathname : asked;
  return answered !== asked || xhr.status === 401 || (xhr.status === 403 && !xhr.getResponseHeader("HX-Retarget"));
}

export function endSession() {
  if (!banner.querySelector("[data-session-ended]")) {
    const notice = document.querySelector("#session-ended").content.firstElementChild.cloneNode(true);
    notice.dataset.sessionEnded = "";
    banner.replaceChildren(notice);
  }
}

export const resumeSession = () => banner.querySelector("[data-session-ended]")?.remove();

function beat() {
  heartbeat.dispatchEvent(new CustomEvent("beat"));
}

// A clerk who went away does not keep the record from others.
function onActivity() {
  const wasIdle = Date.now() - activeAt > IDLE;
  activeAt = Date.now();
  if (wasIdle) {
    beat();
  }
}

export function listen() {
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.headers["X-CSRFToken"] = token() ?? detail.headers["X-CSRFToken"];
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (isSessionEnd(detail)) {
      detail.shouldSwap = false;
      endSession();
    }
  });
  // An answer that leads to another page: what is unsaved waits there as a draft.
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    if (detail.xhr.getResponseHeader("HX-Redirect")) {
      root.dataset.leaving = "";
    }
  });
  for (const name of ["pointerdown", "keydown", "wheel"]) {
    document.addEventListener(name, onActivity, { capture: true, passive: true });
  }
  setInterval(() => {
    if (Date.now() - activeAt <= IDLE) {
      beat();
    }
  }, BEAT);
}
