// @ts-check
// The life of a field on the review screen, as a table. Pure: `field.js` keeps the state of each
// field and writes it into the document; others tell it what happened.

/**
 * The first seven rest; in the last three a request is on its way, and meanwhile something may be
 * typed (`typed_on`) or taken back (`aside_on`).
 *
 * @typedef {"open" | "aside" | "saved" | "retrying" | "refused" | "blocked" | "conflict"
 *   | "saving" | "typed_on" | "aside_on"} State
 */

/**
 * typed: a person changed the text. reverted: Escape took the text away, for the saved value.
 * restored: what was typed before a reload stands in the input again. sent: a request left.
 * The others are answers. landed: the server has all that the field says. outdated: it has what was
 * sent, and by now the field says more. unanswered: no answer, or none that decides. refused: the
 * value cannot be. blocked: the record cannot be written now. contested: somebody else changed it.
 *
 * @typedef {"landed" | "outdated" | "unanswered" | "refused" | "blocked" | "contested"} Answer
 * @typedef {"typed" | "reverted" | "restored" | "sent" | Answer} Happening
 */

/**
 * @typedef {object} Request
 * @property {string} value as it stood in the input when the request left
 * @property {string} verify "1" where it asked to verify the value
 */

/**
 * @typedef {object} Field
 * @property {State} state
 * @property {Request | null} request what is on its way to the server
 * @property {string | null} landed what was typed and is saved, if the server writes it otherwise
 * @property {string | null} putAside what Escape took away, until something is typed
 * @property {boolean} isRestored whether the text was put back after a reload
 */

/** @typedef {Partial<Omit<Field, "state">>} Memory */

/** @type {Readonly<Record<Answer, State>>} */
const ANSWERS = {
  landed: "saved",
  outdated: "open",
  unanswered: "retrying",
  refused: "refused",
  blocked: "blocked",
  contested: "conflict",
};

/** @typedef {Readonly<Partial<Record<Happening, State>>>} Row what follows from what */

/** @type {Row} */
const AT_REST = { typed: "open", reverted: "aside", sent: "saving" };
/** @type {Row} */
const ON_ITS_WAY = { typed: "typed_on", reverted: "aside_on", ...ANSWERS };

/**
 * What follows from what, by state. What a row does not name leaves the state as it is: typing does
 * not settle a conflict, and while a request is on its way no second one leaves.
 *
 * @type {Readonly<Record<State, Row>>}
 */
export const LIFE = {
  open: AT_REST,
  aside: AT_REST,
  saved: AT_REST,
  retrying: AT_REST,
  refused: AT_REST,
  blocked: AT_REST,
  conflict: { reverted: "aside", sent: "saving" },
  saving: ON_ITS_WAY,
  typed_on: ON_ITS_WAY,
  aside_on: ON_ITS_WAY,
};

/**
 * What a state says beside its input and in `data-save`: a word of templates/review/words.html.
 *
 * @type {Readonly<Record<State, string>>}
 */
export const SAYS = {
  open: "",
  aside: "put-aside",
  saved: "saved",
  retrying: "retrying",
  refused: "refused",
  blocked: "blocked",
  conflict: "conflict",
  saving: "saving",
  typed_on: "",
  aside_on: "put-aside",
};

/**
 * What a field remembers or forgets when something happens.
 *
 * @type {Readonly<Record<Happening, Memory>>}
 */
const MEMORY = {
  typed: { putAside: null, isRestored: false },
  reverted: {},
  restored: { isRestored: true },
  sent: {},
  landed: { request: null },
  outdated: { request: null },
  unanswered: { request: null },
  refused: { request: null },
  blocked: { request: null },
  contested: { request: null, landed: null },
};

/** @type {Readonly<Field>} */
export const UNTOUCHED = {
  state: "open",
  request: null,
  landed: null,
  putAside: null,
  isRestored: false,
};

/**
 * Whether a happening means something to a field in this state.
 *
 * @param {State} state
 * @param {Happening} happening
 */
export const concerns = (state, happening) => happening in LIFE[state];

/**
 * Whether the rest of the page must hear of it. What is outdated is sent again at once; before
 * that, the page would take the field for saved and might submit the record.
 *
 * @param {State} state
 * @param {Happening} happening
 */
export const isNews = (state, happening) => concerns(state, happening) && happening !== "outdated";

/**
 * @param {Readonly<Field>} field
 * @param {Happening} happening
 * @param {Memory} [details] what to remember of it
 * @returns {Field}
 */
export function next(field, happening, details = {}) {
  const state = LIFE[field.state][happening] ?? field.state;
  return { ...field, ...MEMORY[happening], ...details, state };
}

/**
 * Whether a text is neither the saved value nor what the server made the saved value from.
 *
 * @param {string} text
 * @param {string} saved
 * @param {string | null} landed
 */
export const isChanged = (text, saved, landed) => text.trim() !== saved && text !== landed;
