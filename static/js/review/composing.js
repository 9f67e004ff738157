// Whether an input method is at work. Safari ends the composition before it tells of the Enter that committed
// it, so an Enter that comes in the same breath still belongs to the input method.

const BREATH = 30;
const INPUT_METHOD = 229;

let composing = false;
let endedAt = -Infinity;

document.addEventListener("compositionstart", () => (composing = true), true);
document.addEventListener("focusout", () => (composing = false), true);
document.addEventListener(
  "compositionend",
  (event) => {
    composing = false;
    endedAt = event.timeStamp;
  },
  true,
);

export function isComposing(event) {
  const commits = event.key === "Enter" && event.timeStamp - endedAt < BREATH;
  return composing || event.isComposing || event.keyCode === INPUT_METHOD || commits;
}
