// @ts-check
// A classic script, so that the page is never painted in the wrong colours first.
const THEMES = ["auto", "light", "dark"];

function storedTheme() {
  try {
    return localStorage.getItem("theme") ?? "auto";
  } catch {
    return "auto";
  }
}

/** @param {string} theme */
function applyTheme(theme) {
  if (theme === "auto") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
}

applyTheme(storedTheme());

document.addEventListener("DOMContentLoaded", () => {
  const select = document.querySelector("[data-theme-switch]");
  if (!(select instanceof HTMLSelectElement)) {
    return;
  }
  select.value = THEMES.includes(storedTheme()) ? storedTheme() : "auto";
  select.addEventListener("change", () => {
    applyTheme(select.value);
    try {
      localStorage.setItem("theme", select.value);
    } catch {
      // A browser that stores nothing still shows the chosen theme until the next page.
    }
  });
});
