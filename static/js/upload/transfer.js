// @ts-check
// One POST of one picture. Network failures are tried again by themselves before a person is asked.

import { isSessionEnd } from "../answered.js";
import { csrfToken } from "../csrf.js";

/** @typedef {{ accepted: boolean, html: string }} Result */
/** @typedef {(loaded: number, total: number) => void} OnProgress in bytes */

const PAUSES_MS = [1000, 3000];
// Did not arrive in time, or too much came at once.
const NOT_ARRIVED = [408, 429];

export class Unsent extends Error {
  /**
   * @param {number} [status] of the answer; 0 where there was none
   * @param {string} [html] the server's own row or notice, where it could say what is wrong
   */
  constructor(status = 0, html = "") {
    super();
    this.status = status;
    this.html = html;
  }
}
/** It may well arrive later. */
export class Broken extends Unsent {}
/** It was sent back, by the server or by something on the way to it. */
export class SentBack extends Unsent {}
export class LoggedOut extends Error {}

/**
 * @param {string} action
 * @param {FormData} body
 * @param {OnProgress} onProgress
 * @returns {Promise<Result>}
 * @throws {Broken} when it did not arrive, time and again
 * @throws {SentBack} when it would be sent back again
 * @throws {LoggedOut} when nobody is logged in
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
    request.addEventListener("load", () => settle(request, action, resolve, reject));
    request.send(body);
  });
}

/**
 * @param {XMLHttpRequest} request
 * @param {string} action
 * @param {(result: Result) => void} resolve
 * @param {(error: Error) => void} reject
 */
function settle(request, action, resolve, reject) {
  const { status, responseText } = request;
  const isRow = responseText.trimStart().startsWith("<li");
  const isOurs = isRow || request.getResponseHeader("HX-Retarget") !== null;
  const html = isOurs ? responseText : "";
  if (status >= 500 || NOT_ARRIVED.includes(status)) {
    reject(new Broken(status, html));
  } else if (isRow) {
    resolve({ accepted: status < 300, html });
  } else if (isSessionEnd({ xhr: request, requestConfig: { path: action } })) {
    reject(new LoggedOut());
  } else {
    reject(new SentBack(status, html));
  }
}
