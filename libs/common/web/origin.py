"""Whether a request was sent by a page of this portal: what tells a form of ours from one of another website."""

from fastapi import Request


def from_our_page(request: Request) -> bool:
    """Whether the browser says that a page of this portal sent it."""
    headers = request.headers
    return same_origin(headers.get("sec-fetch-site", ""), headers.get("origin", ""), headers.get("host", ""))


def same_origin(fetch_site: str, origin: str, host: str) -> bool:
    """As `from_our_page`, from the headers.

    Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`. A client that sends neither is no browser, so nobody
    can have been lured into sending the form.
    """
    if fetch_site:
        return fetch_site == "same-origin"
    return not origin or origin.split("://", 1)[-1] == host
