"""The vectors of docs/record-format.md are what this program makes, byte for byte."""

from scripts.record_vectors import THERE, vectors


def test_the_vectors_are_as_they_are_made():
    made = vectors()
    there = {str(path.relative_to(THERE)) for path in THERE.rglob("*") if path.is_file()}
    assert there == set(made)
    assert [path for path, body in made.items() if (THERE / path).read_bytes() != body] == []
