// @ts-check
// The login without a page to go back to follows a log-out, not the end of a session: nobody comes
// back for drafts.

import { forgetAll } from "./drafts.js";

forgetAll();
