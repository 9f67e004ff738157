// @ts-check
// Says that a picture cannot be shown, or that it is there. A plain script in the head, because a
// picture may fail or come before any module runs; that is told to nobody but a listener that
// captures.

/** @param {Event} event */
const frameOf = ({ target }) =>
  target instanceof SVGImageElement ? target.closest(".picture-frame") : null;

document.addEventListener(
  "error",
  (event) => frameOf(event)?.querySelector(".picture-lost")?.removeAttribute("hidden"),
  { capture: true },
);
// On the root and not the document: Chromium tells of an SVG picture only where an element listens.
document.documentElement.addEventListener(
  "load",
  (event) => frameOf(event)?.setAttribute("data-is-shown", ""),
  { capture: true },
);
