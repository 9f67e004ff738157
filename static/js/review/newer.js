// @ts-check
// Which of two states of a field is the later one. Pure.

/**
 * @typedef {object} Stamp
 * @property {number} version of the field itself
 * @property {number} judged counts up with every change of any value of the record, which may move
 *   the flags of this field too
 */

/**
 * @param {Stamp} state
 * @param {Stamp} than
 */
export function isNewer(state, than) {
  if (state.version !== than.version) {
    return state.version > than.version;
  }
  return state.judged > than.judged;
}
