"""Reports of mail servers about messages that did not arrive (RFC 3464), as their bounce mailbox gets them."""

from textwrap import dedent

RETURNED_HEADERS = "text/rfc822-headers"
RETURNED_WHOLE = "message/rfc822"


def report(
    number: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    envelope_id: str = "",
    returned: str = RETURNED_HEADERS,
    kind: str = "multipart/report; report-type=delivery-status",
) -> bytes:
    """A report about the message `number` (its Message-ID), as common mail servers write it."""
    identifier = f"Original-Envelope-Id: {envelope_id}\n" if envelope_id else ""
    text = dedent(
        f"""\
        Return-Path: <>
        From: MAILER-DAEMON@mail.example (Mail Delivery System)
        To: portal@portico.example
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: {kind}; boundary="=_of_the_report"

        This is a MIME-encapsulated message.

        --=_of_the_report
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --=_of_the_report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.example
        @identifier@Arrival-Date: Fri, 20 Nov 2026 12:00:00 -0500

        Final-Recipient: rfc822; user1@riverside.example
        Original-Recipient: rfc822;user1@riverside.example
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550 {status} no such mailbox

        --=_of_the_report
        Content-Type: {returned}

        From: portal@portico.example
        To: user1@riverside.example
        Subject: Your access to the provider portal has changed
        Message-ID: {number}

        --=_of_the_report--
        """
    )
    return text.replace("@identifier@", identifier).encode()
