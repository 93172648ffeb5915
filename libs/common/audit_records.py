"""The catalog of audit records: every action on every kind of object, and whether it shows patient data to who acts.

Each call of `UnitOfWork.audit` is one of these. An outcome other than `done` is the same action, refused or failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Audited:
    """One action on one kind of object. `shows`: who acts sees data of patients by it; `words` for an investigator."""

    action: str
    kind: str
    words: str
    shows: bool = False


RECORDS = (
    # What any route may leave behind.
    Audited("refuse", "route", "Access to a page or to an operation of the API was refused."),
    Audited("refuse", "object", "An object was asked for that the person may not know of, or by a form of another."),
    # Files, of whatever they are.
    Audited("upload", "attachment", "A file that was sent was refused."),
    Audited("download", "attachment", "A file that was sent with something was downloaded.", shows=True),
    # Forms that are put aside.
    Audited("save", "draft", "A form was put aside."),
    Audited("read", "draft", "A form that was put aside was opened again.", shows=True),
    Audited("discard", "draft", "A form that was put aside was given up, or sent."),
    # Signing in, sessions, access.
    Audited("sign-in", "account", "A person signed in, or a step of it failed."),
    Audited("sign-in", "client", "A program was given a token, or was not."),
    Audited("sign-in", "address", "Attempts from one address came too often."),
    Audited("sign-out", "session", "A session ended."),
    Audited("sign-out", "account", "Other sessions of an account ended with a new sign-in."),
    Audited("step-up", "session", "A fresh code was entered."),
    Audited("act-for", "enrollment", "An enrollment was chosen to act for."),
    Audited("refuse", "session", "A request came from another website."),
    Audited("lock", "account", "An account was locked after failed attempts."),
    Audited("disable", "account", "An account was disabled after failed attempts."),
    Audited("sign", "agreement", "The Rules of Behavior were accepted."),
    Audited("lapse", "agreement", "The Rules of Behavior are to be accepted again: there is a new version."),
    Audited("read", "users", "An administrator saw the users of the organization."),
    Audited("read", "user", "An administrator saw what one user may do."),
    Audited("add", "grant", "A grant was given."),
    Audited("remove", "grant", "A grant was taken away."),
    Audited("refuse", "grant", "A change of a grant was refused."),
    Audited("change", "role", "A user became an administrator, or the dual role of one began or ended."),
    Audited("refuse", "role", "A change of a role was refused."),
    Audited("list", "authorizations", "An administrator saw which companies may act for a provider."),
    Audited("read", "authorization", "An administrator saw the authorization of a company."),
    Audited("ask", "authorization", "A company asked a provider to let it act for them, or could not."),
    Audited("sign", "authorization", "A provider signed the letter of authorization of a company."),
    Audited("refuse", "authorization", "A provider refused a company, or a change was refused."),
    Audited("end", "authorization", "The authorization of a company ended, or its request was taken back."),
    Audited("list", "access-requests", "Requests for access were listed."),
    Audited("read", "access-request", "A request for access was shown."),
    Audited("ask", "access-request", "A user asked for access."),
    Audited("remind", "access-request", "A user had the administrators told again of a request."),
    Audited("approve", "access-request", "An administrator approved a request for access."),
    Audited("decline", "access-request", "An administrator refused a request for access."),
    Audited("refuse", "access-request", "A request for access, or a decision about one, was refused."),
    Audited("withdraw", "access-request", "A user took a request for access back."),
    Audited("lapse", "access-request", "Nobody decided about a request for access in time."),
    Audited("read", "access-report", "An administrator saw who did not sign in, and who manages users."),
    Audited("download", "access-report", "The same, or the requests, were downloaded."),
    Audited("send", "access-report", "Administrators were told how many requests wait."),
    Audited("list", "look-up-associations", "An administrator saw who looks up Medicare numbers for which NPI."),
    Audited("download", "look-up-associations", "The same was downloaded."),
    Audited("begin", "look-up-association", "A user was associated with an NPI for looking up Medicare numbers."),
    Audited("end", "look-up-association", "The association of a user with an NPI for look-ups ended."),
    Audited("read", "certifications", "An administrator saw whose access is to be certified."),
    Audited("certify", "certification", "Access was certified for another year."),
    Audited("decline", "certification", "Access was not certified, and ended."),
    Audited("refuse", "certification", "A certification was refused."),
    Audited("import", "feed", "A file of an enrollment partner was taken in."),
    # Eligibility.
    Audited("list", "inquiries", "The last inquiries were listed.", shows=True),
    Audited("ask", "inquiry", "An eligibility inquiry was sent.", shows=True),
    Audited("answer", "inquiry", "HETS answered an inquiry, or did not."),
    Audited("read", "inquiry", "An answer was shown.", shows=True),
    Audited("print", "inquiry", "An answer was made into a PDF.", shows=True),
    Audited("hold", "asker", "A user or an NPI may not ask HETS any more, or for some time: too many refusals."),
    Audited("lift", "asker", "An administrator let a user ask HETS again."),
    Audited("list", "eligibility-use", "An administrator saw how much the users of the organization asked of HETS."),
    Audited("list", "hets-enrollments", "An administrator saw which NPIs are enrolled for HETS."),
    Audited("read", "hets-enrollment", "An administrator saw the HETS EDI enrollments of an NPI."),
    Audited("enroll", "hets-enrollment", "An NPI was enrolled for HETS with a submitter."),
    Audited("end", "hets-enrollment", "A HETS EDI enrollment was ended."),
    Audited("attest", "hets-enrollment", "A HETS EDI enrollment was attested for another year."),
    Audited("send", "hets-enrollment", "CMS was told of a HETS EDI enrollment, or could not be told."),
    Audited("import", "hets-links", "The list of active HETS EDI enrollments was taken from CMS."),
    Audited("list", "item-checks", "The last questions to the item history of DME were listed.", shows=True),
    Audited("ask", "item-check", "A question to the item history of DME was sent.", shows=True),
    Audited("answer", "item-check", "The item history of DME answered a question, or did not."),
    Audited("read", "item-check", "An answer of the item history of DME was shown.", shows=True),
    Audited("ask", "look-up", "A Medicare number was looked up."),
    Audited("answer", "look-up", "The source of Medicare numbers answered a look-up, or did not."),
    Audited("read", "look-up", "The Medicare number that was found was shown.", shows=True),
    Audited("list", "look-ups", "Look-ups of Medicare numbers were listed against claims, without patients."),
    Audited("download", "look-ups", "The same was downloaded."),
    Audited("lock", "look-ups", "The look-ups of a user were locked: too many led to nobody."),
    Audited("unlock", "look-ups", "An administrator unlocked the look-ups of a user."),
    Audited("sign", "hets-rules", "The HETS Rules of Behavior were accepted."),
    Audited("list", "schedules", "The schedules of an office were listed.", shows=True),
    Audited("make", "schedule", "A list of patients was read."),
    Audited("ask", "schedule", "The patients of a schedule were put in line for HETS.", shows=True),
    Audited("read", "schedule", "The rows of a schedule were shown.", shows=True),
    Audited("download", "schedule", "The results of a schedule were downloaded.", shows=True),
    Audited("print", "schedule", "The answers of a schedule were made into a PDF.", shows=True),
    # Claims.
    Audited("list", "submissions", "Claim files were listed, with the names of those not received.", shows=True),
    Audited("submit", "submission", "A claim file was sent."),
    Audited("acknowledge", "submission", "A claim file was read and acknowledged."),
    Audited("read", "submission", "A submission was shown, with its claims that were not accepted.", shows=True),
    Audited("download", "corrections", "What to correct in a claim file was downloaded.", shows=True),
    Audited("download", "acknowledgment-TA1", "A TA1 was downloaded."),
    Audited("download", "acknowledgment-999", "A 999 was downloaded."),
    Audited("download", "acknowledgment-277CA", "A 277CA was downloaded.", shows=True),
    Audited("list", "claims", "Claims were listed.", shows=True),
    Audited("search", "claims", "A claim was looked for by its number.", shows=True),
    Audited("read", "claim", "A claim was shown.", shows=True),
    Audited("reveal-mbi", "claim", "The whole Medicare number of a claim was shown.", shows=True),
    Audited("download", "claims", "A list of claims was downloaded.", shows=True),
    Audited("update-status", "submission", "The shared system told the status of claims of a submission."),
    Audited("order-adjustment", "claim", "The shared system was told to adjust a claim after an appeal."),
    # Remittances.
    Audited("list", "remittances", "Remittances were listed."),
    Audited("search", "remittances", "Remittances were looked for.", shows=True),
    Audited("read", "remittance", "A remittance was shown with its claims.", shows=True),
    Audited("read", "remitted-claim", "A claim of a remittance was shown.", shows=True),
    Audited("reveal-mbi", "remitted-claim", "The whole Medicare numbers of a remitted claim were shown.", shows=True),
    Audited("download", "remittances", "A list of remittances was downloaded."),
    Audited("download", "remittance-835", "An 835 was downloaded.", shows=True),
    Audited("print", "remittance", "A remittance was made into a PDF.", shows=True),
    Audited("post", "remittance", "A remittance was posted."),
    Audited("quarantine", "remittance", "A remittance was set aside: payee and claims do not agree."),
    Audited("release", "remittance", "A remittance was let out of quarantine by an operator."),
    Audited("drop", "remittance", "A remittance in quarantine was given up by an operator."),
    # Appeals.
    Audited("list", "appeals", "Appeals were listed.", shows=True),
    Audited("download", "appeals", "A list of appeals was downloaded."),
    Audited("file", "appeal", "A redetermination was requested."),
    Audited("file", "claim", "A redetermination of a claim was refused."),
    Audited("add-document", "appeal", "A document was added to an appeal."),
    Audited("read", "appeal", "An appeal was shown.", shows=True),
    Audited("read", "letter", "A decision letter was shown.", shows=True),
    Audited("decide", "appeal", "A reviewer decided an appeal."),
    Audited("ask-reconsideration", "appeal", "A reconsideration was requested."),
    Audited("send-to-qic", "appeal", "The case of a reconsideration was sent to the QIC."),
    Audited("forward", "appeal", "The QIC has taken the case of a reconsideration."),
    Audited("decide", "reconsideration", "The QIC decided a reconsideration."),
    Audited("read", "reconsideration", "A reconsideration was shown.", shows=True),
    # Operation.
    Audited("read", "report", "The draft of a monthly report was shown."),
    Audited("download", "report-functionality", "Portal functionality of a month was downloaded."),
    Audited("download", "report-interruptions", "Service interruptions of a month were downloaded."),
    Audited("download", "report-activity", "The activity of a month was downloaded."),
    Audited("queue-message", "user", "A message to a user was queued."),
    Audited("send-message", "user", "A message to a user was sent, or given up."),
    Audited("reinsert-dead-letter", "event", "An operator had a dead letter handled again."),
    Audited("drop-dead-letter", "event", "An operator gave a dead letter up."),
    Audited("drop", "month", "An operator dropped a month of a table that had been kept long enough."),
    Audited("release", "job", "An operator had a job tried again that was given up."),
    Audited("drop", "job", "An operator dropped a job that was given up."),
)
"""All there are, in the order of services."""

CATALOG: Mapping[tuple[str, str], Audited] = {(each.action, each.kind): each for each in RECORDS}
"""By action and kind of object."""
