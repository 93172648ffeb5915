import pytest

from libs.common.web.origin import same_origin


@pytest.mark.parametrize(
    ("fetch_site", "origin", "ours"),
    [
        ("same-origin", "", True),
        ("same-origin", "https://evil.example", True),
        ("cross-site", "https://portal.example", False),
        ("same-site", "", False),
        ("none", "", False),
        ("", "https://portal.example", True),
        ("", "https://portal.example:8443", False),
        ("", "https://evil.example", False),
        ("", "null", False),
        ("", "", True),
    ],
)
def test_a_form_of_our_own_pages_is_told_by_what_the_browser_says(fetch_site: str, origin: str, ours: bool) -> None:
    assert same_origin(fetch_site, origin, "portal.example") is ours
