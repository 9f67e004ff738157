"""How the API refuses: a code of the contract with its HTTP status, always as JSON."""

import secrets
from dataclasses import dataclass, field

from reviewapp.engines.acs3.errors import ErrorCode, error_codes
from reviewapp.exceptions import EngineError, InvalidImage, ReviewError

BOTH_INPUTS = "The image URL and the body are both given. Send exactly one of them."
# An SDK that repeats a call whose body was a stream signs and sends the nothing that is left in it.
EMPTY_RETRY = (
    "The body is empty. This is a retry (x-acs-retry-attempts), and the stream with the picture was "
    "read to its end by the first attempt: give the SDK the picture's bytes instead of a file or "
    "stream, or leave out retry_options and repeat the call with a new request."
)
EMPTY_BODY = (
    "The body is empty. If it was a file or stream, it had been read to its end before: open it "
    "anew for each call, or give the picture's bytes."
)
SEVERAL_PAGES = (
    "The file holds %(count)s pages or frames, and only the first would be read. "
    "Save each page as a picture of its own and send them one by one."
)
UNMARKED_INKS = (
    "The picture is stored in printing inks (CMYK) and does not say which end of them is white, so "
    "it could show as a negative. Save it in RGB and send it again."
)
# What the contract has no code for, and what the caller is told in place of the general sentence.
PICTURE_DETAILS = {"severalPages": SEVERAL_PAGES, "unmarkedInks": UNMARKED_INKS}
# How long a caller is asked to stay away, in milliseconds: spread out, so that callers do not come
# back together.
RETRY_AFTER_MS = range(3000, 5000)

RECOMMENDATIONS = {
    "MissingAccessKeyId": (
        "Sign the request with an access key of this server, algorithm ACS3-HMAC-SHA256."
    ),
    "InvalidAccessKeyId.NotFound": (
        "Ask this server's administrator for a key; the cloud's keys are not known here."
    ),
    "InvalidAccessKeyId.Inactive": "This key was revoked. Ask the administrator for another one.",
    "SignatureDoesNotMatch": (
        "Check the secret, and that no proxy changes the Host header, the query or the body."
    ),
    "SignatureNonceUsed": "Send every request with a new x-acs-signature-nonce.",
    "InvalidTimeStamp.Expired": (
        "Set the clock: x-acs-date must be within 15 minutes of the server's time, in UTC."
    ),
    "InvalidTimeStamp.Format": "Write x-acs-date in UTC as YYYY-MM-DDTHH:MM:SSZ.",
    "noPermission": "Ask the administrator to give the key's owner the permission “recognise”.",
    "InvalidAction.NotFound": (
        "This server answers RecognizeBirthCertification, version 2021-07-07."
    ),
    "UnsupportedHTTPMethod": "Send the request by POST.",
    "InternalError": "The server failed. Try again; its log says more.",
    "imageUrlOrBodyEmpty": (
        "Send either the query parameter Url or the picture's bytes as the body."
    ),
    "exceededImageUrlLength": "Send the picture as the body.",
    "notSafeImageUrl": "Send the picture as the body, or ask the administrator to allow this host.",
    "IllegalImageUrl": (
        "Check that the address answers with a picture, or send the picture as the body."
    ),
    "imageTimeOut": "Try again, or send the picture as the body.",
    "exceededImageContent": (
        "Save the picture with less than 10 MB; below 1.5 MB it is read faster."
    ),
    "unsupportedImageFormat": (
        "Send PNG, JPEG, BMP, GIF, TIFF or WebP; save PDF pages as pictures first."
    ),
    "illegalImageSize": (
        "Both sides must be above 15 and below 8192 pixels, the longer less than 50 times the "
        "other."
    ),
    "unmatchedImageType": "Send a picture of a birth certificate that shows the whole form.",
    "Throttling.User": "Wait as long as x-acs-retry-after says (milliseconds), then try again.",
    "ServiceTimeout": (
        "Try again with a smaller picture, or allow the client a longer read timeout."
    ),
}

# What a stranger's picture did, in the contract's words where our own are finer.
PICTURE_CODES = {
    "emptyFile": "imageUrlOrBodyEmpty",
    "truncatedImage": "unsupportedImageFormat",
    "damagedImage": "unsupportedImageFormat",
    "imageBomb": "illegalImageSize",
    "illegalImageRatio": "illegalImageSize",
}
# What an engine may say about a picture; all else is our own business and answered as
# ServiceUnavailable.
ENGINE_CODES = frozenset(
    {
        "unmatchedImageType",
        "unsupportedImageFormat",
        "illegalImageSize",
        "illegalImageContent",
        "exceededImageContent",
        "algorithmError",
        "AlgorithmTimeout",
        "ServiceTimeout",
        "Throttling.User",
    }
)


@dataclass
class ApiError(Exception):
    """A refusal in the contract's terms; `detail` replaces the table's message."""

    code: str
    detail: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return _known(self.code).status

    def body(self, *, request_id: str, host: str) -> dict[str, str]:
        """Return the answer's JSON object, as every SDK reads it."""
        return {
            "RequestId": request_id,
            "HostId": host,
            "Code": self.code,
            "Message": self._message(),
            "Recommend": RECOMMENDATIONS.get(self.code, ""),
        }

    def _message(self) -> str:
        message = _known(self.code).message or RECOMMENDATIONS[self.code]
        if not self.detail:
            return message
        # Here the detail goes on where the table's sentence ends.
        if self.code == "SignatureDoesNotMatch":
            return f"{message} {self.detail}"
        return self.detail


def known_codes() -> list[ErrorCode]:
    """Return the codes of the table that name one refusal, without its patterns and guesses."""
    return [known for code, known in error_codes().items() if code.replace(".", "").isalpha()]


def _known(code: str) -> ErrorCode:
    if code in error_codes() or not code.startswith("Missing"):
        return error_codes()[code]
    message = f"{code.removeprefix('Missing')} is mandatory for this action."
    return ErrorCode(code, status=400, message=message, retryable=False)


def throttled() -> ApiError:
    """Ask the caller to come back in a moment; the SDKs understand the header."""
    milliseconds = secrets.choice(RETRY_AFTER_MS)
    return ApiError("Throttling.User", headers={"x-acs-retry-after": str(milliseconds)})


def from_refusal(error: ReviewError) -> ApiError:
    """Return what the API answers where a page would show the error's sentence."""
    if isinstance(error, InvalidImage):
        return _from_picture(error)
    if not isinstance(error, EngineError) or error.code not in ENGINE_CODES:
        return ApiError("ServiceUnavailable")
    if error.code == "Throttling.User":
        return throttled()
    return ApiError(error.code)


def _from_picture(error: InvalidImage) -> ApiError:
    if error.code in PICTURE_DETAILS:
        detail = PICTURE_DETAILS[error.code] % error.params
        return ApiError("unsupportedImageFormat", detail=detail)
    code = PICTURE_CODES.get(error.code, error.code)
    return ApiError(code if code in error_codes() else "unsupportedImageFormat")
