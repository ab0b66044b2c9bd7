#!/usr/bin/env python3
"""Check the record of a round at home: python3 verify.py ROUND.zip [--root ROOT] [--receipt CODE]
[--old ARCHIVE-OR-CHECKPOINT] [--open LINE]. Python 3.9 or later, nothing else. Format 1."""

import argparse
import base64
import hashlib
import io
import json
import re
import struct
import sys
import unicodedata
import zipfile
import zlib
from fractions import Fraction as F
from math import isqrt

FILES = [
    "README.en.md",
    "README.zh.md",
    "allocation.json",
    "awards.json",
    "checkpoints.txt",
    "keys.json",
    "ledger.jsonl",
    "log.jsonl",
    "manifest.json",
    "objections.json",
    "paper.json",
    "proposals.json",
    "receipts.txt",
    "round.json",
    "rules.json",
    "scores.csv",
    "totals.json",
    "verify.py",
]
FIXED = [
    "allocation.json",
    "ballots.jsonl",
    "paper.json",
    "receipts.txt",
    "rules.json",
    "scores.csv",
    "totals.json",
]
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WORDS = {
    "Z1": "文件包 archive",
    "Z2": "文件齐全 files",
    "M1": "清单 manifest",
    "F1": "写法 canonical form",
    "L1": "台账的根 root of the log",
    "L2": "公示指纹 printed root",
    "L3": "校验点 checkpoints",
    "L4": "封存 seal",
    "L5": "以前的封存 earlier seals",
    "L6": "旧账本 older record",
    "R1": "冻结的办法 frozen rules",
    "B1": "回执 receipts",
    "B2": "票数相符 numbers of ballots",
    "B4": "得票 totals",
    "P1": "纸质票 paper",
    "S1": "评分 marks",
    "A1": "计算数据 the case",
    "A2": "抽签 lot",
    "A3": "重新计算 recount",
    "A4": "决定指纹 fingerprint",
    "N1": "异议以后 awards",
    "K1": "账目 books",
    "K2": "拨款 payments",
    "O1": "异议 objections",
    "C1": "我的一票 my ballot",
    "C2": "抽检 opening",
}


def need(condition, words=""):
    if not condition:
        raise ValueError(words)


def sha(data):
    return hashlib.sha256(data).hexdigest()


def canon(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def whole(value):
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            whole(part)
    need(not isinstance(value, float) and (not isinstance(value, int) or abs(value) < 2**53))


def document(data):
    need(data.endswith(b"\n"))
    return line_of(data[:-1])


def line_of(data):
    text = data.decode("utf-8")
    value = json.loads(text)
    whole(value)
    need(canon(value) == data and unicodedata.normalize("NFC", text) == text, "not canonical")
    return value


def lines_of(data):
    need(not data or data.endswith(b"\n"))
    return data.split(b"\n")[:-1]


def frac(text):
    if text is None:
        return None
    value = F(text)
    need(f"{value.numerator}/{value.denominator}" == text)
    return value


def pack(files):
    body, ends, at = [], [], 0
    for name in sorted(files, key=str.encode):
        data, plain = files[name], name.encode("ascii")
        facts = struct.pack("<3I", zlib.crc32(data), len(data), len(data))
        head = (
            b"PK\3\4"
            + struct.pack("<5H", 10, 0, 0, 0, 33)
            + facts
            + struct.pack("<2H", len(plain), 0)
            + plain
        )
        ends.append(
            b"PK\1\2"
            + struct.pack("<6H", 10, 10, 0, 0, 0, 33)
            + facts
            + struct.pack("<5H2I", len(plain), 0, 0, 0, 0, 0, at)
            + plain
        )
        body += [head, data]
        at += len(head) + len(data)
    end = b"".join(ends)
    return b"".join(
        [
            *body,
            end,
            b"PK\5\6",
            struct.pack("<4H2IH", 0, 0, len(files), len(files), len(end), at, 0),
        ]
    )


def unpack(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        need(
            len(set(names)) == len(names)
            and sum(i.file_size for i in archive.infolist()) <= len(body)
        )
        return {name: archive.read(name) for name in names}


def roots(lines, sizes):
    """The roots at the sizes asked for, by size."""
    stack, found = [], {}
    for at, line in enumerate([None, *lines]):
        if line is not None:
            height, top = 0, hashlib.sha256(b"\0" + line).digest()
            while stack and stack[-1][0] == height:
                height, top = height + 1, hashlib.sha256(b"\1" + stack.pop()[1] + top).digest()
            stack.append((height, top))
        if at in sizes:
            top = stack[-1][1] if stack else hashlib.sha256(b"").digest()
            for _height, left in reversed(stack[:-1]):
                top = hashlib.sha256(b"\1" + left + top).digest()
            found[at] = top
    return found


def checkpoint(text):
    origin, size, root = text.split("\n")[:3]
    need(text == f"{origin}\n{int(size)}\n{root}\n" and str(int(size)) == size and int(size) >= 0)
    need(len(base64.b64decode(root, validate=True)) == 32)
    return origin, int(size), base64.b64decode(root)


class Record:
    """The files of an archive, read where they can be read; a check that needs one that cannot, fails."""

    def __init__(self, body):
        self.body, self.files, self.bad, self.docs = body, {}, [], {}
        try:
            self.files = unpack(body)
        except Exception as error:
            self.bad.append(str(error))
        for name, data in self.files.items():
            try:
                if name.endswith(".json"):
                    self.docs[name] = document(data)
                elif name.endswith(".jsonl"):
                    self.docs[name] = [line_of(line) for line in lines_of(data)]
                elif name.endswith((".txt", ".csv", ".md")):
                    text = data.decode("utf-8")
                    need(
                        text == unicodedata.normalize("NFC", text)
                        and "\r" not in text
                        and (not text or text.endswith("\n"))
                    )
            except Exception as error:
                self.bad.append(f"{name}: {error}")
        self.lines = self.files.get("log.jsonl", b"").split(b"\n")[:-1]

    def __getattr__(self, name):
        for ending in (".json", ".jsonl"):
            if name + ending in self.docs:
                return self.docs[name + ending]
        raise ValueError(f"no {name}")

    def told(self, deed):
        return [(n, line["data"]) for n, line in enumerate(self.log) if line["deed"] == deed]

    # --- archive, log, seal ---------------------------------------------------------------------

    def z1(self):
        need(self.files and pack(self.files) == self.body)

    def z2(self):
        more = ["ballots.jsonl"] if self.round["ballots"] == "whole" else []
        need(sorted(self.files) == sorted(FILES + more))

    def m1(self):
        listed = [
            {"bytes": len(data), "path": name, "sha256": sha(data)}
            for name, data in sorted(self.files.items())
            if name != "manifest.json"
        ]
        top = roots(self.lines, {len(self.lines)})[len(self.lines)].hex()
        made = {
            "files": listed,
            "format": 1,
            "root": top,
            "round": self.round["round"],
            "size": len(self.lines),
        }
        need(canon(made) + b"\n" == self.files["manifest.json"])

    def f1(self):
        need(not self.bad, "; ".join(self.bad))
        shape = [
            "ballots",
            "exclusive",
            "format",
            "handed_in",
            "name",
            "origin",
            "overflow",
            "roll",
            "round",
            "source",
            "street",
            "windows",
            "year",
        ]
        need(sorted(self.round) == shape and self.round["format"] == 1)
        need(
            sorted(self.totals) == ["ballots", "channels", "opinions", "votes"]
            and sorted(self.awards) == ["awards", "changes"]
        )
        need(sorted(self.keys) == ["public"] and sorted(self.paper) == ["sample", "stations"])
        need(sorted(self.allocation) == ["case", "fingerprint", "outcome"])
        need(
            all(
                sorted(p)
                == [
                    "community",
                    "community_name",
                    "cost",
                    "events",
                    "key",
                    "number",
                    "own_funds",
                    "team",
                    "team_name",
                    "theme",
                    "tier",
                    "title",
                ]
                for p in self.proposals
            )
        )
        need(all(sorted(v) == ["at", "number", "postings", "reverses"] for v in self.ledger))
        need(
            all(
                sorted(o) == ["answered", "filed", "key", "notice", "number", "stage"]
                for o in self.objections
            )
        )

    def l1(self):
        need(roots(self.lines, {len(self.lines)})[len(self.lines)].hex() == self.manifest["root"])

    def l2(self, root):
        plain = re.sub(r"[\s-]", "", root).lower()
        wanted = (
            bytes.fromhex(plain)
            if re.fullmatch("[0-9a-f]{64}", plain)
            else base64.b64decode(root.strip(), validate=True)
        )
        sizes = {len(self.lines)} | {n + 1 for n, _data in self.told("record.seal")}
        found = roots(self.lines, sizes)
        at = [size for size in sizes if found[size] == wanted]
        need(at)
        return (
            ""
            if len(self.lines) in at
            else f"第{at[0]}行时的指纹，此后的账目、异议和结果可能更新 an earlier seal; books, objections and awards may be newer"
        )

    def l3(self):
        text = self.files["checkpoints.txt"].decode()
        kept = (
            [checkpoint(block.rstrip("\n") + "\n") for block in text.split("\n\n")] if text else []
        )
        need("\n".join(f"{o}\n{s}\n{base64.b64encode(r).decode()}\n" for o, s, r in kept) == text)
        sizes = [size for _o, size, _r in kept]
        need(sizes == sorted(set(sizes)) and all(size <= len(self.lines) - 1 for size in sizes))
        found = roots(self.lines, set(sizes))
        need(
            all(
                origin == self.round["origin"] and found[size] == root
                for origin, size, root in kept
            )
        )

    def l4(self):
        last = line_of(self.lines[-1])
        own = {name: sha(data) for name, data in self.files.items() if name != "manifest.json"}
        own["log.jsonl"] = sha(b"".join(line + b"\n" for line in self.lines[:-1]))
        need(last["deed"] == "record.seal" and last["data"] == {"files": own, "format": 1})

    def l5(self):
        last = self.log[-1]["data"]["files"]
        for _n, data in self.told("record.seal"):
            need(all(data["files"].get(name) == last.get(name) for name in FIXED))

    def l6(self, data):
        if data[:2] != b"PK":
            origin, size, root = checkpoint(data.decode())
            need(
                origin == self.round["origin"]
                and size <= len(self.lines)
                and roots(self.lines, {size})[size] == root
            )
            return
        old = Record(data)
        for check in (old.z1, old.m1, old.l1, old.l4):
            check()
        need(
            all(old.round[name] == self.round[name] for name in ("round", "origin"))
            and self.lines[: len(old.lines)] == old.lines
        )

    # --- rules and ballots ------------------------------------------------------------------------

    def rule(self, path, default=None):
        value = self.rules
        for name in path.split("."):
            value = value.get(name, default) if isinstance(value, dict) else default
        return value

    def r1(self):
        here = self.round["source"] == "here"
        need(self.round["source"] in ("here", "entered"))
        (line,) = self.told("round.open_call" if here else "round.enter")
        need(line[1]["fingerprint" if here else "rules"] == sha(self.files["rules.json"][:-1]))

    def codes(self):
        """(codes that count, codes that do not any more with the reason); raises for a log that contradicts itself."""
        counts, gone, spoiled, closed = set(), {}, set(), False
        for line in self.log:
            deed, data = line["deed"], line["data"]
            if deed == "vote.close":
                closed = True
            if deed not in ("ballot.cast", "ballot.recast", "ballot.override", "ballot.spoil"):
                continue
            code = data["code"]
            need(not closed and re.fullmatch("[0-9a-f]{64}", code))
            if deed == "ballot.spoil":
                need(code not in spoiled)
                spoiled.add(code)
                continue
            out = (
                data["replaces"]
                if deed == "ballot.recast"
                else code
                if deed == "ballot.override"
                else None
            )
            if out is not None:
                need(out in counts)
                counts.remove(out)
                gone[out] = deed
            if deed != "ballot.override":
                need(code not in counts and code not in gone)
                counts.add(code)
        need(not spoiled & (counts | set(gone)))
        gone.update((code, "ballot.spoil") for code in spoiled)
        return counts, gone

    def b1(self):
        counts, _gone = self.codes() if self.round["source"] == "here" else (set(), {})
        need(self.files["receipts.txt"] == "".join(code + "\n" for code in sorted(counts)).encode())

    def b2(self):
        totals, roll, channels = self.totals, self.round["roll"], self.totals["channels"]
        need(
            (roll is None)
            == (self.round["ballots"] == "none")
            == ("vote" not in self.rules["stages"])
        )
        need(
            [c["name"] for c in channels] == sorted({c["name"] for c in channels})
            and sum(c["ballots"] for c in channels) == totals["ballots"]
        )
        keys = [p["key"] for p in self.proposals]
        if roll is None:
            need(totals == {"ballots": 0, "channels": [], "opinions": [], "votes": []})
            return
        need(all([key for key, _v in part["votes"]] == keys for part in [totals, *channels]))
        if not totals["opinions"]:
            need(
                all(
                    sum(dict(c["votes"])[key] for c in channels) == votes
                    for key, votes in totals["votes"]
                )
            )
        need(roll["cast"] <= roll["size"])
        receipts, stations = len(lines_of(self.files["receipts.txt"])), self.paper["stations"]
        if self.round["source"] == "entered":
            need(receipts == 0 and totals["ballots"] == roll["cast"])
            return
        (close,), (box,) = self.told("vote.close"), self.told("box.open")
        need(
            close[1]["cast"] == roll["cast"]
            and close[1]["size"] == roll["size"]
            and box[0] > close[0]
        )
        counted = sum(s["counted"] for s in stations)
        need(
            box[1]["counted"] + box[1]["broken"] == receipts
            and roll["cast"] == receipts + sum(s["marked"] for s in stations)
        )
        need(totals["ballots"] == box[1]["counted"] + counted)
        need(all(c["ballots"] == counted for c in channels if c["name"] == "paper"))

    def b4(self):
        totals, n, kind, k = (
            self.totals,
            self.totals["ballots"],
            self.rule("vote.kind"),
            self.rule("vote.k", 0),
        )
        votes = [v for _key, v in totals["votes"]]
        need(all(v >= 0 for v in votes))
        most = {"points": None, "rank": k * n}.get(kind, n)
        need(most is None or all(v <= most for v in votes))
        least = {
            "approve_k": k * n,
            "points": self.rule("vote.points", 0) * n,
            "rank": n * k * (k + 1) // 2,
        }.get(kind)
        need(least is None or sum(votes) <= least)
        need(bool(totals["opinions"]) == (kind == "stance" and bool(votes)))
        for (key, *said), (same, v) in zip(totals["opinions"], totals["votes"]):
            support, against, _abstain, follow, silent = said
            moving = follow + (silent if self.rule("vote.silence") == "follow" else 0)
            need(
                key == same
                and min(said) >= 0
                and sum(said) <= n
                and v == support + (moving if support > against else 0)
            )
        if self.round["ballots"] == "whole":
            self.whole_ballots(kind, k)

    def whole_ballots(self, kind, k):
        sums, rows = {p["key"]: 0 for p in self.proposals}, lines_of(self.files["ballots.jsonl"])
        need(rows == sorted(rows) and len({canon(b["choices"]) for b in self.ballots}) == len(rows))
        for ballot in self.ballots:
            keys, weights = [c[0] for c in ballot["choices"]], [c[1] for c in ballot["choices"]]
            need(
                sorted(ballot) == ["choices", "times"]
                and ballot["times"] > 0
                and keys == sorted(set(keys))
                and all(w > 0 for w in weights)
            )
            need(kind not in ("approve_k", "rank") or len(keys) <= k)
            need(kind not in ("approve_k", "knapsack") or set(weights) <= {1})
            need(kind != "points" or sum(weights) <= self.rule("vote.points", 0))
            need(
                kind != "rank" or sorted(weights, reverse=True) == list(range(k, k - len(keys), -1))
            )
            for key, weight in ballot["choices"]:
                sums[key] += weight * ballot["times"]
        need(
            [[key, v] for key, v in sorted(sums.items())] == self.totals["votes"]
            and sum(b["times"] for b in self.ballots) == self.totals["ballots"]
        )

    def p1(self):
        for s in self.paper["stations"]:
            need(
                s["printed"] >= s["issued"] == s["spoiled"] + s["returned"] + s["missing"]
                and s["returned"] == s["counted"] + s["invalid"]
            )
            need(
                s["marked"] == s["returned"] + s["missing"]
                and sum(b["ballots"] for b in s["batches"]) == s["returned"]
            )
            need(
                min(
                    s[n]
                    for n in (
                        "printed",
                        "issued",
                        "spoiled",
                        "returned",
                        "missing",
                        "counted",
                        "invalid",
                    )
                )
                >= 0
            )
            for number, b in enumerate(s["batches"], 1):
                need(
                    b["number"] == number
                    and len(set(b["clerks"])) == len(b["clerks"]) == 2
                    and b["ballots"] >= 0
                )
                need(
                    (b["third"] is None) == (b["differences"] == 0)
                    and b["third"] not in b["clerks"]
                )

    # --- marks ------------------------------------------------------------------------------------

    def s1(self):
        head, *rows = self.files["scores.csv"].decode("ascii").split("\n")[:-1]
        need(head == "proposal,juror,criterion,halves")
        most = {c["key"]: 2 * c["max"] for c in self.rule("criteria", [])}
        order, aside, sheets = [], set(), {}
        for row in rows:
            key, juror, name, halves = row.split(",")
            place = (int(key), int(juror), name)
            need(row == f"{place[0]},{place[1]},{name},{halves}")
            order.append(place)
            if name == "-":
                need(halves == "")
                aside.add(place[:2])
            else:
                need(str(int(halves)) == halves and 0 <= int(halves) <= most[name])
                sheets.setdefault(place[:2], {})[name] = int(halves)
        need(order == sorted(set(order)) and not aside & set(sheets))
        return sheets

    def marks(self):
        criteria, found = self.rule("criteria", []), {}
        for (key, juror), own in self.s1().items():
            known = [c for c in criteria if c["key"] in own]
            if len(known) == len(criteria) or self.rule("scoring.blank") == "scale":
                points = sum(F(c["weight"] * own[c["key"]], 2 * c["max"]) for c in known)
                found.setdefault(juror, {})[key] = 100 * points / sum(c["weight"] for c in known)
        return marks_by(self.rule("scoring.mean"), found) if found else {}

    # --- the decision -----------------------------------------------------------------------------

    def a1(self):
        case, rules, here = self.allocation["case"], self.rules, self.round["source"] == "here"
        award, votes, roll = (
            rules["award"],
            dict(map(tuple, self.totals["votes"])),
            self.round["roll"],
        )
        marks = self.marks() if here else {}
        partial = here and award["partial"] == "remainder"
        bids, lost = [], self.voted_down()
        for p in self.proposals:
            if p["key"] in lost:
                continue
            bid = {n: (p[n] if here else None) for n in ("community", "team", "theme", "tier")}
            mark = marks.get(p["key"])
            least = max(1, -(-p["cost"] * award["partial_min"] // 1000)) if partial else None
            bid.update(
                cost=p["cost"],
                key=p["key"],
                least=least,
                own_funds=p["own_funds"] if here else 0,
                sent=p["number"],
            )
            bid.update(
                score=None if mark is None else f"{mark.numerator}/{mark.denominator}",
                votes=votes.get(p["key"], 0),
            )
            bids.append(bid)
        keys = [p["key"] for p in self.proposals]
        need(keys == sorted(set(keys)) and len({p["number"] for p in self.proposals}) == len(keys))
        for p in self.proposals:
            own = [
                [n, line["deed"]]
                for n, line in enumerate(self.log)
                if line["subject"] == f"proposals.Proposal:{p['key']}"
            ]
            need(own == p["events"])
        groups = [[key for key in group if key not in lost] for group in self.round["exclusive"]]
        least = award.get("min_score") if here else None
        limits = {
            n: rules.get(n) if here else None for n in ("community_cap", "project_cap", "team_cap")
        }
        limits.update(
            budget=rules["budget"],
            exclusive=[g for g in groups if len(g) > 1] if here else [],
            min_score=None if least is None else f"{least}/1",
        )
        limits.update(
            min_votes=award.get("min_votes"),
            one_per_team=here and award["one_per_team"],
            partial=partial,
            topup=800,
        )
        limits.update(
            own_share=rules.get("own_funds_min", 0) if here else 0,
            floors=self.floors({bid["community"] for bid in bids}) if here else [],
        )
        limits.update(
            reserve=award["reserve"] if here else 0,
            tiers=[{n: t[n] for n in ("cap", "key", "money", "places")} for t in rules["tiers"]]
            if here
            else [],
        )
        limits["theme_caps"] = (
            [[t["key"], t["cap"]] for t in rules["themes"] if t["cap"] is not None] if here else []
        )
        need(not here or self.round["overflow"] == award["overflow"])
        made = {
            "ballots": roll["cast"] if roll else 0,
            "climb": False,
            "expert": award.get("expert", 0),
            "public": award.get("public", 0),
        }
        made.update(
            lot=case["lot"],
            seed=case["seed"],
            method=award["method"],
            normaliser=award.get("normaliser", "share_of_ballots"),
        )
        made.update(
            rule=self.round["overflow"],
            rules=sha(self.files["rules.json"][:-1]),
            ties=award["ties"],
        )
        ballots = self.ballots if award["method"] in ("equal_shares", "phragmen") else []
        made.update(
            choices=sorted([b["choices"], b["times"]] for b in ballots),
            completion=award.get("completion", "none") if here else "none",
            utility=award.get("utility", "cost") if here else "",
        )
        need((self.round["ballots"] == "whole") == (award["method"] in ("equal_shares", "phragmen")))
        within(case, made, {"bids", "limits"})
        within(case["limits"], limits)
        need(len(case["bids"]) == len(bids))
        for told, bid in zip(case["bids"], bids):
            within(told, bid)

    def voted_down(self):
        if self.rule("vote.kind") != "stance":
            return set()
        how, lost = self.rule("vote.carried"), set()
        for key, support, against, _abstain, follow, silent in self.totals["opinions"]:
            moving = follow + (silent if self.rule("vote.silence") == "follow" else 0)
            agree = support + (moving if support > against else 0)
            opposed = against + (moving if against > support else 0)
            need(how in ("any", "more_for", "half_of_cast"))
            carried = {"more_for": agree > opposed, "half_of_cast": 2 * agree > self.round["roll"]["cast"]}
            if not carried.get(how, True):
                lost.add(key)
        return lost

    def floors(self, communities):
        groups = [
            (kind[:-1], g["key"], g) for kind in ("tiers", "themes") for g in self.rules[kind]
        ]
        mine = {
            "least": self.rules.get("community_least", 0),
            "floor": self.rules.get("community_floor"),
        }
        groups += [
            ("community", place, mine) for place in sorted(communities)
        ]
        told = [
            {
                "kind": kind,
                "money": g.get("floor") or 0,
                "name": name,
                "projects": g.get("least", 0),
            }
            for kind, name, g in groups
        ]
        return [floor for floor in told if floor["money"] or floor["projects"]]

    def a2(self):
        case = self.allocation["case"]
        keys = [bid["key"] for bid in case["bids"]]
        secret, stroke, number = case["seed"].partition("/")
        here = self.round["source"] == "here"
        (line,) = self.told("round.open_call" if here else "round.enter")
        need(sha(secret.encode("ascii")) == line[1]["lot"])
        numbers = [data["number"] for _n, data in self.told("round.enter_number")]
        need(numbers == ([number] if stroke else []))
        need(case["lot"] == sorted(keys, key=lambda key: sha(f"{case['seed']}:{key}".encode())))

    def a3(self):
        case, outcome = self.allocation["case"], self.allocation["outcome"]
        if case["method"] in ("score", "votes", "blend"):
            floored = {
                s["key"]
                for s in outcome["steps"]
                if case["limits"]["floors"] and s["reason"]["code"] == "floor"
            }
            made = greedy(case, standings(case), case["rule"], floored)
            told = {
                **outcome,
                "steps": [
                    [s["key"], s["funded"], s["grant"], s["left"], s["reason"]["code"]]
                    for s in outcome["steps"]
                ],
            }
            need(all(told[name] == made[name] for name in made))
            return
        if case["method"] == "welfare":
            return welfare(case, outcome)
        need(case["method"] in ("equal_shares", "phragmen"))
        if case["limits"]["floors"]:
            return
        ballots = [(b["times"], dict(map(tuple, b["choices"]))) for b in self.ballots]
        made = (phragmen if case["method"] == "phragmen" else equal_shares)(case, ballots)
        need(outcome["funded"] == made["funded"] and outcome["left"] == made["left"])
        cost = {bid["key"]: bid["cost"] for bid in case["bids"]}
        need(outcome["grants"] == [[key, cost[key]] for key in made["funded"]])
        need(all(outcome["shares"][name] == made["shares"][name] for name in made["shares"]))

    def a4(self):
        told, here = self.allocation, self.round["source"] == "here"
        need(sha(canon(told["case"]) + canon(told["outcome"])) == told["fingerprint"])
        need(
            self.told("awards.publish" if here else "awards.enter_election")[-1][1]["fingerprint"]
            == told["fingerprint"]
        )

    def n1(self):
        outcome, rows = self.allocation["outcome"], {}
        cost = {p["key"]: p["cost"] for p in self.proposals}
        grants = dict(map(tuple, outcome["grants"]))
        for key in [bid["key"] for bid in self.allocation["case"]["bids"]]:
            rows[key] = (
                ("standing", grants[key])
                if key in grants
                else ("reserve" if key in outcome["reserve"] else "out", 0)
            )
        for change in self.awards["changes"]:
            key, grant = change["key"], change["grant"]
            stage, before = rows[key]
            need(
                (stage == "standing" and 0 <= grant < before)
                or (stage == "reserve" and grant == cost[key] > 0)
            )
            rows[key] = ("standing", grant) if grant else ("cancelled", 0)
        need(
            [[a["key"], a["stage"], a["grant"]] for a in self.awards["awards"]]
            == [[key, *rows[key]] for key in sorted(rows)]
        )
        need(
            sum(grant for _stage, grant in rows.values()) <= self.rules["budget"] + outcome["extra"]
        )

    # --- money and objections ---------------------------------------------------------------------

    def k1(self):
        balance, seen = {}, []
        for number, voucher in enumerate(self.ledger, 1):
            posts = voucher["postings"]
            need(voucher["number"] == number and len(posts) > 1)
            need(sum(amount for _a, amount in posts) == 0 and all(amount for _a, amount in posts))
            turned = voucher["reverses"]
            if turned is not None:
                need(1 <= turned < number and turned not in seen)
                seen.append(turned)
                need(
                    sorted(posts) == sorted([a, -n] for a, n in self.ledger[turned - 1]["postings"])
                )
            for account, amount in posts:
                need(re.fullmatch(r"cash|source|(cost|owed)/[1-9][0-9]*", account))
                balance[account] = balance.get(account, 0) + amount
            for account, amount in balance.items():
                need(
                    amount >= 0
                    if account == "cash"
                    else amount <= 0
                    if account.startswith("owed")
                    else True
                )

    def k2(self):
        stands = {
            f"{a['key']}": a["grant"] for a in self.awards["awards"] if a["stage"] == "standing"
        }
        balance = {}
        for voucher in self.ledger:
            for account, amount in voucher["postings"]:
                balance[account] = balance.get(account, 0) + amount
            for account in balance:
                kind, _slash, key = account.partition("/")
                if key:
                    cost = balance.get(f"cost/{key}", 0)
                    need(
                        0 <= cost <= stands[key] and cost + balance.get(f"owed/{key}", 0) >= 0, kind
                    )

    def o1(self):
        rows = self.objections
        need(rows == sorted(rows, key=lambda o: (o["filed"], o["notice"], o["number"])))
        for deed, stages in (
            ("object", ("open", "upheld", "rejected")),
            ("uphold", ("upheld",)),
            ("reject", ("rejected",)),
        ):
            need(len(self.told(f"awards.{deed}")) == sum(o["stage"] in stages for o in rows))
        need(all((o["answered"] is None) == (o["stage"] == "open") for o in rows))
        for notice in {o["notice"] for o in rows}:
            numbers = sorted(o["number"] for o in rows if o["notice"] == notice)
            need(numbers == list(range(1, len(numbers) + 1)))

    def c1(self, written):
        counted = lines_of(self.files["receipts.txt"])
        if any(starts(code.decode(), written) for code in counted):
            return
        _counts, gone = self.codes()
        why = {
            "ballot.recast": "已被后来的一票替换 replaced",
            "ballot.override": "已改投纸质票 voted on paper",
            "ballot.spoil": "已抽检作废 spoiled",
        }
        need(
            False,
            next(
                (why[deed] for code, deed in gone.items() if starts(code, written)),
                "不在其中 not there",
            ),
        )

    def c2(self, line):
        need(
            line.startswith(f"sanlin-ballot-2:{self.round['round']}:")
            and sha(line.encode()) in [data["code"] for _n, data in self.told("ballot.spoil")]
        )


def within(told, made, more=()):
    need(
        all(told[name] == made[name] for name in made), str([n for n in made if told[n] != made[n]])
    )
    need(
        all(name in made or name in more or told[name] in (None, False, 0, "", []) for name in told)
    )


def receipt(written):
    """20 hexadecimal digits, or a whole code; None for what is neither."""
    plain = re.sub(r"[\s－-]", "", written.upper())
    if re.fullmatch("[0-9A-F]{64}", plain):
        return plain.lower()
    plain = plain.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(plain) != 16 or not set(plain) <= set(LETTERS):
        return None
    bits = 0
    for letter in plain:
        bits = bits << 5 | LETTERS.index(letter)
    return f"{bits:020x}"


def starts(code, written):
    return code.startswith(written)


# --- marks and counts -------------------------------------------------------------------------------


def mean(values):
    return sum(values, F(0)) / len(values)


def trimmed(values):
    return mean(sorted(values)[1:-1] if len(values) > 4 else values)


def median(values):
    values, half = sorted(values), len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def absolute(values):
    middle = mean(values)
    return mean([abs(value - middle) for value in values])


def deviation(values):
    middle = mean(values)
    return F(
        (isqrt(int(4 * mean([(value - middle) ** 2 for value in values]) * 10**12)) + 1) // 2, 10**6
    )


def evened(sheets, width):
    everything = [x for own in sheets.values() for x in own.values()]
    middle, wide, made = mean(everything), width(everything), {}
    for juror, own in sheets.items():
        m, d = mean(list(own.values())), width(list(own.values()))
        made[juror] = {key: middle + (x - m) * wide / d if d else middle for key, x in own.items()}
    return made


def places(own):
    n, values = len(own), list(own.values())
    return {
        key: F(
            100 * (2 * sum(v < x for v in values) + sum(v == x for v in values) - 1), 2 * (n - 1)
        )
        if n > 1
        else F(50)
        for key, x in own.items()
    }


def mildness(sheets):
    jurors = sorted(sheets)
    by = {}
    for juror in jurors:
        for key, x in sheets[juror].items():
            by.setdefault(key, {})[juror] = x
    rows = []
    for juror in jurors:
        row = {other: F(0) for other in jurors}
        right = F(0)
        for key, x in sheets[juror].items():
            right += x - mean(list(by[key].values()))
            row[juror] += 1
            for other in by[key]:
                row[other] -= F(1, len(by[key]))
        rows.append([row[other] for other in jurors] + [right])
    rows[-1] = [F(1)] * len(jurors) + [F(0)]
    for c in range(len(jurors)):
        pivot = next(r for r in range(c, len(rows)) if rows[r][c])
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [value / rows[c][c] for value in rows[c]]
        rows = [
            row if r == c else [v - row[c] * w for v, w in zip(row, rows[c])]
            for r, row in enumerate(rows)
        ]
    return {juror: row[-1] for juror, row in zip(jurors, rows)}


def marks_by(method, sheets):
    if method == "normalised":
        sheets = evened(sheets, absolute)
    if method == "zscore":
        sheets = evened(sheets, deviation)
    if method == "borda":
        sheets = {juror: places(own) for juror, own in sheets.items()}
    if method == "severity":
        mild = mildness(sheets)
        sheets = {
            juror: {key: x - mild[juror] for key, x in own.items()} for juror, own in sheets.items()
        }
    by = {}
    for own in sheets.values():
        for key, x in own.items():
            by.setdefault(key, []).append(x)
    reduce = {"trimmed": trimmed, "normalised": trimmed, "median": median}.get(method, mean)
    need(method in ("mean", "trimmed", "median", "normalised", "zscore", "borda", "severity"))
    return {key: reduce(values) for key, values in by.items()}


def standings(case):
    bids = case["bids"]
    if case["method"] != "blend":
        return {
            bid["key"]: frac(bid["score"]) if case["method"] == "score" else F(bid["votes"])
            for bid in bids
        }
    most, n, found = max((bid["votes"] for bid in bids), default=0), len(bids), {}
    fewest = min((bid["votes"] for bid in bids), default=0)
    for bid in bids:
        v, score = bid["votes"], frac(bid["score"])
        if case["normaliser"] == "rank":
            place = sum(b["votes"] > v for b in bids) + F(sum(b["votes"] == v for b in bids) + 1, 2)
            share = (n + 1 - place) / n
        elif case["normaliser"] == "share_of_ballots" and case["ballots"]:
            share = F(v, case["ballots"])
        elif case["normaliser"] == "min_max":
            share = F(v - fewest, most - fewest) if most > fewest else F(0)
        else:
            share = F(v, most) if most else F(0)
        none = score is None and case["expert"] > 0
        found[bid["key"]] = (
            None if none else (case["expert"] * (score or 0) + case["public"] * 100 * share) / 1000
        )
    return found


def value(case, name, bid):
    if name == "lot":
        return -case["lot"].index(bid["key"])
    own = bid["own_funds"]
    return {
        "votes": bid["votes"],
        "score": frac(bid["score"]),
        "cheaper": -bid["cost"],
        "dearer": bid["cost"],
        "own_funds": F(own, max(bid["cost"] + own, 1)),
        "earlier": None if bid["sent"] is None else -bid["sent"],
    }[name]


def part(case, level, values, names, met):
    """The bids of a level in order; `values` are those by which it is grouped now, `names` those after."""
    groups = {}
    for bid in level:
        groups.setdefault(values(bid), []).append(bid)
    order = sorted((v for v in groups if v is not None), reverse=True) + (
        [None] if None in groups else []
    )
    done = []
    for v in order:
        if len(groups[v]) == 1:
            done += groups[v]
            continue
        need(names, "nothing parts them")
        at = len(met)
        own = part(case, groups[v], lambda bid: value(case, names[0], bid), names[1:], met)
        if len({value(case, names[0], bid) for bid in groups[v]}) > 1:
            met.insert(at, {"keys": [bid["key"] for bid in own], "settled_by": names[0]})
        done += own
    return done


class Pots:
    def __init__(self, case):
        self.limits, self.spent, self.funded, self.teams, self.seats, self.extra = (
            case["limits"],
            {},
            [],
            set(),
            {},
            0,
        )
        self.tiers = {t["key"]: t for t in self.limits["tiers"]}

    def left(self):
        return self.limits["budget"] + self.extra - self.spent.get(("budget", None), 0)

    def smallest(self, bid):
        return bid["least"] if self.limits["partial"] and bid["least"] is not None else bid["cost"]

    def caps(self, bid):
        tier = self.tiers.get(bid["tier"], {})
        return [
            (c, cap)
            for c, cap in (
                ("tier_cap", tier.get("cap")),
                ("project_cap", self.limits["project_cap"]),
            )
            if cap is not None
        ]

    def aside(self, bid, standing):
        limits, score = self.limits, frac(bid["score"])
        least = frac(limits["min_score"])
        if standing is None or (self.tiers and bid["tier"] not in self.tiers):
            return "no_score" if standing is None else "no_tier"
        if least is not None and (score is None or score < least):
            return "no_score" if score is None else "min_score"
        if limits["min_votes"] is not None and bid["votes"] < limits["min_votes"]:
            return "min_votes"
        if bid["own_funds"] * 1000 < (bid["cost"] + bid["own_funds"]) * limits["own_share"]:
            return "own_share"
        return next((code for code, cap in self.caps(bid) if self.smallest(bid) > cap), None)

    def pots(self, bid):
        limits, tier = self.limits, self.tiers.get(bid["tier"], {})
        found = [
            ("tier_money", bid["tier"], tier.get("money")),
            ("community_cap", bid["community"], limits["community_cap"]),
            ("team_cap", bid["team"], limits["team_cap"]),
            ("theme_cap", bid["theme"], dict(map(tuple, limits["theme_caps"])).get(bid["theme"])),
        ]
        return [p for p in found if p[1] is not None and p[2] is not None] + [
            ("budget", None, limits["budget"])
        ]

    def ask(self, bid):
        """(grant, code): one of them None."""
        for group in self.limits["exclusive"]:
            if bid["key"] in group and set(group) & set(self.funded):
                return None, "exclusive"
        if self.limits["one_per_team"] and bid["team"] is not None and bid["team"] in self.teams:
            return None, "team_taken"
        seats = self.tiers.get(bid["tier"], {}).get("places")
        if seats is not None and self.seats.get(bid["tier"], 0) >= seats:
            return None, "places"
        rooms = [
            (code, cap - self.spent.get((code, name), 0)) for code, name, cap in self.pots(bid)
        ]
        room = min([own for _code, own in rooms] + [cap for _code, cap in self.caps(bid)])
        if room >= self.smallest(bid):
            return min(room, bid["cost"]), None
        return None, next(code for code, own in rooms if own < self.smallest(bid))

    def take(self, bid, grant):
        for code, name, _cap in self.pots(bid):
            self.spent[code, name] = self.spent.get((code, name), 0) + grant
        self.funded.append(bid["key"])
        self.teams.add(bid["team"])
        self.seats[bid["tier"]] = self.seats.get(bid["tier"], 0) + 1


def split(ties, funded):
    return [
        {**tie, "split": 0 < len(set(tie["keys"]) & set(funded)) < len(tie["keys"])} for tie in ties
    ]


def greedy(case, standing, rule, floored=()):
    pots, steps, ranked, met, grants, reserve, taken = Pots(case), [], [], [], [], [], {}
    for bid in sorted(case["bids"], key=lambda bid: bid["key"]):
        code = pots.aside(bid, standing[bid["key"]])
        if code is None:
            ranked.append(bid)
        else:
            steps.append([bid["key"], False, 0, case["limits"]["budget"], code])
    ended, closed = False, set()
    for bid in part(case, ranked, lambda bid: standing[bid["key"]], case["ties"], met):
        grant, code = (None, "stopped") if ended or bid["tier"] in closed else pots.ask(bid)
        if grant is not None and bid["key"] in floored:
            grant, code = None, "floor"
        elif grant is not None:
            code = "funded" if grant == bid["cost"] else "funded_partly"
        elif rule in ("stop", "topup") and code in ("budget", "tier_money"):
            if code == "tier_money":
                closed.add(bid["tier"])
            else:
                ended = True
                if rule == "topup" and pots.left() * 1000 >= bid["cost"] * case["limits"]["topup"]:
                    grant, code = bid["cost"], "topped_up"
                    pots.extra += bid["cost"] - pots.left()
        if grant is not None:
            pots.take(bid, grant)
            grants.append([bid["key"], grant])
        else:
            group = bid["tier"] if pots.tiers else None
            if taken.get(group, 0) < case["limits"]["reserve"]:
                taken[group] = taken.get(group, 0) + 1
                reserve.append(bid["key"])
        steps.append([bid["key"], grant is not None, grant or 0, pots.left(), code])
    return {
        "extra": pots.extra,
        "funded": pots.funded,
        "grants": grants,
        "left": pots.left(),
        "reserve": reserve,
        "rule": rule,
        "steps": steps,
        "ties": split(met, pots.funded),
        "unit": case["method"],
    }


def entrants(case, ballots, unit):
    """(bids that take part, supporters by key as (row, utility)), and the voters of each row."""
    pots, bids = Pots(case), []
    for bid in sorted(case["bids"], key=lambda bid: bid["key"]):
        bid = {**bid, "least": None}
        if pots.aside(bid, F(bid["votes"])) is None:
            bids.append(bid)
    support = {
        bid["key"]: [
            (row, unit(bid, chosen[bid["key"]]))
            for row, (_t, chosen) in enumerate(ballots)
            if bid["key"] in chosen
        ]
        for bid in bids
    }
    return (
        bids,
        {key: rows for key, rows in support.items() if rows},
        [times for times, _chosen in ballots],
    )


def refused(pots, bid):
    code = pots.ask(bid)[1]
    return code is not None and code != "budget"


def price(cost, rows, money, times):
    if cost == 0:
        return F(0)
    due, units = F(cost), sum(u * times[row] for row, u in rows)
    for rich, row, u in sorted((money[row] / u, row, u) for row, u in rows):
        if rich * units >= due:
            return due / units
        due -= money[row] * times[row]
        units -= u * times[row]
    return None


def run(case, bids, support, times, each):
    pots, money, bought = Pots(case), [each] * len(times), []
    pots.limits = {
        **case["limits"],
        "budget": max(case["limits"]["budget"], int(each * sum(times))),
    }
    while True:
        found = {}
        for bid in bids:
            if bid["key"] in support and bid["key"] not in bought and not refused(pots, bid):
                cost = price(bid["cost"], support[bid["key"]], money, times)
                if cost is not None:
                    found.setdefault(cost, []).append(bid)
        if not found:
            poor = [
                b
                for b in bids
                if b["key"] in support and b["key"] not in bought and not refused(pots, b)
            ]
            return bought, bool(poor)
        low = min(found)
        bid = part(case, found[low], lambda bid: 0, case["ties"], [])[0]
        for row, u in support[bid["key"]]:
            money[row] -= min(low * u, money[row])
        pots.take(bid, bid["cost"])
        bought.append(bid["key"])


def entered(case, bids, keys):
    pots, by = Pots(case), {bid["key"]: bid for bid in bids}
    for key in keys:
        pots.take(by[key], by[key]["cost"])
    return pots


def equal_shares(case, ballots):
    units = {
        "cost": lambda bid, w: max(bid["cost"], 1),
        "cardinality": lambda bid, w: 1,
        "approval": lambda bid, w: 1,
    }
    bids, support, times = entrants(case, ballots, units.get(case["utility"], lambda bid, w: w))
    need(case["utility"] in (*units, "points", "borda"))
    voters, budget, how = sum(times), case["limits"]["budget"], case["completion"]
    cost = {bid["key"]: bid["cost"] for bid in bids}
    each, raises, stopped = F(budget, voters) if voters else F(0), 0, ""
    bought, poor = run(case, bids, support, times, each)
    need(how in ("none", "utilitarian", "add1", "add1u", "add1-exhaustive", "comparison"))
    while how not in ("none", "utilitarian"):
        pots = entered(case, bids, bought)
        if how == "add1-exhaustive" and not any(
            pots.ask(bid)[0] is not None for bid in bids if bid["key"] not in bought
        ):
            stopped = "exhausted"
            break
        if not poor:
            stopped = "served"
            break
        more, still = run(case, bids, support, times, each + 100)
        if sum(cost[key] for key in more) > budget:
            stopped = "overshoot"
            break
        bought, poor, each, raises = more, still, each + 100, raises + 1
    pots, completed = entered(case, bids, bought), []
    if how in ("utilitarian", "add1u", "comparison"):
        worth = {
            key: F(sum(u * times[row] for row, u in support.get(key, [])), cost[key] or 1)
            for key in cost
        }
        for bid in part(
            case,
            [b for b in bids if b["key"] not in bought],
            lambda b: worth[b["key"]],
            case["ties"],
            [],
        ):
            if pots.ask(bid)[0] is not None:
                pots.take(bid, bid["cost"])
                completed.append(bid["key"])
    funded = bought + completed
    if how == "comparison":
        other = greedy(
            {**case, "bids": bids}, {bid["key"]: F(bid["votes"]) for bid in bids}, "skip"
        )["funded"]
        gain = [0] * len(times)
        for keys, sign in ((funded, 1), (other, -1)):
            for key in keys:
                for row, u in support.get(key, []):
                    gain[row] += sign * u
        if sum(t for t, g in zip(times, gain) if g < 0) > sum(
            t for t, g in zip(times, gain) if g > 0
        ):
            funded = other
    shares = {
        "each": f"{each.numerator}/{each.denominator}",
        "raises": raises,
        "stopped": stopped,
        "completed": completed,
    }
    return {"funded": funded, "left": budget - sum(cost[key] for key in funded), "shares": shares}


def phragmen(case, ballots):
    bids, support, times = entrants(case, ballots, lambda bid, w: 1)
    pots, loads = Pots(case), [F(0)] * len(times)
    while True:
        due = {}
        for bid in bids:
            fits = bid["cost"] <= (
                pots.left() if case["rule"] == "skip" else case["limits"]["budget"]
            )
            if (
                bid["key"] in support
                and bid["key"] not in pots.funded
                and fits
                and not refused(pots, bid)
            ):
                rows = [row for row, _u in support[bid["key"]]]
                when = (bid["cost"] + sum(loads[row] * times[row] for row in rows)) / F(
                    sum(times[row] for row in rows)
                )
                due.setdefault(when, []).append(bid)
        if not due or any(bid["cost"] > pots.left() for bid in due[min(due)]):
            return {"funded": pots.funded, "left": pots.left(), "shares": {}}
        bid = part(case, due[min(due)], lambda bid: 0, case["ties"], [])[0]
        for row, _u in support[bid["key"]]:
            loads[row] = min(due)
        pots.take(bid, bid["cost"])


def welfare(case, outcome):
    pots, use = Pots(case), case["utility"]
    need(use in ("cost", "cardinality", "points", "borda", "score"))
    standing = {
        b["key"]: frac(b["score"])
        if use == "score"
        else F(b["votes"] * (b["cost"] if use == "cost" else 1))
        for b in case["bids"]
    }
    bids = {b["key"]: b for b in case["bids"] if pots.aside(b, standing[b["key"]]) is None}
    funded, grants = outcome["funded"], dict(map(tuple, outcome["grants"]))
    need(list(grants) == funded and outcome["left"] == case["limits"]["budget"] - sum(grants.values()))
    for key in funded:
        most, _code = pots.ask(bids[key])
        whole_cost = grants[key] == bids[key]["cost"] or case["limits"]["partial"]
        need(most is not None and pots.smallest(bids[key]) <= grants[key] <= most and whole_cost)
        pots.take(bids[key], grants[key])
    if case["limits"]["floors"]:
        return
    need(all(pots.ask(b)[0] is None for key, b in bids.items() if key not in funded))
    other = greedy({**case, "bids": list(bids.values())}, standing, "skip")["funded"]
    need(sum(standing[key] for key in funded) >= sum(standing[key] for key in other))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive")
    for name in ("--root", "--receipt", "--old", "--open"):
        parser.add_argument(name)
    options = parser.parse_args()
    try:
        with open(options.archive, "rb") as file:
            record = Record(file.read())
        old = options.old and open(options.old, "rb").read()
    except OSError as error:
        parser.error(str(error))
    code = options.receipt and receipt(options.receipt)
    if options.receipt and code is None:
        parser.error("a receipt has 16 letters and digits")
    asked = {"L2": options.root, "L6": old, "C1": code, "C2": options.open}
    good = True
    for check, words in WORDS.items():
        if check in asked and asked[check] is None:
            continue
        note = ""
        try:
            method = getattr(record, check.lower())
            note = method(asked[check]) if check in asked else method()
            passed = True
        except Exception as error:
            passed, note = False, str(error)
        good = good and passed
        print("通过" if passed else "不通过", check, words, note if isinstance(note, str) else "")
    print("总计", "通过" if good else "不通过")
    return 0 if good else 1


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
