// @ts-check
// One POST of one picture. Network failures are tried again by themselves before a person is asked.

import { csrfToken } from "../csrf.js";

/** @typedef {{ accepted: boolean, html: string }} Result */
/** @typedef {(loaded: number, total: number) => void} OnProgress in bytes */

const PAUSES_MS = [1000, 3000];
// Did not arrive in time, or a proxy took it for too large.
const NOT_ARRIVED = [408, 413];

export class Broken extends Error {
  /** @param {string} [html] the server's own row, where it could say what is wrong */
  constructor(html = "") {
    super();
    this.html = html;
  }
}
export class LoggedOut extends Error {}

/**
 * @param {string} action
 * @param {FormData} body
 * @param {OnProgress} onProgress
 * @returns {Promise<Result>}
 * @throws {Broken} when it did not arrive, time and again
 * @throws {LoggedOut} when it was not let in
 */
export async function transfer(action, body, onProgress) {
  for (const pause of PAUSES_MS) {
    try {
      return await post(action, body, onProgress);
    } catch (error) {
      if (!(error instanceof Broken)) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return post(action, body, onProgress);
}

/**
 * @param {string} action
 * @param {FormData} body
 * @param {OnProgress} onProgress
 * @returns {Promise<Result>}
 */
function post(action, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", action);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRFToken", csrfToken() ?? "");
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded, total));
    request.addEventListener("error", () => reject(new Broken()));
    request.addEventListener("abort", () => reject(new Broken()));
    request.addEventListener("load", () => settle(request, resolve, reject));
    request.send(body);
  });
}

/**
 * @param {XMLHttpRequest} request
 * @param {(result: Result) => void} resolve
 * @param {(error: Error) => void} reject
 */
function settle(request, resolve, reject) {
  const isRow = request.responseText.trimStart().startsWith("<li");
  if (request.status >= 500 || NOT_ARRIVED.includes(request.status)) {
    reject(new Broken(isRow ? request.responseText : ""));
  } else if (!isRow) {
    reject(new LoggedOut());
  } else {
    resolve({ accepted: request.status < 300, html: request.responseText });
  }
}
