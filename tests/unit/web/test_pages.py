import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from libs.common.deployment import load_deployment
from libs.common.web import pages
from libs.common.web.pages import Frame, Link, NavigationEntry, Person, Problem

NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
FRAME = Frame(load_deployment(Path("contract.toml")), NOW)
PROBLEM = Problem("We could not open this page", "It did not answer.", "Everything.", ("Try again.",), "0192f0a4")


def problem_page(frame: Frame, path: str = "/claims/7") -> str:
    return pages.text("kinds/problem.html", {"frame": frame, "problem": PROBLEM, "path": path})


def test_the_title_is_the_heading_and_the_contractor() -> None:
    page = problem_page(FRAME)

    assert "<title>We could not open this page · Meridian Medicare Administrative Services</title>" in page
    assert page.count("<h1") == 1
    assert page.count("<main") == 1


def test_everything_is_escaped() -> None:
    page = problem_page(replace(FRAME, person=Person("<script>alert(1)</script>"), csrf="'\"><b>", expires_in=60))

    assert "<script>alert" not in page
    assert "<b>" not in page


def test_a_name_the_page_was_not_given_fails() -> None:
    with pytest.raises(UndefinedError):
        pages.text("kinds/problem.html", {"frame": FRAME, "path": "/"})


def test_no_page_has_a_style_attribute_or_a_script_inside() -> None:
    for template in (pages.HERE / "templates").rglob("*.html"):
        source = template.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|hx-on", source), template


def test_a_function_that_is_down_stays_in_the_navigation_and_says_so() -> None:
    entry = NavigationEntry("Remittances", "/remittance", "not-available", NOW)

    page = problem_page(replace(FRAME, navigation=(entry,)))

    assert re.search(r'href="/remittance".*?p-icon--bad.*?not available.*?since 3:30 p\.m\. EST', page, re.DOTALL)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/claims", "Claims"),
        ("/claims/0af3", "Claims"),
        ("/claims/submissions", "Submit claims"),
        ("/claims/submissions/7", "Submit claims"),
        ("/claimsmen", None),
        ("/", "Home"),
        ("/other", None),
    ],
)
def test_one_entry_of_the_navigation_is_the_present_one(path: str, label: str | None) -> None:
    frame = replace(
        FRAME,
        navigation=(
            NavigationEntry("Home", "/"),
            NavigationEntry("Claims", "/claims"),
            NavigationEntry("Submit claims", "/claims/submissions"),
        ),
    )

    entry = frame.entry_of(path)

    assert (entry.label if entry else None) == label
    assert problem_page(frame, path).count("aria-current") == (1 if label else 0)


def test_entries_of_one_group_share_a_place_and_show_below_it_when_one_of_them_is_open() -> None:
    navigation = (
        NavigationEntry("Home", "/home"),
        NavigationEntry("Claims", "/claims", group="Claims", waiting=1),
        NavigationEntry("Submit claims", "/claims/submissions", "not-available", NOW, 2, "Claims"),
    )
    frame = replace(FRAME, navigation=navigation)

    assert [(each.label, each.path, each.waiting, each.condition) for each in frame.groups] == [
        ("Home", "/home", 0, "available"),
        ("Claims", "/claims", 3, "degraded"),
    ]
    below = 'aria-label="Claims"'
    assert below not in problem_page(frame, "/home")
    page = problem_page(frame, "/claims/submissions")
    assert re.search(r'href="/claims/submissions" aria-current="page"', page[page.index(below) :])


def test_each_cell_of_a_table_carries_the_label_of_its_column_and_an_empty_one_is_empty() -> None:
    rows = '<tr>\n<th scope="row">A</th>\n<td class="p-numeric">\n</td>\n</tr>\n<tr><th>B</th><td>2</td></tr>'

    assert pages.labeled(rows, ["Claim", ('"Paid"', "number")]) == (
        '<tr>\n<th scope="row">A</th>\n'
        '<td data-label="&#34;Paid&#34;" class="p-numeric"></td>\n</tr>'
        '\n<tr><th>B</th><td data-label="&#34;Paid&#34;">2</td></tr>'
    )


def kit(source: str, **context: object) -> str:
    """What a page would show that has `source` in it."""
    template = pages._ENVIRONMENT.from_string('{% import "kit.html" as ui with context %}' + source)
    return re.sub(r"<[^>]+>", "", template.render(frame=FRAME, **context))


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 12, 4), "12/04/2026 (12 days left): 120 days."),
        (date(2026, 11, 23), "11/23/2026 (1 day left): 120 days."),
        (date(2026, 11, 22), "11/22/2026 (the last day is today): 120 days."),
        (date(2026, 11, 21), "11/21/2026 (over): 120 days."),
    ],
)
def test_a_deadline_says_its_rule_and_how_long_it_is_away_by_the_clock_of_the_page(on: date, words: str) -> None:
    assert kit('{{ ui.deadline(on, "120 days") }}.', on=on) == words


def test_what_was_sent_says_when_and_on_which_day_it_counts() -> None:
    sent = datetime(2026, 12, 13, 1, 52, tzinfo=UTC)

    assert kit("{{ ui.received(sent, counts) }}", sent=sent, counts=date(2026, 12, 14)) == (
        "Sent 12/12/2026 8:52 p.m. EST; counts as received 12/14/2026"
    )


def test_the_time_out_dialog_is_there_only_for_a_session() -> None:
    assert 'id="time-out"' not in problem_page(FRAME)
    session = replace(FRAME, person=Person("U"), csrf="c", expires_in=1800, ends_in=3600)
    assert 'data-expires-in="1800" data-ends-in="3600"' in problem_page(session)


def test_the_last_quarter_of_an_hour_of_a_session_is_told_without_scripts_too() -> None:
    session = replace(FRAME, person=Person("U"), csrf="c", expires_in=900)
    assert 'data-warning="900" hidden' in problem_page(replace(session, ends_in=901))
    assert "Your session ends at 3:45 p.m. EST:" in problem_page(replace(session, ends_in=900))
    assert 'data-warning="900">' in problem_page(replace(session, ends_in=900))


def test_the_footer_links_only_to_what_it_was_given() -> None:
    page = problem_page(replace(FRAME, links=(Link("Manual", "/manual"),)))

    assert 'href="/manual"' in page
    assert "/#functions" not in page


def test_static_addresses_change_with_the_content_and_missing_files_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path)
    (tmp_path / "portico-test.css").write_text("a {}", encoding="utf-8")
    before = pages.static_url("portico-test.css")
    (tmp_path / "portico-test.css").unlink()
    (tmp_path / "portico-test.css").write_text("b { }", encoding="utf-8")

    after = pages.static_url("portico-test.css")

    assert re.fullmatch(r"/static/portico-test\.css\?v=[0-9a-f]{16}", before)
    assert after != before
    assert pages.static_url("never-built.css") == "/static/never-built.css"


def test_progress_tells_a_screen_reader_only_when_a_quarter_is_full() -> None:
    progress = pages.Progress("Checking claims", 2500, 5000, "claim", "/claims/live/1", said=1)

    told = pages.text("kinds/progress_state.html", {"progress": progress})
    again = pages.text("kinds/progress_state.html", {"progress": replace(progress, said=2)})

    assert "Checking claims: 50 percent done" in told
    assert "percent done" not in again
    assert "/claims/live/1?said=2" in again


def test_progress_without_scripts_says_that_it_refreshes_itself() -> None:
    progress = pages.Progress("Checking claims", 1, 5000, "claim", "/claims/live/1")

    page = pages.text("kinds/progress.html", {"frame": FRAME, "progress": progress, "path": "/claims/1"})

    for part in re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL):
        page = page.replace(part, "")
        assert 'http-equiv="refresh" content="5"' in part or "refreshes itself every 5 seconds" in part
    assert "refresh" not in page.replace("refreshOnHistoryMiss", "")
