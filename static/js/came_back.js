// @ts-check
// A page that comes back from the browser's history shows what was, perhaps to somebody else.

// Kept whole by the browser, it goes on where it was left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    location.reload();
  }
});

// Taken from the browser's store without asking the server. Such a page asks for the present state
// before it does anything; the reload that asks is no way back any more, so this ends.
export function isFromStore() {
  const [way] = performance.getEntriesByType("navigation");
  return (
    way instanceof PerformanceNavigationTiming &&
    way.type === "back_forward" &&
    way.transferSize === 0
  );
}
