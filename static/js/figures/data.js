// @ts-check
// What is drawn of a table: pure, so that it can be tested without a page.

const DAY_MS = 86_400_000;

/**
 * A table as it stands in the page: heads of rows and columns, and numbers by row.
 *
 * @typedef {{ heads: string[], columns: string[], numbers: number[][] }} Table
 */

/**
 * The columns that are drawn: where shares have a unit, the counts beside them have another one.
 *
 * @param {Table} table
 * @param {string} unit
 */
export function drawn(table, unit) {
  return unit === "" ? table.columns : table.columns.slice(0, 1);
}

/**
 * Days since 1970 of each row, and the numbers by column.
 *
 * @param {Table} table
 * @param {number} columns
 * @returns {number[][]}
 */
export function lines(table, columns) {
  const days = table.heads.map((head) => Math.round(Date.parse(head) / DAY_MS));
  return [days, ...column(table, columns)];
}

/**
 * Bars beside each other: every bar has a place of its own, at which the others have nothing.
 *
 * @param {Table} table
 * @param {number} columns
 * @returns {(number | undefined)[][]}
 */
export function bars(table, columns) {
  const width = 0.8 / columns;
  const places = table.heads.flatMap((_head, row) =>
    Array.from({ length: columns }, (_one, at) => row + width * (at - (columns - 1) / 2)),
  );
  const heights = column(table, columns).map((numbers, at) =>
    places.map((_place, index) =>
      index % columns === at ? numbers[Math.floor(index / columns)] : undefined,
    ),
  );
  return [places, ...heights];
}

/**
 * @param {Table} table
 * @param {number} columns
 * @returns {number[][]}
 */
function column(table, columns) {
  return Array.from({ length: columns }, (_one, at) => table.numbers.map((row) => row[at] ?? 0));
}

/**
 * Month and day of a number of days since 1970, as the tables write them.
 *
 * @param {number} day
 */
export function dayLabel(day) {
  return Number.isInteger(day) ? new Date(day * DAY_MS).toISOString().slice(5, 10) : "";
}

/**
 * How wide a label is at the size of an axis, about: Chinese characters are as wide as high.
 *
 * @param {string} label
 */
export function labelWidth(label) {
  return [...label].reduce((width, char) => width + (char > "\u2e80" ? 12 : 7), 0);
}
