// At most AT_ONCE jobs run at a time; a job that fails does not hold up the next one.

const AT_ONCE = 3;
const waiting = [];
let running = 0;

export function enqueue(job) {
  waiting.push(job);
  startNext();
}

export function isBusy() {
  return running > 0 || waiting.length > 0;
}

async function startNext() {
  if (running >= AT_ONCE || !waiting.length) {
    return;
  }
  running += 1;
  try {
    await waiting.shift()();
  } finally {
    running -= 1;
    startNext();
  }
}
