"""办法: a place's rules as data: read, checked with the line at fault, completed, frozen, hashed."""


class Rules: ...


def thaw(b: bytes) -> Rules:
    return Rules()
