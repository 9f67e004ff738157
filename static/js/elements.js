// @ts-check
// Elements of the document with their types. One of another kind than a script expects is an error
// at once.

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} kind
 * @param {ParentNode} [within]
 * @returns {T | null}
 */
export function find(selector, kind, within = document) {
  const match = within.querySelector(selector);
  if (match && !(match instanceof kind)) {
    throw new TypeError(`${selector} is no ${kind.name}`);
  }
  return match;
}

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} kind
 * @param {ParentNode} [within]
 * @returns {T}
 */
export function element(selector, kind, within = document) {
  const match = find(selector, kind, within);
  if (!match) {
    throw new TypeError(`the page has no ${selector}`);
  }
  return match;
}

/**
 * The element with this selector that an event happened in.
 *
 * @template {Element} T
 * @param {Pick<Event, "target">} event
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T | null}
 */
export function around(event, selector, kind) {
  const match = event.target instanceof Element ? event.target.closest(selector) : null;
  return match instanceof kind ? match : null;
}

/**
 * What a template holds, as an element of its own.
 *
 * @param {HTMLTemplateElement} template
 * @returns {HTMLElement}
 */
export function copyOf(template) {
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}
