// @ts-check
// Where the open field comes to lie: in two columns the values move as little as they can; where
// the picture stands above them, the field comes right under it, with its crop.

const STACKED = "(max-width: 60rem), (max-height: 30rem)";

/** @param {Element} entry */
export function bringIntoView(entry) {
  const isStacked = window.matchMedia(STACKED).matches;
  entry.scrollIntoView({ block: isStacked ? "start" : "nearest" });
}
