// @ts-check
// Who has answered: the server, its log-in, or something on the way to it, such as a proxy. Pure.

/** @typedef {Pick<XMLHttpRequest, "status" | "responseURL" | "getResponseHeader">} Answered */
/** @typedef {{ xhr: Answered, requestConfig: { path: string } }} Answer */

const LOG_IN = "/login/";
// By these the server refuses, too, but then it names a place on the page for the reason.
const REFUSALS = [401, 403, 407, 413];
export const TOO_LARGE = 413;
export const TOO_OFTEN = 429;

/**
 * @param {Answer} answer
 * @param {string} page address of the page that asked
 * @returns {[asked: string, answered: string]} paths
 */
function paths({ xhr, requestConfig }, page) {
  const asked = new URL(requestConfig.path, page).pathname;
  return [asked, xhr.responseURL ? new URL(xhr.responseURL).pathname : asked];
}

/**
 * The server led to its log-in instead of answering, or says that it knows the person no more.
 *
 * @param {Answer} answer
 * @param {string} [page]
 */
export function isSessionEnd(answer, page = location.href) {
  const [asked, answered] = paths(answer, page);
  const isLedToLogIn = answered === LOG_IN && asked !== LOG_IN;
  return isLedToLogIn || answer.xhr.getResponseHeader("X-Session-Ended") !== null;
}

/**
 * Something on the way has refused in the server's place: its page must be put nowhere.
 *
 * @param {Answer} answer
 * @param {string} [page]
 */
export function isRefusedOnTheWay(answer, page = location.href) {
  const hasPlace = answer.xhr.getResponseHeader("HX-Retarget") !== null;
  return REFUSALS.includes(answer.xhr.status) && !hasPlace && !isSessionEnd(answer, page);
}

/**
 * The same, or it led elsewhere, where the server never leads: from a save, a step, a picture.
 *
 * @param {Answer} answer
 * @param {string} [page]
 */
export function isFromBetween(answer, page = location.href) {
  const [asked, answered] = paths(answer, page);
  const isLedElsewhere = answered !== asked && !isSessionEnd(answer, page);
  return isLedElsewhere || isRefusedOnTheWay(answer, page);
}
