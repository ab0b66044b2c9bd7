"""Records of rounds that never were, and every way we know to falsify one.

`making` makes a whole record from a number, `tampering` changes it as a thief or as an insider
would, `watching` says who would have noticed.
"""
