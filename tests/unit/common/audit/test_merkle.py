from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.audit.merkle import EMPTY, GrowingTree, includes, inclusion_path, root_of

# The leaves and roots of the test of Certificate Transparency's reference implementation (RFC 6962).
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def test_roots_are_those_of_the_reference_vectors() -> None:
    assert [root_of(LEAVES[: size + 1]).hex() for size in range(8)] == list(ROOTS)
    assert root_of([]) == EMPTY == sha256().digest()


leaves_and_index = st.lists(st.binary(max_size=8), min_size=1, max_size=40).flatmap(
    lambda leaves: st.tuples(st.just(leaves), st.integers(0, len(leaves) - 1))
)


@given(leaves_and_index)
def test_every_leaf_is_proved_and_no_other_value_in_its_place(case: tuple[list[bytes], int]) -> None:
    leaves, index = case
    path = inclusion_path(index, leaves)
    assert includes(leaves[index], index, len(leaves), path, root_of(leaves))
    assert not includes(leaves[index] + b"x", index, len(leaves), path, root_of(leaves))


@given(leaves_and_index, st.integers(0, 40))
def test_a_proof_holds_for_one_place_only(case: tuple[list[bytes], int], other: int) -> None:
    leaves = [bytes([number]) + leaf for number, leaf in enumerate(case[0])]
    path = inclusion_path(case[1], leaves)
    if other != case[1]:
        assert not includes(leaves[case[1]], other, len(leaves), path, root_of(leaves))
    assert not includes(leaves[case[1]], case[1], len(leaves), [*path, EMPTY], root_of(leaves))


@given(st.lists(st.binary(max_size=4), max_size=40), st.integers(0, 40))
def test_a_tree_that_stopped_and_went_on_is_the_same_tree(leaves: list[bytes], stop: int) -> None:
    first = GrowingTree()
    for leaf in leaves[:stop]:
        first.add(leaf)
    second = GrowingTree(first.size, first.peaks)
    for leaf in leaves[stop:]:
        second.add(leaf)
    assert (second.size, second.root()) == (len(leaves), root_of(leaves))


def test_peaks_that_do_not_fit_the_size_are_refused() -> None:
    with pytest.raises(ValueError, match="peaks"):
        GrowingTree(3, [EMPTY])
