// @ts-check
// At most AT_ONCE jobs run at a time; a job that fails does not hold up the next one.

/** @typedef {() => Promise<void>} Job */

export const AT_ONCE = 3;
/** @type {Job[]} */
const waiting = [];
let running = 0;

/** @param {Job} job */
export function enqueue(job) {
  waiting.push(job);
  startNext();
}

export function isBusy() {
  return running > 0 || waiting.length > 0;
}

async function startNext() {
  const job = running < AT_ONCE ? waiting.shift() : undefined;
  if (!job) {
    return;
  }
  running += 1;
  try {
    await job();
  } finally {
    running -= 1;
    startNext();
  }
}
