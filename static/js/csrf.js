// @ts-check
// The token that each request carries. Read anew each time: logging in again, in another tab,
// changes it.

export const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
