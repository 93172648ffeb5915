"""Errors by who can correct them. Whatever is not one of these is infrastructure: it is retried, never skipped."""

from dataclasses import dataclass, field


@dataclass
class Rejected(Exception):  # noqa: N818 - named for what happened to the request, as the whole field speaks of it
    """The caller can correct it: a 4xx answer with a stable code and a sentence that says what to do.

    `code` stands in the catalog `ERROR_CODES`; `sentence` names no PHI; `fields` maps a form field to its sentence;
    `for_programs` takes the place of `sentence` under /api where that speaks of pages; `retry_after` are the seconds
    after which the same may be asked again, where that is known; `audited` says that whoever opened the transaction has
    seen to its audit row.
    """

    code: str
    sentence: str
    status: int = 422
    fields: dict[str, str] = field(default_factory=dict)
    for_programs: str = ""
    retry_after: int = 0
    audited: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        if self.code not in ERROR_CODES:
            raise KeyError(f"{self.code} is not in ERROR_CODES")
        super().__init__(self.code)


def nothing_here() -> Rejected:
    """What is not there and what is not for whoever asks are answered alike: nobody learns which of the two it is."""
    return Rejected("not-found", "There is nothing at this address, or nothing you may see.", status=404)


class NotYet(Exception):  # noqa: N818 - as above
    """Something this event needs has not arrived: park its key and try again, in order."""


class Poison(Exception):  # noqa: N818 - as above
    """This event can never be handled: dead letter at once, its key is held until a person decides."""


def problem_type(code: str) -> str:
    """The `type` of a problem (RFC 9457, section 3.1.1): a name of its own for each code, at no address."""
    return f"urn:portico:problem:{code}"


ERROR_CODES = {
    "asked-already": "What was asked today may be asked again tomorrow.",
    "appeal-closed": "The appeal is decided; nothing about it changes any more.",
    "appeal-exists": "The line is in an appeal already.",
    "appeal-late": "The last day to appeal is over and no good cause was given.",
    "appeal-not-possible": "The line has no appeal rights.",
    "access-changing": "Access facts are newer elsewhere; try again in a moment.",
    "access-denied": "The user may know the object exists but may not do this.",
    "body-too-large": "The request body is over its cap.",
    "cursor-unknown": "A list has no such row to begin a page at.",
    "nothing-to-certify": "No access of the user is to be certified now.",
    "form-expired": "The form's anti-forgery value does not belong to this session.",
    "form-of-another-enrollment": "The form was opened while acting for another enrollment.",
    "form-outdated": "What the form was about has changed since it was opened.",
    "form-invalid": "One or more fields must be corrected.",
    "form-reused": "The same idempotency key came with different content.",
    "not-found": "No such object, or none this user may know of.",
    "method-not-allowed": "The address does not take this HTTP method.",
    "request-malformed": "The request is no valid HTTP, or its address or body cannot be read as what it says.",
    "inquiry-held": "The user or the NPI may not ask HETS now: too many refusals, or HETS blocks the NPI.",
    "inquiry-limited": "Too many inquiries: in an hour, or about one patient with details that do not match.",
    "inquiry-not-enrolled": "The NPI has no active HETS EDI enrollment with this submitter.",
    "inquiry-repeated": "The same inquiry was sent a moment ago and has no answer; send it again after Retry-After.",
    "look-up-limited": "Too many look-ups of Medicare numbers by a user or for an NPI, or wrong answers before them.",
    "look-up-locked": "The user's look-ups of Medicare numbers are locked until an administrator unlocks them.",
    "organization-limited": "A person asked for an organization too often today.",
    "organization-refused": "What was said of an organization does not agree with what is on file.",
    "remittance-not-agreed": "Payee and claims of a remittance in quarantine still do not agree.",
    "remittance-posted": "The payment was posted while its remittance was in quarantine.",
    "sign-in-limited": "Too many attempts from here.",
    "sign-in-required": "No session, or it has ended.",
    "token-invalid": "The internal token is missing, forged, stale or for another service.",
    "busy": "More is asked at once than can be done; try again in a moment.",
    "client-refused": "The client assertion is not acceptable.",
    "headers-too-large": "The headers of the request are over their cap.",
    "parameter-unknown": "The address has no such query parameter.",
    "request-too-slow": "The request did not arrive in time.",
    "service-unavailable": "What is asked for, or what it stands on, is away; try again later.",
    "too-many-requests": "More requests came from one address than one user can make.",
    "unexpected": "Something failed on our side.",
    "upload-active-content": "The PDF carries a script, a form action or another file.",
    "upload-empty": "The file has no content.",
    "upload-encrypted": "The PDF is protected by a password.",
    "upload-harmful": "The scanner found harmful content in the file.",
    "upload-not-document": "The file is not a PDF, TIFF or JPEG.",
    "upload-not-scanned": "The scanner that looks for harmful content is away; send the file again later.",
    "upload-not-x12": "The file is not an X12 interchange.",
    "upload-too-large": "The file is over the size cap.",
    "upload-byte-order-mark": "The file starts with a byte order mark or white space.",
    "upload-missing": "No file was chosen.",
    "upload-unreadable": "The file has the mark of its kind but cannot be read to its end.",
}
