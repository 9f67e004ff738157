// @ts-check
// Whether an answer means that the session has ended. Pure.

/**
 * The server led to the login instead of answering, or it knows the person no more. A refusal with
 * a place of its own on the page is one that the person is told of there.
 *
 * @param {HtmxAnswer} answer
 * @param {string} [page] address of the page that asked
 */
export function isSessionEnd({ xhr, requestConfig }, page = location.href) {
  const asked = new URL(requestConfig.path, page).pathname;
  const answered = xhr.responseURL ? new URL(xhr.responseURL).pathname : asked;
  const isRefusal = xhr.status === 403 && !xhr.getResponseHeader("HX-Retarget");
  return answered !== asked || xhr.status === 401 || isRefusal;
}
