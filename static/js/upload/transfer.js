// One POST of one picture. Network failures are tried again by themselves before a person is asked.

const PAUSES = [1000, 3000];

export class Broken extends Error {}
export class LoggedOut extends Error {}

export async function transfer(action, body, token, onProgress) {
  for (const pause of PAUSES) {
    try {
      return await post(action, body, token, onProgress);
    } catch (error) {
      if (!(error instanceof Broken)) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return post(action, body, token, onProgress);
}

function post(action, body, token, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", action);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRFToken", token);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    request.addEventListener("error", () => reject(new Broken()));
    request.addEventListener("abort", () => reject(new Broken()));
    request.addEventListener("load", () => settle(request, action, resolve, reject));
    request.send(body);
  });
}

function settle(request, action, resolve, reject) {
  if (request.status >= 500) {
    reject(new Broken());
  } else if (new URL(request.responseURL).pathname !== new URL(action, location.href).pathname) {
    reject(new LoggedOut());
  } else {
    resolve({ accepted: request.status < 300, html: request.responseText });
  }
}
