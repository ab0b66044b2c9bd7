"""RFC 6962's tree: published roots and proofs, and every tree of up to 40 leaves by its definition."""

import hashlib

import pytest

from sanlin.kernel.record import checkpoint
from sanlin.kernel.record.tree import (
    append,
    consistency,
    continues,
    frontier_of,
    includes,
    inclusion,
    leaf,
    node,
    pack,
    root,
    root_of,
    unpack,
)

# The reference tree of Certificate Transparency (google/certificate-transparency,
# merkle_tree_test.cc): these eight leaves, and the roots over the first 1 to 8 of them.
BODIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf(body) for body in BODIES]


def by_definition(leaves):
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node(by_definition(leaves[:k]), by_definition(leaves[k:]))


def path_by_definition(m, leaves):
    """PATH of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path_by_definition(m, leaves[:k]), by_definition(leaves[k:])]
    return [*path_by_definition(m - k, leaves[k:]), by_definition(leaves[:k])]


def proof_by_definition(m, leaves, whole=True):
    """SUBPROOF of RFC 6962 section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [by_definition(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*proof_by_definition(m, leaves[:k], whole), by_definition(leaves[k:])]
    return [*proof_by_definition(m - k, leaves[k:], False), by_definition(leaves[:k])]


def test_the_published_roots():
    assert root(()).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    frontier = ()
    for size, one in enumerate(LEAVES):
        frontier = append(frontier, size, one)
        assert root(frontier).hex() == ROOTS[size]
        assert len(frontier) == (size + 1).bit_count()


def many(size):
    return [leaf(b"%d" % n) for n in range(size)]


@pytest.mark.parametrize("size", range(41))
def test_roots_and_proofs_are_those_of_the_definition(size):
    leaves = many(size)
    top = root_of(leaves)
    assert top == by_definition(leaves)
    assert unpack(pack(frontier_of(leaves))) == frontier_of(leaves)
    for index in range(size):
        path = inclusion(leaves, index)
        assert path == path_by_definition(index, leaves)
        assert includes(top, size, index, leaves[index], path)
    for old in range(size + 1):
        proof = consistency(leaves, old)
        assert proof == (proof_by_definition(old, leaves) if old else [])
        assert continues(root_of(leaves[:old]), old, top, size, proof)


@pytest.mark.parametrize("size", [2, 3, 7, 8, 13])
def test_whatever_is_changed_the_proof_no_longer_holds(size):
    leaves = many(size)
    top, other = root_of(leaves), leaf(b"other")
    for index in range(size):
        path = inclusion(leaves, index)
        assert not includes(top, size, index, other, path)
        assert not includes(other, size, index, leaves[index], path)
        assert not includes(top, size, size, leaves[index], path)
        assert not includes(top, size, index, leaves[index], [*path, other])
        assert not includes(top, size, index, leaves[index], path[:-1])
        for wrong in set(range(size)) - {index}:
            assert not includes(top, size, wrong, leaves[index], path)
    for old in range(1, size):
        proof, before = consistency(leaves, old), root_of(leaves[:old])
        assert not continues(other, old, top, size, proof)
        assert not continues(before, old, other, size, proof)
        assert not continues(before, old, top, size, [*proof, other])
        assert not continues(before, old, top, size, proof[:-1])
        assert not continues(before, old, top, size, proof[1:])
        for at in range(len(proof)):
            changed = [*proof[:at], other, *proof[at + 1 :]]
            assert not continues(before, old, top, size, changed)
    assert not continues(top, size, top, size, [other])
    assert not continues(other, 0, top, size, [])
    assert not continues(top, size + 1, top, size, [])


def test_a_missing_leaf_and_a_shorter_log_are_mistakes():
    with pytest.raises(IndexError, match="there is no leaf 3 among 3"):
        inclusion(many(3), 3)
    with pytest.raises(ValueError, match="there are 3 leaves, not 4"):
        consistency(many(3), 4)


GOOD = "sanlin.example/round/7\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"


def test_a_checkpoint_is_three_lines():
    kept = checkpoint.Checkpoint("sanlin.example/round/7", 8, root_of(LEAVES))
    assert kept.text == GOOD
    assert checkpoint.read(GOOD) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD.rstrip("\n"),
        GOOD + "\n",
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("8\n", "08\n", 1),
        GOOD.replace("8\n", "-8\n", 1),
        GOOD.replace("=", ""),
        GOOD.replace("sanlin.example/round/7", ""),
        "a\n8\nAAAA\n",
    ],
)
def test_anything_else_is_no_checkpoint(text):
    with pytest.raises(ValueError, match="a checkpoint has three lines"):
        checkpoint.read(text)
