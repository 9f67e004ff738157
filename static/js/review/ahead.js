// @ts-check
// The record after this one is claimed and fetched while this one is worked on, its picture, too.
// What comes to nothing is given back.

import { csrfToken } from "../csrf.js";
import { element } from "../elements.js";
import { submission } from "./dom.js";

/**
 * @typedef {object} Ahead
 * @property {string} key of the record
 * @property {string} address of its review page
 * @property {string} token of what the server said of it
 * @property {string} html its pieces
 * @property {HTMLImageElement} picture held, so that the browser keeps it decoded
 */

const PATIENCE_MS = 2000;

/** @type {Ahead | null} */
let ahead = null;

/** @param {string} html */
function pictureIn(html) {
  const picture = new Image();
  const pieces = new DOMParser().parseFromString(html, "text/html");
  const href = pieces.querySelector("#record-picture image")?.getAttribute("href");
  if (href) {
    picture.src = href;
    // One that cannot be shown is told of where it is to be shown.
    picture.decode().catch(() => {});
  }
  return picture;
}

/**
 * @param {Response} answer
 * @returns {Promise<Ahead | null>}
 */
async function read(answer) {
  const address = answer.headers.get("X-Record");
  if (answer.status !== 200 || !address) {
    return null;
  }
  const html = await answer.text();
  const key = /\d+/.exec(address)?.[0] ?? "";
  const token = answer.headers.get("X-Token") ?? "";
  return { key, address, token, html, picture: pictureIn(html) };
}

/** @param {Ahead} unused */
function giveBack({ address }) {
  const form = new FormData();
  form.set("csrfmiddlewaretoken", csrfToken() ?? "");
  navigator.sendBeacon(address.replace("/review/", "/let-go/"), form);
}

async function fetchAhead() {
  const beside = submission();
  const { ahead: address = "" } = element("#record-head", HTMLElement).dataset;
  const headers = { "X-CSRFToken": csrfToken() ?? "", "HX-Request": "true" };
  const answer = await fetch(address, { method: "POST", headers, redirect: "error" });
  const coming = await read(answer);
  if (coming && beside === submission()) {
    ahead = coming;
  } else if (coming && coming.key !== submission()) {
    giveBack(coming);
  }
}

// Without it the next record comes as the answer to the step.
const ask = () => fetchAhead().catch(() => {});

export function askAhead() {
  if ("requestIdleCallback" in window) {
    window.requestIdleCallback(ask, { timeout: PATIENCE_MS });
  } else {
    setTimeout(ask, PATIENCE_MS);
  }
}

/**
 * The pieces of the record that comes: those of the answer, or those that were here before, with
 * what the step itself has changed.
 *
 * @param {string} address
 * @param {string} token of the record as the answer knows it
 * @param {string} html
 */
export function takeAhead(address, token, html) {
  const used = ahead;
  ahead = null;
  if (used && used.address !== address) {
    giveBack(used);
  }
  const isHere = used?.address === address && used.token === token;
  return isHere ? used.html + html : html;
}

export function listen() {
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (ahead) {
      detail.headers["X-Ahead"] = `${ahead.key} ${ahead.token}`;
    }
  });
  window.addEventListener("pagehide", () => {
    if (ahead) {
      giveBack(ahead);
      ahead = null;
    }
  });
}
