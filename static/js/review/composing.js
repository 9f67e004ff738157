// @ts-check
// Whether an input method is at work. Safari ends the composition before it tells of the Enter that
// committed it, so an Enter that comes in the same breath still belongs to the input method.

const BREATH_MS = 30;
const INPUT_METHOD_KEY_CODE = 229;

let isUnderWay = false;
let endedAt = -Infinity;

/** @param {EventTarget} page */
export function listen(page = document) {
  const begin = () => {
    isUnderWay = true;
  };
  const leave = () => {
    isUnderWay = false;
  };
  /** @param {Event} event */
  const end = (event) => {
    isUnderWay = false;
    endedAt = event.timeStamp;
  };
  page.addEventListener("compositionstart", begin, true);
  page.addEventListener("focusout", leave, true);
  page.addEventListener("compositionend", end, true);
}

/**
 * @param {Pick<KeyboardEvent, "key" | "keyCode" | "isComposing" | "timeStamp">} event
 * @returns {boolean}
 */
export function isComposing(event) {
  const commits = event.key === "Enter" && event.timeStamp - endedAt < BREATH_MS;
  return isUnderWay || event.isComposing || event.keyCode === INPUT_METHOD_KEY_CODE || commits;
}
