// @ts-check
// Says that a picture cannot be shown. A plain script in the head, because a picture may fail before
// any module runs; what fails to load is told to nobody but a listener that captures.

document.addEventListener(
  "error",
  ({ target }) => {
    const frame = target instanceof SVGImageElement ? target.closest(".picture-frame") : null;
    frame?.querySelector(".picture-lost")?.removeAttribute("hidden");
  },
  { capture: true },
);
