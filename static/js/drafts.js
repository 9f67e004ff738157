// @ts-check
// What was typed and not saved lies in the storage of its tab, under keys that begin with this.
export const PREFIX = "draft:";

export function forgetAll() {
  try {
    for (const key of Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))) {
      sessionStorage.removeItem(key);
    }
  } catch {
    // A browser that stores nothing has nothing to remove.
  }
}
