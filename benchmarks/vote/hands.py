"""The hands that vote: many connections, each sending its next request when the last is answered.

They share the two cores with what they measure, so they do as little as can be: one thread, plain
sockets, one `send` and one `recv` an answer, no HTTP library. What they cost themselves is measured with
every run, and told in the table.
"""

from __future__ import annotations

import select
import socket
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

TAKEN = b"302"  # the ballot is in: on to the receipt


@dataclass
class Result:
    """What one way of casting did: milliseconds of each acknowledged ballot, and what else was
    answered."""

    name: str
    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    locked: int = 0  # answers that speak of a lock of the database
    cpu: float = 0.0  # seconds of processor time that the server spent,
    store: float = 0.0  # the database server beside it,
    own: float = 0.0  # and these hands
    lost: int = 0  # connections that ended over a request

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds if self.seconds else 0.0

    def each(self, seconds: float) -> float:
        """Milliseconds of processor time for each ballot: other load changes them less than rates."""
        return seconds * 1000 / len(self.took) if self.took else 0.0

    def at(self, share: float) -> float:
        """The milliseconds within which this share of the ballots was answered."""
        rows = sorted(self.took)
        return rows[min(len(rows) - 1, int(len(rows) * share))] if rows else 0.0

    @property
    def refused(self) -> int:
        return sum(n for status, n in self.statuses.items() if status != TAKEN.decode())

    @property
    def broken(self) -> int:
        """Answers of the kind 5xx."""
        return sum(n for status, n in self.statuses.items() if status.startswith("5"))


def whole(answer: bytes) -> bool:
    """Whether this is all of an answer."""
    head, ended, body = answer.partition(b"\r\n\r\n")
    if not ended:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line[15:])
        if line.startswith(b"transfer-encoding:"):
            return body.endswith(b"0\r\n\r\n")
    return True


def load(port: int, requests: Iterable[bytes], hands: int, seconds: float, name: str) -> Result:
    """Send the requests by so many hands until they or the seconds are used up."""
    result, waiting = Result(name), deque(requests)
    poll = select.epoll()
    doors: dict[int, socket.socket] = {}
    sent: dict[int, float] = {}
    parts: dict[int, bytes] = {}
    clock, took, statuses = time.perf_counter, result.took, Counter[bytes]()

    def opened() -> int:
        door = socket.create_connection(("127.0.0.1", port))
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        doors[door.fileno()] = door
        poll.register(door, select.EPOLLIN)
        return door.fileno()

    def closed(one: int) -> None:
        poll.unregister(one)
        doors.pop(one).close()
        sent.pop(one, None)
        parts.pop(one, None)

    began, used = clock(), time.process_time()
    end = began + seconds
    for _ in range(hands):
        one = opened()
        sent[one] = clock()
        doors[one].sendall(waiting.popleft())
    while doors:
        for one, _what in poll.poll():
            answer = doors[one].recv(65_536)
            if one in parts:
                answer = parts[one] + answer if answer else b""
            if not answer:
                result.lost += 1
                closed(one)
                continue
            if not whole(answer):
                parts[one] = answer
                continue
            parts.pop(one, None)
            now, status = clock(), answer[9:12]
            statuses[status] += 1
            if status == TAKEN:
                took.append((now - sent[one]) * 1000)
            elif b"locked" in answer:
                result.locked += 1
            if now < end and waiting:
                sent[one] = now
                doors[one].sendall(waiting.popleft())
            else:
                closed(one)
    result.seconds, result.own = clock() - began, time.process_time() - used
    result.statuses = Counter({status.decode(): n for status, n in statuses.items()})
    return result
