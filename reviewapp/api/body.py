"""The body of an API request, read from the server's stream with a limit on size and time.

Django's own reading is not used: it gives nothing for chunked bodies, which the Node SDK always
sends, and refuses long ones with a page.
"""

from typing import Any

from reviewapp.api.errors import ApiError, throttled
from reviewapp.incoming import KNOWN, PIECE, CutOff, GaveWay, Incoming
from reviewapp.pictures.files import BYTE_LIMIT


def read_body(environ: dict[str, Any]) -> bytes:
    """Return the whole body of a caller whose signature was right.

    1. What it says of its length. 2. Its bytes, up to the limit. 3. Who was too slow is told so.
    Raises ApiError: exceededImageContent over 10 MB, ServiceTimeout for a sender who stops,
    Throttling.User for one who is slow while another slow one is waited for.
    """
    incoming = Incoming.of(environ)
    incoming.is_known = True
    if incoming.left > BYTE_LIMIT:
        raise ApiError("exceededImageContent")
    content = bytearray()
    try:
        with incoming.waiting(KNOWN):
            while piece := incoming.read(PIECE):
                content += piece
                if len(content) > BYTE_LIMIT:
                    raise ApiError("exceededImageContent")
    except GaveWay as error:
        raise throttled() from error
    except CutOff as error:
        raise ApiError("ServiceTimeout") from error
    return bytes(content)
