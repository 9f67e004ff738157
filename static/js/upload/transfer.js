// One POST of one picture. Network failures are tried again by themselves before a person is asked.

const PAUSES = [1000, 3000];

export class Broken extends Error {}
export class LoggedOut extends Error {}

export async function transfer(action, body, onProgress) {
  for (const pause of PAUSES) {
    try {
      return await post(action, body, onProgress);
    } catch (error) {
      if (!(error instanceof Broken)) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return post(action, body, onProgress);
}

// Read anew each time: logging in again, in another tab, changes it.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

function post(action, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", action);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRFToken", token() ?? "");
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    request.addEventListener("error", () => reject(new Broken()));
    request.addEventListener("abort", () => reject(new Broken()));
    request.addEventListener("load", () => settle(request, resolve, reject));
    request.send(body);
  });
}

// Did not arrive in time, or a proxy took it for too large.
const NOT_ARRIVED = [408, 413];

function settle(request, resolve, reject) {
  if (request.status >= 500 || NOT_ARRIVED.includes(request.status)) {
    reject(new Broken());
  } else if (!request.responseText.trimStart().startsWith("<li")) {
    reject(new LoggedOut());
  } else {
    resolve({ accepted: request.status < 300, html: request.responseText });
  }
}
