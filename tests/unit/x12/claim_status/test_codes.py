from libs.x12.claim_status.codes import CATEGORIES, ENTITIES, STATUSES, status_words
from libs.x12.code_sets import CODE_SETS


def test_codes_have_words_and_unknown_codes_stay_codes() -> None:
    assert status_words("F1", "65") == "Finalized: paid · The claim or line has been paid"
    assert status_words("A7", "562", "85").endswith("National Provider Identifier (NPI) (billing provider)")
    assert status_words("P1", "784") == "Pending: in process · status 784"
    assert status_words("Z9", "9999") == "Unknown category Z9 · unknown status 9999"
    assert status_words("F2", "70", code_list="RX") == "Finalized: denied · pharmacy reject code 70"
    assert status_words("F2", "70", code_list="ZZ") == "Finalized: denied · code 70 of unknown list ZZ"
    assert status_words("A7", "562", "1E").endswith("(entity 1E)")
    assert status_words("A7", "562", "Zz9").endswith("(unknown entity Zz9)")


def test_only_codes_that_exist_or_existed_have_words() -> None:
    assert [code for code in STATUSES if not CODE_SETS["claim_status"].pattern.fullmatch(code)] == []
    assert len(STATUSES) >= 100


def test_every_category_has_words_also_when_it_was_closed() -> None:
    assert CATEGORIES.keys() == {each.code for each in CODE_SETS["claim_status_cat"].codes}


def test_words_are_whole_short_and_of_our_own() -> None:
    for words in (*CATEGORIES.values(), *STATUSES.values(), *ENTITIES.values()):
        assert words[0].isupper() or words[0].isdigit()
        assert len(words) <= 80
        assert not words.endswith(".")
        # The official texts say "Entity's"; ours do not.
        assert "Entity" not in words
