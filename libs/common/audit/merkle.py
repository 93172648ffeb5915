"""The Merkle tree of RFC 6962: one hash that stands for all rows, and a short proof that a row is among them."""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf; its prefix keeps leaves and nodes apart."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class GrowingTree:
    """A tree that only grows, kept as the roots of its complete subtrees: 20 hashes for a million rows.

    `peaks` are those roots, the largest subtree first; there is one for each bit set in `size`.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError("as many peaks are needed as bits are set in the size")
        self.size = size
        self.peaks = list(peaks)

    def add(self, data: bytes) -> None:
        """Append one leaf."""
        node = leaf_hash(data)
        size = self.size
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The hash of the whole."""
        if not self.peaks:
            return EMPTY
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over `leaves` (their data, not their hashes)."""
    tree = GrowingTree()
    for data in leaves:
        tree.add(data)
    return tree.root()


def inclusion_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of leaf `index` (from 0), as RFC 6962 section 2.1.1 defines it."""
    path: list[bytes] = []
    level = [leaf_hash(data) for data in leaves]
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = [*paired, level[-1]] if len(level) % 2 else paired
        index //= 2
    return path


def includes(data: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that `data` is leaf `index` of the tree with `size` leaves and `root`."""
    if not 0 <= index < size:
        return False
    node, last, rest = leaf_hash(data), size - 1, list(path)
    while last:
        if index % 2 or index < last:
            if not rest:
                return False
            sibling = rest.pop(0)
            node = node_hash(sibling, node) if index % 2 else node_hash(node, sibling)
        index //= 2
        last //= 2
    return not rest and node == root
