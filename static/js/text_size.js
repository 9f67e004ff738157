// @ts-check
// How large text is, kept in this browser for each person. A classic script, so that the page is
// never painted in another size first.

const TEXT_SIZES = ["normal", "large", "largest"];
const textSizeKey = `text-size-${document.currentScript?.dataset.user}`;

function storedTextSize() {
  try {
    return localStorage.getItem(textSizeKey) ?? "";
  } catch {
    return "";
  }
}

/** @param {string | undefined} name */
function applyTextSize(name) {
  const size = name && TEXT_SIZES.includes(name) ? name : "normal";
  document.documentElement.dataset.textSize = size;
  for (const button of document.querySelectorAll("[data-text-size-choice]")) {
    const isChosen = button.getAttribute("data-text-size-choice") === size;
    button.setAttribute("aria-pressed", String(isChosen));
  }
  return size;
}

applyTextSize(storedTextSize());

document.addEventListener("DOMContentLoaded", () => applyTextSize(storedTextSize()));

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest("[data-text-size-choice]") : null;
  if (!(button instanceof HTMLElement)) {
    return;
  }
  const size = applyTextSize(button.dataset.textSizeChoice);
  try {
    localStorage.setItem(textSizeKey, size);
  } catch {
    // A browser that stores nothing still shows the chosen size until the next page.
  }
});
