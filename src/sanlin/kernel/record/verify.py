#!/usr/bin/env python3
"""Check the record of a round at home, with nothing but Python 3.9 or later. 在家核对一轮的公开账本。

    python3 verify.py ROUND.zip [--root ROOT] [--receipt CODE] [--old ARCHIVE-OR-CHECKPOINT] [--open LINE]

Written from the page "The record of a round: format, version 1" alone. Exit 0: all passed, 1: something failed, 2: asked wrongly.
"""
import argparse, base64, hashlib, heapq, io, json, re, struct, sys, unicodedata, zipfile, zlib
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import groupby
from math import isqrt

NAMES = ("README.en.md README.zh.md allocation.json awards.json checkpoints.txt keys.json ledger.jsonl log.jsonl manifest.json "
         "objections.json paper.json proposals.json receipts.txt round.json rules.json scores.csv totals.json verify.py").split()
LASTING = "allocation.json ballots.jsonl paper.json receipts.txt rules.json scores.csv totals.json".split()
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BIG = 2**53 - 1
MOST_RUNS = 200_000  # of Equal Shares: no record may keep a reader busy without end


class Bad(Exception):
    """What a check found. 核对发现的问题。"""


def need(holds, words):
    if not holds:
        raise Bad(words)


def sha(data):
    return hashlib.sha256(data).hexdigest()


def dump(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(text):
    """The value of a canonical document, or Bad. 规范写法的值。"""
    def refuse(found):
        raise Bad("不是整数 not whole: " + found[:20])
    value = json.loads(text, parse_float=refuse, parse_constant=refuse, parse_int=lambda n: int(n) if len(n) < 18 else refuse(n))
    todo = [value]
    while todo:
        it = todo.pop()
        if isinstance(it, dict):
            todo += it.values()
        elif isinstance(it, list):
            todo += it
        else:
            need(isinstance(it, (str, bool)) or it is None or -BIG <= it <= BIG, "数字太大 number too large")
    need(dump(value) == text, "不是规范写法 not canonical")
    need(unicodedata.is_normalized("NFC", text), "不是NFC not NFC")
    return value


def fits(value, form):
    """Whether a value has the type that section 5 says. 类型是否相符。"""
    if isinstance(form, dict):
        return isinstance(value, dict) and value.keys() == form.keys() and all(fits(value[k], form[k]) for k in form)
    if isinstance(form, list):
        if not isinstance(value, list):
            return False
        return all(fits(v, form[0]) for v in value) if len(form) == 1 else (
            len(value) == len(form) and all(fits(v, f) for v, f in zip(value, form)))
    if isinstance(form, tuple):
        return any(fits(value, f) for f in form)
    if isinstance(form, re.Pattern):
        return isinstance(value, str) and form.fullmatch(value) is not None
    if form is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, form) if isinstance(form, type) else value is form if form is None else (
        isinstance(value, str) and value == form or fits(value, int) and value == form)


HEX, DAY = re.compile("[0-9a-f]{64}"), re.compile(r"\d{4}-\d\d-\d\d", re.A)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.A)
MAYBE = (int, None)
CLERK = {"hand": re.compile("[0-9a-f]{12}"), "post": str}
FORMS = {
    "manifest.json": {"files": [{"bytes": int, "path": str, "sha256": HEX}], "format": 1, "root": HEX, "round": int, "size": int},
    "round.json": {"ballots": ("none", "totals", "whole"), "exclusive": [[int]], "format": 1, "handed_in": int, "name": str, "origin": str,
                   "overflow": ("skip", "stop", "threshold", "topup"), "roll": (None, {"cast": int, "day": DAY, "size": int}), "round": int,
                   "source": ("here", "entered"), "street": str, "windows": [{"closes": (MOMENT, None), "opens": MOMENT, "stage": str}],
                   "year": int},
    "rules.json": dict,
    "proposals.json": [{"community": int, "community_name": str, "cost": int, "events": [[int, str]], "key": int, "number": int,
                        "own_funds": int, "team": int, "team_name": str, "theme": (str, None), "tier": (str, None), "title": str}],
    "totals.json": {"ballots": int, "channels": [{"ballots": int, "name": str, "votes": [[int, int]]}], "opinions": [[int] * 6],
                    "votes": [[int, int]]},
    "keys.json": {"public": (HEX, None)},
    "paper.json": {"booths": [{
        "batches": [{"blank": int, "clerks": [CLERK, CLERK], "differences": int, "invalid": int, "number": int, "serials": [str],
                     "third": (CLERK, None), "valid": int}],
        "discrepancy": int, "in_box": int, "issued": int, "name": str, "number": int, "received": int, "spoiled": int, "unused": int}],
        "sample": (None, {"differences": int, "digits": str, "draws": int, "full": bool, "limit": int, "looks": [[str, bool, int]],
                          "margin": int, "risk": int, "root": HEX, "size": int, "stage": ("confirmed", "corrected")})},
    "allocation.json": {"case": dict, "fingerprint": HEX, "outcome": dict},
    "awards.json": {"awards": [{"grant": int, "key": int, "stage": ("standing", "reserve", "out", "cancelled")}],
                    "changes": [{"grant": int, "key": int, "notice": str}]},
    "objections.json": [{"answered": (DAY, None), "filed": DAY, "key": int, "notice": str, "number": int,
                         "stage": ("open", "upheld", "rejected")}],
    "ballots.jsonl": [{"choices": [[int, int]], "times": int}],
    "ledger.jsonl": [{"at": DAY, "number": int, "postings": [[str, int]], "reverses": MAYBE}],
}


class Record:
    """The files of one archive, each read once and checked for its form. 账本里的文件。"""

    def __init__(self, data):
        self.data, self.files, self.read = data, {}, {}
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for it in archive.infolist():
                    if it.compress_type == 0 and it.file_size <= len(data):
                        self.files[it.filename] = archive.read(it)
        except Exception:  # noqa: S110  # whatever zipfile stumbles over, Z1 fails
            self.broken = True

    def __call__(self, name):
        """The content of a file: a value, its lines, or its rows; Bad where the form is wrong. 文件的内容。"""
        if name not in self.read:
            try:
                self.read[name] = self.parse(name)
            except Exception as error:
                self.read[name] = Bad(f"{name}: {error or '读不出来 cannot be read'}")
        if isinstance(self.read[name], Bad):
            raise self.read[name]
        return self.read[name]

    def parse(self, name):
        need(name in self.files, "没有这个文件 missing")
        raw = self.files[name]
        need(not raw or raw.endswith(b"\n"), "结尾没有换行 no line end")
        text = raw.decode("utf-8")
        need("\r" not in text and not text.startswith("\ufeff"), "换行或字节序标记 CR or byte order mark")
        need(unicodedata.is_normalized("NFC", text), "不是NFC not NFC")
        lines = text.split("\n")[:-1]
        if name.endswith(".md"):
            return text
        if name == "log.jsonl":
            value = [canonical(line) for line in lines]
            need(all(isinstance(it, dict) and fits(it.get("deed"), str) and fits(it.get("data"), dict) for it in value), "log: deed, data")
            return value
        if name == "receipts.txt":
            need(all(HEX.fullmatch(it) for it in lines), "回执的写法 form of a code")
            return lines
        if name == "checkpoints.txt":
            need(not lines or len(lines) % 4 == 3 and not any(lines[3::4]), "每个校验点三行 three lines a checkpoint")
            return [checkpoint(lines[at:at + 3]) for at in range(0, len(lines), 4)]
        if name == "scores.csv":
            need(text.isascii() and lines and lines[0] == "proposal,juror,criterion,halves", "表头 header")
            rows = [row.split(",") for row in lines[1:]]
            need(all(len(row) == 4 and '"' not in "".join(row) and re.fullmatch("[1-9][0-9]{0,14},[1-9][0-9]{0,14}", ",".join(row[:2]))
                     and re.fullmatch("(0|[1-9][0-9]{0,8})?", row[3]) and (row[3] == "") == (row[2] == "-") for row in rows), "评分行 a row")
            rows = [(int(p), int(j), c, h and int(h)) for p, j, c, h in rows]
            need(all(a[:3] < b[:3] for a, b in zip(rows, rows[1:])), "顺序 order")
            return rows
        if name.endswith(".jsonl"):
            value = [canonical(line) for line in lines]
        else:
            need(len(lines) == 1, "应为一行 one line")
            value = canonical(lines[0])
        need(fits(value, FORMS[name]), "内容的名称或类型 fields or types")
        key = {"proposals.json": lambda it: it["key"], "objections.json": lambda it: (it["filed"], it["notice"], it["number"]),
               "paper.json": lambda it: it["number"]}.get(name)
        rows = value["booths"] if name == "paper.json" else value
        need(not key or all(key(a) < key(b) for a, b in zip(rows, rows[1:])), "顺序 order")
        return value

    def lines(self):
        return self.files.get("log.jsonl", b"").split(b"\n")[:-1]

    def events(self, *deeds):
        return [(at, it["data"]) for at, it in enumerate(self("log.jsonl")) if it["deed"] in deeds]

    def rule(self, path, otherwise=None):
        value = self("rules.json")
        for part in path.split("."):
            if part not in value:
                return otherwise
            value = value[part]
        return value

    def seals(self):
        return self.events("record.seal")


def checkpoint(lines):
    origin, size, root = lines
    need(re.fullmatch("0|[1-9][0-9]{0,15}", size), "校验点的大小 size")
    need(len(root) == 44 and base64.b64encode(base64.b64decode(root, validate=True)).decode() == root, "校验点的根 root")
    return origin, int(size), base64.b64decode(root).hex()


def roots(lines, wanted):
    """The root of the log at each wanted size (RFC 6962). 台账在各处的根。"""
    wanted, found, stack = set(wanted), {}, []
    for size in range(len(lines) + 1):
        if size:
            stack.append((0, hashlib.sha256(b"\0" + lines[size - 1]).digest()))
            while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
                (height, right), (_, left) = stack.pop(), stack.pop()
                stack.append((height + 1, hashlib.sha256(b"\1" + left + right).digest()))
        if size in wanted:
            top = stack[-1][1] if stack else hashlib.sha256(b"").digest()
            for _, left in stack[-2::-1]:
                top = hashlib.sha256(b"\1" + left + top).digest()
            found[size] = top.hex()
    return found


# --- the archive, the log and the seal -------------------------------------------------------------------------------------------

def z1(r, ask):
    parts, heads, at = [], [], 0
    for name in sorted(r.files, key=lambda it: it.encode()):
        body, label = r.files[name], name.encode()
        middle = struct.pack("<5H3L2H", 10, 0, 0, 0, 33, zlib.crc32(body), len(body), len(body), len(label), 0)
        parts += [b"PK\3\4", middle, label, body]
        heads.append(b"PK\1\2" + struct.pack("<H", 10) + middle + struct.pack("<3H2L", 0, 0, 0, 0, at) + label)
        at += 30 + len(label) + len(body)
    tail = b"".join(heads)
    parts += [tail, b"PK\5\6", struct.pack("<4H2LH", 0, 0, len(heads), len(heads), len(tail), at, 0)]
    need(heads and b"".join(parts) == r.data, "文件包的字节 bytes of the archive")


def z2(r, ask):
    want = NAMES + (["ballots.jsonl"] if r("round.json")["ballots"] == "whole" else [])
    wrong = set(want) ^ set(r.files)
    need(not wrong, "多或少 too many or missing: " + ", ".join(sorted(wrong)))


def m1(r, ask):
    rows = [{"bytes": len(r.files[n]), "path": n, "sha256": sha(r.files[n])} for n in sorted(r.files, key=str.encode) if n != "manifest.json"]
    lines = r.lines()
    made = {"files": rows, "format": 1, "root": roots(lines, [len(lines)])[len(lines)], "round": r("round.json")["round"], "size": len(lines)}
    need(r.files.get("manifest.json") == (dump(made) + "\n").encode(), "manifest.json")


def f1(r, ask):
    wrong = []
    for name in NAMES + ["ballots.jsonl"]:
        if name != "verify.py" and (name in r.files or name in NAMES):
            try:
                r(name)
            except Bad as error:
                wrong.append(str(error))
    need(not wrong, "; ".join(wrong))


def l1(r, ask):
    lines = r.lines()
    need(roots(lines, [len(lines)])[len(lines)] == r("manifest.json")["root"], "台账与清单不符 log and manifest differ")


def l2(r, ask):
    if ask.root:
        lines, ends = r.lines(), [at + 1 for at, _ in r.seals()]
        have = roots(lines, [*ends, len(lines)])
        if have[len(lines)] != ask.root:
            need(ask.root in [have[end] for end in ends], "与您手中的指纹不符 not the root that you hold")
            return "这是较早公布的指纹，账目、异议和结果可能更新 an earlier root: books, objections and awards may be newer"


def l3(r, ask):
    points, lines = r("checkpoints.txt"), r.lines()
    have, last = roots(lines, [size for _, size, _ in points]), -1
    for origin, size, root in points:
        need(origin == r("round.json")["origin"] and last < size <= len(lines) - 1 and have.get(size) == root, f"校验点 checkpoint {size}")
        last = size


def l4(r, ask):
    lines, log = r.lines(), r("log.jsonl")
    need(log and log[-1]["deed"] == "record.seal", "最后一行不是封存 the last line is no seal")
    files = {name: sha(body) for name, body in r.files.items() if name != "manifest.json"}
    files["log.jsonl"] = sha(r.files["log.jsonl"][:-len(lines[-1]) - 1])
    need(dump(log[-1]["data"]) == dump({"files": files, "format": 1}), "封存的摘要 a digest of the seal")


def l5(r, ask):
    seals = [data.get("files") for _, data in r.seals()]
    need(all(isinstance(it, dict) for it in seals), "封存的写法 form of a seal")
    for old in seals[:-1]:
        for name in LASTING:
            need(old.get(name) == seals[-1].get(name), f"{name} 封存后变了 changed after an earlier seal")


def l6(r, ask):
    if ask.old is None:
        return
    lines, mine = r.lines(), r("round.json")
    if ask.old.startswith(b"PK"):
        old = Record(ask.old)
        for check in (z1, m1, l1, l4):
            check(old, ask)
        need((old("round.json")["round"], old("round.json")["origin"]) == (mine["round"], mine["origin"]), "不是同一轮 another round")
        need(r.files["log.jsonl"].startswith(old.files["log.jsonl"]), "旧的台账被改过 the old log was changed")
    else:
        text = ask.old.decode().split("\n")
        need(len(text) == 3 or len(text) == 4 and not text[3], "校验点有三行 a checkpoint has three lines")
        origin, size, root = checkpoint(text[:3])
        need(origin == mine["origin"] and size <= len(lines) and roots(lines, [size])[size] == root, "与旧校验点不符 not the old checkpoint")


def r1(r, ask):
    deed, name = ("round.open_call", "fingerprint") if r("round.json")["source"] == "here" else ("round.enter", "rules")
    r("rules.json")
    found = r.events(deed)
    need(len(found) == 1 and found[0][1].get(name) == sha(r.files["rules.json"][:-1]), "办法与开始时冻结的不符 not the rules that were frozen")


# --- ballots and marks ------------------------------------------------------------------------------------------------------------

def standing_codes(r):
    accepted, gone, spoiled, closed = set(), {}, set(), False
    for it in r("log.jsonl"):
        deed, data = it["deed"], it["data"]
        if deed == "vote.close":
            closed = True
        if deed not in ("ballot.cast", "ballot.recast", "ballot.override", "ballot.spoil"):
            continue
        code = data.get("code")
        need(not closed and fits(code, HEX), "截止后的选票或不成码 after the close, or no code")
        stops = data.get("replaces") if deed == "ballot.recast" else code if deed == "ballot.override" else None
        if deed == "ballot.spoil":
            need(code not in spoiled and code not in accepted, "作废的码又用过 a spoiled code was used")
            spoiled.add(code)
        if stops is not None or deed == "ballot.recast":
            need(stops in accepted and stops not in gone, "被换的票不在 the replaced ballot did not count")
            gone[stops] = deed
        if deed in ("ballot.cast", "ballot.recast"):
            need(code not in accepted and code not in spoiled, "同一码用了两次 a code was accepted twice")
            accepted.add(code)
    return accepted - set(gone), gone, spoiled


def b1(r, ask):
    need(r("receipts.txt") == sorted(standing_codes(r)[0]), "回执与台账不符 receipts are not those of the log")


def b2(r, ask):
    totals, roll = r("totals.json"), r("round.json")["roll"]
    codes, booths = len(r("receipts.txt")), r("paper.json")["booths"]
    if roll is None:
        need(r("round.json")["ballots"] == "none", "没有投票 no vote")
    elif r("round.json")["source"] == "here":
        close, opened = r.events("vote.close"), r.events("box.open")
        need(len(close) == 1 and len(opened) == 1 and opened[0][0] > close[0][0], "截止或开箱 close or opening")
        need([close[0][1].get("cast"), close[0][1].get("size")] == [roll["cast"], roll["size"]] and roll["cast"] <= roll["size"], "投票率 turnout")
        counted, broken, paper = opened[0][1].get("counted"), opened[0][1].get("broken"), sum(b["valid"] + b["blank"] for it in booths for b in it["batches"])
        need(fits(counted, int) and fits(broken, int) and counted + broken == codes, "开箱票数 ballots in the box")
        need(roll["cast"] == codes + sum(it["issued"] - it["spoiled"] for it in booths) and totals["ballots"] == counted + paper, "票数 number of ballots")
        need(all(it["ballots"] == paper for it in totals["channels"] if it["name"] == "paper"), "纸质票数 paper ballots")
    else:
        need(codes == 0 and totals["ballots"] == roll["cast"] <= roll["size"], "票数 number of ballots")
    if "none" in (r("round.json")["ballots"], "none" if roll is None else ""):
        need(dump(totals) == dump({"ballots": 0, "channels": [], "opinions": [], "votes": []}), "没有投票却有得票 totals without a vote")
    names, sums = [it["name"] for it in totals["channels"]], Counter()
    need(names == sorted(set(names)) and sum(it["ballots"] for it in totals["channels"]) == totals["ballots"], "渠道 channels")
    for it in totals["channels"]:
        need([key for key, _ in it["votes"]] == [key for key, _ in totals["votes"]], "渠道的项目 proposals of a channel")
        sums.update(dict(it["votes"]))
    stance = r.rule("vote.kind") == "stance"
    need(stance or +sums == +Counter(dict(totals["votes"])), "各渠道之和 sums of the channels")


def opinions(r):
    """Agree and against of every proposal, once the silent and the followers have moved. 同意与反对。"""
    found = {}
    for key, support, against, _, follow, silent in r("totals.json")["opinions"]:
        moving = follow + (silent if r.rule("vote.silence") == "follow" else 0)
        found[key] = support + moving * (support > against), against + moving * (against > support)
    return found


def carried(r, key):
    agree, against = opinions(r)[key]
    cast = r("round.json")["roll"]["cast"]
    return {"more_for": agree > against, "half_of_cast": 2 * agree > cast}.get(r.rule("vote.carried", "any"), True)


def b4(r, ask):
    totals, n, kind = r("totals.json"), r("totals.json")["ballots"], r.rule("vote.kind")
    votes, keys = dict(totals["votes"]), [it["key"] for it in r("proposals.json")]
    if r("round.json")["roll"] is not None:
        need([key for key, _ in totals["votes"]] == keys, "每个项目一行 one row a proposal")
    k, points, values = r.rule("vote.k", 0) or 0, r.rule("vote.points", 0) or 0, list(votes.values())
    most = {"approve_k": (n, k * n), "knapsack": (n, None), "stance": (n, None), "points": (points * n, points * n),
            "rank": (k * n, n * k * (k + 1) // 2)}
    need(kind in most or r("round.json")["roll"] is None, "选票的种类 kind of ballot")
    most = most.get(kind, (None, None))
    need(all(v >= 0 and (most[0] is None or v <= most[0]) for v in values) and n >= 0, "得票超出可能 impossible votes")
    need(most[1] is None or sum(values) <= most[1], "得票之和超出可能 impossible sum")
    if kind == "stance":
        need([it[0] for it in totals["opinions"]] == [key for key, _ in totals["votes"]], "意见 opinions")
        need(all(min(row[1:]) >= 0 and sum(row[1:]) <= n for row in totals["opinions"]), "意见 opinions")
        need(votes == {key: agree for key, (agree, _) in opinions(r).items()}, "意见算出的得票 votes from opinions")
    else:
        need(totals["opinions"] == [], "意见 opinions")
    if r("round.json")["ballots"] != "whole":
        return
    rows, raw, sums = r("ballots.jsonl"), r.files["ballots.jsonl"].split(b"\n")[:-1], Counter()
    need(all(a < b for a, b in zip(raw, raw[1:])) and len({dump(it["choices"]) for it in rows}) == len(rows), "选票的顺序 order of ballots")
    for it in rows:
        chosen, weights = [key for key, _ in it["choices"]], [w for _, w in it["choices"]]
        need(it["times"] > 0 and chosen == sorted(set(chosen)) and set(chosen) <= votes.keys() and all(w > 0 for w in weights), "选票 a ballot")
        need(kind not in ("approve_k", "knapsack", "stance") or set(weights) <= {1}, "权重 weights")
        need(kind != "approve_k" or len(chosen) <= k, "选得太多 too many choices")
        need(kind != "points" or sum(weights) <= points, "分数太多 too many points")
        need(kind != "rank" or sorted(weights, reverse=True) == list(range(k, k - len(weights), -1)), "排序 ranks")
        for key, weight in it["choices"]:
            sums[key] += weight * it["times"]
    need(sum(it["times"] for it in rows) == n and all(sums[key] == v for key, v in votes.items()), "选票之和 sums of the ballots")


def is_serial(text, round, booth, received):
    """A serial of this booth: its form, its sheet and its check digits. 票号。"""
    found = re.fullmatch(r"(\d+)-(\d+)-(\d{4,6})-(\d\d)", text, re.A)
    if not found or found[1] != str(round) or found[2] != str(booth) or not 1 <= int(found[3]) <= received:
        return False
    check = 98 - int(f"{round:09}{booth:04}{int(found[3]):06}") * 100 % 97
    return found[3] == f"{int(found[3]):04}" and found[4] == f"{check:02}"


def p1(r, ask):
    paper, round, seen = r("paper.json"), r("round.json")["round"], []
    closed = {data.get("number"): data for _, data in r.events("booth.close")}
    words = {data.get("booth"): data for _, data in r.events("paper.explain")}
    told = defaultdict(list)  # the lines of each batch
    for at, line in enumerate(r("log.jsonl")):
        if line["deed"].startswith("batch."):
            told[line["data"].get("booth"), line["data"].get("batch")].append((line["deed"], line["data"]))
    need(set(closed) == {it["number"] for it in paper["booths"]}, "投票站与台账 booths of the log")
    corrected = paper["sample"] is not None and paper["sample"]["stage"] == "corrected"
    for it in paper["booths"]:
        same(closed[it["number"]], **{k: it[k] for k in ("received", "issued", "spoiled", "unused", "in_box")})
        sheets = [b["valid"] + b["blank"] + b["invalid"] for b in it["batches"]]
        need(it["received"] >= it["issued"] + it["unused"] and it["issued"] >= it["spoiled"] + it["in_box"], "发出和收回的票 papers issued")
        need(sum(sheets) == it["in_box"] + it["discrepancy"], "各批之和 batches")
        need(min([it[k] for k in ("received", "issued", "spoiled", "unused", "in_box")]) >= 0, "负数 below zero")
        need(not it["discrepancy"] or words.get(it["number"], {}).get("sheets") == it["discrepancy"], "没有说明的差异 a difference not explained")
        numbers = [b["number"] for b in it["batches"]]
        need(all(a < b for a, b in zip(numbers, numbers[1:])), "批次的顺序 order of batches")
        for b, size in zip(it["batches"], sheets):
            own = told.pop((it["number"], b["number"]), [])
            need(size > 0 and min(b["valid"], b["blank"], b["invalid"], b["differences"]) >= 0, "批次的张数 sheets of a batch")
            need(0 <= size - len(b["serials"]) <= b["invalid"] and all(x < y for x, y in zip(b["serials"], b["serials"][1:])), "票号 serials")
            need(all(is_serial(one, round, it["number"], it["received"]) for one in b["serials"]), "不是本站票号 no serial of this booth")
            batch(b, size, own, corrected)
            seen += b["serials"]
    need(all(deed in ("batch.register", "batch.drop", "batch.release") for own in told.values() for deed, _ in own)
         and all(registered(own) == 0 for own in told.values()), "台账里还有别的批次 the log has other batches")
    need(len(seen) == len(set(seen)), "一个票号计了两次 a serial twice")
    whole = Counter(line["deed"] for line in r("log.jsonl"))
    need(whole["vote.paper"] - whole["vote.unmark"] == sum(it["issued"] - it["spoiled"] for it in paper["booths"]), "纸票标记 voters marked on paper")
    need(whole["booth.spoil"] == sum(it["spoiled"] for it in paper["booths"]), "作废的票 spoiled papers")
    if paper["booths"]:
        counted = sum(b["valid"] + b["blank"] for it in paper["booths"] for b in it["batches"])
        opened = r.events("box.open")
        need(len(opened) == 1 and (corrected or opened[0][1].get("paper") == counted), "开箱时的纸票 papers at the opening")
        late = r.events("batch.register", "batch.key", "batch.settle", "paper.explain", "booth.close")
        need(all(at < opened[0][0] for at, _ in late), "开箱以后还在录 keyed after the opening")


def registered(own):
    return sum((deed == "batch.register") - (deed == "batch.drop") for deed, _ in own)


def batch(it, size, own, corrected):
    """A batch against its lines of the log. 一批与台账。"""
    keyed, settled = [data for deed, data in own if deed == "batch.key"], [data for deed, data in own if deed == "batch.settle"]
    need(registered(own) == 1 and len(keyed) == 2 and len(it["clerks"]) == 2, "登记或两遍录入 registered, keyed twice")
    first, second = sorted(keyed, key=lambda data: data.get("place") or 0)
    need([(data.get("place"), data.get("hand"), data.get("post")) for data in (first, second)]
         == [(at, clerk["hand"], clerk["post"]) for at, clerk in enumerate(it["clerks"], 1)], "录入的人 clerks")
    need(first["hand"] != second["hand"] and keyed[1].get("differences") == it["differences"], "两人或差异 clerks or differences")
    third, last = it["third"], keyed[1]
    need((third is None) == (it["differences"] == 0) and len(settled) == (third is not None), "第三人 third clerk")
    if third:
        last = settled[0]
        need([deed for deed, _ in own if deed in ("batch.key", "batch.settle")][-1] == "batch.settle", "裁定的先后 order of the settlement")
        need(third["hand"] not in (first["hand"], second["hand"]), "第三人 third clerk")
        same(last, differences=it["differences"], hand=third["hand"], post=third["post"])
    figures = ("valid", "blank", "invalid")
    need([last.get(k) for k in figures] == [it[k] for k in figures] or corrected and sum(last.get(k) or 0 for k in figures) == size, "一批的数目 figures of a batch")


def p2(r, ask):
    sample, drawn = r("paper.json")["sample"], r.events("sample.draw")
    serials = sorted(one for it in r("paper.json")["booths"] for b in it["batches"] for one in b["serials"])
    need((sample is None) == (not serials) == (not drawn), "该有样本 a sample is due")
    if sample is None:
        return
    opened, keys = r.events("box.open"), ("digits", "root", "size", "margin", "limit")
    need(len(drawn) == 1 and len(opened) == 1, "抽样或开箱 draw or opening")
    same(drawn[0][1], **{k: sample[k] for k in keys})
    need(opened[0][0] < sample["size"] <= drawn[0][0] and roots(r.lines(), {sample["size"]})[sample["size"]] == sample["root"], "抽样的根 root of the draw")
    need(re.fullmatch("[0-9]{6,40}", sample["digits"], re.A) and sample["margin"] > 0 and 0 < sample["limit"] < 1000, "骰子或票差 dice or margin")
    need(0 <= sample["draws"] <= len(serials), "抽取次数 draws")
    times = Counter(serials)
    if not sample["full"]:
        times = Counter(serials[int(sha(f"{sample['root']}/{sample['digits']},{i}".encode()), 16) % len(serials)] for i in range(1, sample["draws"] + 1))
    looks = {serial: (differs, over) for serial, differs, over in sample["looks"]}
    need([one[0] for one in sample["looks"]] == sorted(times), "抽中的票 the drawn sheets")
    seen = [[data.get("serial"), data.get("differs"), data.get("overstated")] for _, data in r.events("sample.look")]
    need(sorted(map(dump, seen)) == sorted(map(dump, sample["looks"])), "台账里的核对 looks of the log")
    w = {"rank": r.rule("vote.k", 0), "points": r.rule("vote.points", 0)}.get(r.rule("vote.kind"), 1) or 1
    need(all(0 <= over <= 2 * w and (differs or not over) for differs, over in looks.values()), "多记的差距 overstated")
    need(sample["differences"] == sum(differs for differs, _ in looks.values()), "不符的张数 differences")
    risk = Fraction(0)
    if not sample["full"] and sample["margin"] <= 2 * w * len(serials):
        risk = Fraction(1)
        for serial, n in times.items():
            one = (1 - Fraction(sample["margin"], w * len(serials)) * 25 / 52) / (1 - Fraction(looks[serial][1], w) * 25 / 52)
            risk *= one ** n
        risk = min(risk, Fraction(1))
    need(sample["risk"] == -(-risk.numerator * 1000 // risk.denominator), "风险 risk")
    need(sample["full"] or sample["risk"] <= sample["limit"] and sample["stage"] == "confirmed", "没有抽够 too few draws")
    last, decided = r.events("sample.finish"), r.events("awards.decide")
    need(last and last[-1][1].get("stands") == sample["stage"], "结论 conclusion")
    same(last[-1][1], **{k: sample[k] for k in ("draws", "full", "differences", "risk")})
    need(not decided or last[-1][0] < decided[0][0], "评定以后才抽样 sampled after the decision")


def s1(r, ask):
    most = {it["key"]: 2 * it["max"] for it in r.rule("criteria", [])}
    away = {(p, j) for p, j, c, _ in r("scores.csv") if c == "-"}
    for p, j, c, halves in r("scores.csv"):
        need(c == "-" or c in most and halves <= most[c] and (p, j) not in away, f"评分 mark {p},{j},{c}")


def mean(values):
    return sum(values, Fraction(0)) / len(values)


def trimmed(values):
    return mean(sorted(values)[1:-1] if len(values) >= 5 else values)


def median(values):
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def distance(values):
    return mean([abs(x - mean(values)) for x in values])


def deviation(values):
    variance = mean([(x - mean(values)) ** 2 for x in values])
    return Fraction((isqrt(4 * variance.numerator * 10**12 // variance.denominator) + 1) // 2, 10**6)


def evened(sheets, width):
    every, own = list(sheets.values()), defaultdict(list)
    for (_, juror), x in sheets.items():
        own[juror].append(x)
    middle, wide = (mean(every), width(every)) if every else (0, 0)
    of = {juror: (mean(values), width(values)) for juror, values in own.items()}
    return {(p, j): middle + (x - of[j][0]) * wide / of[j][1] if of[j][1] else middle for (p, j), x in sheets.items()}


def from_ranks(sheets):
    own = defaultdict(list)
    for (_, juror), x in sheets.items():
        own[juror].append(x)
    def points(x, all_):
        return Fraction(100 * (2 * sum(y < x for y in all_) + all_.count(x) - 1), 2 * (len(all_) - 1)) if len(all_) > 1 else Fraction(50)
    return {(p, j): points(x, own[j]) for (p, j), x in sheets.items()}


def without_mildness(sheets):
    jurors, of = sorted({j for _, j in sheets}), defaultdict(dict)
    for (p, j), x in sheets.items():
        of[p][j] = x
    place, size = {j: at for at, j in enumerate(jurors)}, len(jurors)
    rows = [[Fraction(0)] * (size + 1) for _ in jurors]
    for marks in of.values():
        for j, x in marks.items():
            row = rows[place[j]]
            row[place[j]] += 1
            row[size] += x - mean(list(marks.values()))
            for other in marks:
                row[place[other]] -= Fraction(1, len(marks))
    rows[-1:] = [[Fraction(1)] * size + [Fraction(0)]] if rows else []
    for at in range(size):
        pivot = next((row for row in rows[at:] if row[at]), None)
        need(pivot, "评委之间没有共同项目 jurors do not hang together")
        rows.remove(pivot)
        rows.insert(at, [x / pivot[at] for x in pivot])
        rows = [row if row is rows[at] else [x - row[at] * y for x, y in zip(row, rows[at])] for row in rows]
    return {(p, j): x - rows[place[j]][size] for (p, j), x in sheets.items()}


def marks(r):
    """The mark of every proposal that has one (5.6). 每个项目的得分。"""
    criteria, given = r.rule("criteria", []), defaultdict(dict)
    for p, j, c, halves in r("scores.csv"):
        if c != "-":
            given[p, j][c] = halves
    of = {it["key"]: it for it in criteria}
    sheets = {at: 100 * sum(Fraction(of[c]["weight"] * h, 2 * of[c]["max"]) for c, h in marked.items()) / sum(of[c]["weight"] for c in marked)
              for at, marked in given.items() if len(marked) == len(criteria) or r.rule("scoring.blank") == "scale"}
    way = r.rule("scoring.mean")
    sheets = {"normalised": lambda: evened(sheets, distance), "zscore": lambda: evened(sheets, deviation), "borda": lambda: from_ranks(sheets),
              "severity": lambda: without_mildness(sheets)}.get(way, lambda: sheets)()
    by = defaultdict(list)
    for (p, _), x in sheets.items():
        by[p].append(x)
    return {p: {"trimmed": trimmed, "normalised": trimmed, "median": median}.get(way, mean)(values) for p, values in by.items()}


# --- the count --------------------------------------------------------------------------------------------------------------------

def show(value):
    return None if value is None else f"{value.numerator}/{value.denominator}"


def beyond(case, made):
    """Whether `case` is `made`, with further keys only where they say nothing. 除空值外是否相同。"""
    need(made.keys() <= case.keys(), "缺少 missing: " + ", ".join(sorted(made.keys() - case.keys())))
    for key, value in case.items():
        if key in ("bids", "limits") and key in made:
            pairs = list(zip(value, made[key])) if key == "bids" else [(value, made[key])]
            need(key == "limits" or len(value) == len(made[key]), "申请数 number of bids")
            for found, wanted in pairs:
                beyond(found, wanted)
        elif key in made:
            need(dump(value) == dump(made[key]), f"{key}: {dump(value)[:60]} ≠ {dump(made[key])[:60]}")
        else:
            need(not value, f"多出 too much: {key}")


def a1(r, ask):
    case, rule, round_, here = r("allocation.json")["case"], r.rule, r("round.json"), r("round.json")["source"] == "here"
    proposals, score, votes = r("proposals.json"), marks(r) if here else {}, dict(r("totals.json")["votes"])
    subjects = defaultdict(list)
    for at, it in enumerate(r("log.jsonl")):
        subjects[it.get("subject") if isinstance(it.get("subject"), str) else None].append([at, it["deed"]])
    need(len({it["number"] for it in proposals}) == len(proposals), "编号 numbers")
    tiers, themes = (rule("tiers", []), rule("themes", [])) if here else ([], [])
    part = here and rule("award.partial", "none") == "remainder"
    stands = lambda it: rule("vote.kind") != "stance" or carried(r, it["key"])  # noqa: E731
    bids, communities = [], sorted({it["community"] for it in proposals if stands(it)}) if here else []
    for it in proposals:
        need(it["events"] == subjects[f"proposals.Proposal:{it['key']}"], f"项目 {it['number']} 的经过 events of a proposal")
        bid = {"cost": it["cost"], "key": it["key"], "sent": it["number"], "votes": votes.get(it["key"], 0), "score": show(score.get(it["key"])),
               "least": max(1, -(-it["cost"] * rule("award.partial_min", 0) // 1000)) if part else None,
               "own_funds": it["own_funds"] if here else 0, **{name: it[name] if here else None for name in ("tier", "theme", "team", "community")}}
        if stands(it):
            bids.append(bid)
    floors = [("tier", it["key"], it.get("least", 0), it.get("floor")) for it in tiers]
    floors += [("theme", it["key"], it.get("least", 0), it.get("floor")) for it in themes]
    floors += [("community", it, rule("community_least", 0), rule("community_floor")) for it in communities]
    alive = [[key for key in group if key in {bid["key"] for bid in bids}] for group in round_["exclusive"]]
    limits = {
        "budget": rule("budget"), **{cap: rule(cap) if here else None for cap in ("community_cap", "project_cap", "team_cap")},
        "exclusive": [group for group in alive if len(group) > 1] if here else [], "min_votes": rule("award.min_votes"),
        "min_score": show(Fraction(rule("award.min_score"))) if here and rule("award.min_score") is not None else None,
        "floors": [{"kind": k, "money": m or 0, "name": n, "projects": p} for k, n, p, m in floors if p or m],
        "own_share": rule("own_funds_min", 0) if here else 0, "one_per_team": rule("award.one_per_team", False) if here else False,
        "partial": part, "reserve": rule("award.reserve", 0) if here else 0, "topup": 800,
        "theme_caps": [[it["key"], it["cap"]] for it in themes if it.get("cap") is not None],
        "tiers": [{name: it.get(name) for name in ("cap", "key", "money", "places")} for it in tiers]}
    made = {"ballots": (round_["roll"] or {"cast": 0})["cast"], "bids": bids, "climb": False, "expert": rule("award.expert", 0),
            "public": rule("award.public", 0), "limits": limits, "lot": case.get("lot"), "seed": case.get("seed"), "method": rule("award.method"),
            "normaliser": rule("award.normaliser", "share_of_ballots"), "rule": rule("award.overflow") if here else round_["overflow"],
            "rules": sha(r.files["rules.json"][:-1]), "ties": rule("award.ties"), "utility": rule("award.utility", "cost") if here else "",
            "completion": rule("award.completion", "none") if here else "none", "choices": []}
    if made["method"] in ("equal_shares", "phragmen"):
        made["choices"] = [[row["choices"], row["times"]] for row in sorted(r("ballots.jsonl"), key=lambda row: row["choices"])]
    need(not here or round_["overflow"] == rule("award.overflow"), "rule")
    beyond(case, made)


def a2(r, ask):
    case = r("allocation.json")["case"]
    drawn = sorted((bid["key"] for bid in case["bids"]), key=lambda key: sha(f"{case['seed']}:{key}".encode()))
    need(case["lot"] == drawn, "抽签的顺序 order of the lot")
    opening, numbers = r.events("round.open_call" if r("round.json")["source"] == "here" else "round.enter"), r.events("round.enter_number")
    secret, slash, number = case["seed"].partition("/")
    need(len(opening) == 1 and opening[0][1].get("lot") == sha(secret.encode("ascii")), "种子与承诺不符 not the seed that was committed to")
    need([str(data.get("number")) for _, data in numbers] == ([number] if slash else []), "公开的号码 the public number")


class Count:
    """One count of a case: what limits it, what parts ties, and what was granted so far. 一次计算。"""

    def __init__(self, case, least=True):
        self.case, self.limits, self.bids = case, case["limits"], {bid["key"]: bid for bid in case["bids"]}
        self.tiers, self.themes = {it["key"]: it for it in self.limits["tiers"]}, dict(map(tuple, self.limits["theme_caps"]))
        self.place, self.least = {key: at for at, key in enumerate(case["lot"])}, least and self.limits["partial"]
        self.pots, self.funded, self.grants, self.ties = Counter(), [], {}, []

    def smallest(self, bid):
        return bid["least"] if self.least and bid["least"] is not None else bid["cost"]

    def standings(self):
        case, bids, method = self.case, self.case["bids"], self.case["method"]
        if method == "welfare":
            worth = case["utility"]
            return {b["key"]: (b["score"] and Fraction(b["score"])) if worth == "score" else Fraction(b["votes"] * (b["cost"] if worth == "cost" else 1))
                    for b in bids}
        if method == "score":
            return {b["key"]: b["score"] and Fraction(b["score"]) for b in bids}
        if method != "blend":
            return {b["key"]: Fraction(b["votes"]) for b in bids}
        most, votes, found = max((b["votes"] for b in bids), default=0), [b["votes"] for b in bids], {}
        for b in bids:
            v = b["votes"]
            if case["normaliser"] == "min_max":
                share = Fraction(v - min(votes), most - min(votes)) if most > min(votes) else 0
            elif case["normaliser"] == "rank":
                place = sum(x > v for x in votes) + Fraction(votes.count(v) + 1, 2)
                share = (len(votes) + 1 - place) / len(votes)
            else:
                whole = case["ballots"] if case["normaliser"] == "share_of_ballots" and case["ballots"] else most
                share = Fraction(v, whole) if whole else 0
            found[b["key"]] = None if b["score"] is None and case["expert"] else (
                case["expert"] * Fraction(b["score"] or 0) + case["public"] * 100 * share) / 1000
        return found

    def worth(self, name, key):
        bid = self.bids[key]
        return {"votes": bid["votes"], "score": bid["score"] and Fraction(bid["score"]), "cheaper": -bid["cost"], "dearer": bid["cost"],
                "own_funds": Fraction(bid["own_funds"], max(bid["cost"] + bid["own_funds"], 1)),
                "earlier": None if bid["sent"] is None else -bid["sent"], "lot": -self.place[key]}[name]

    def part(self, level, names):
        """The order of bids that stand level (6.3). 同分者的先后。"""
        if len(level) == 1:
            return level
        need(names, "分不出先后 a tie that nothing settles")
        groups, at = defaultdict(list), len(self.ties)
        for key in level:
            groups[self.worth(names[0], key)].append(key)
        if len(groups) > 1:
            self.ties.append(None)
        best = sorted(groups, key=lambda value: (value is not None, value or 0), reverse=True)
        order = [key for value in best for key in self.part(groups[value], names[1:])]
        if len(groups) > 1:
            self.ties[at] = {"keys": order, "settled_by": names[0]}
        return order

    def ranked(self, keys, standing):
        return [key for _, level in groupby(sorted(keys, key=standing.get, reverse=True), standing.get)
                for key in self.part(list(level), self.case["ties"])]

    def aside(self, bid, standing):
        """Why a bid does not even come up, or None (6.4). 不参加计算的原因。"""
        own, least, score = bid["own_funds"], self.limits["min_score"], bid["score"]
        tier = self.tiers.get(bid["tier"])
        if standing is None or least is not None and score is None and (not self.tiers or tier):
            return "no_score"
        if self.tiers and not tier:
            return "no_tier"
        if least is not None and Fraction(score) < Fraction(least):
            return "min_score"
        if self.limits["min_votes"] is not None and bid["votes"] < self.limits["min_votes"]:
            return "min_votes"
        if own * 1000 < (bid["cost"] + own) * self.limits["own_share"]:
            return "own_share"
        for code, cap in (("tier_cap", tier and tier["cap"]), ("project_cap", self.limits["project_cap"])):
            if cap is not None and self.smallest(bid) > cap:
                return code
        return None

    def barred(self, bid):
        if any(bid["key"] in group and any(it in self.grants for it in group if it != bid["key"]) for group in self.limits["exclusive"]):
            return "exclusive"
        if self.limits["one_per_team"] and bid["team"] is not None and self.pots["teams", bid["team"]]:
            return "team_taken"
        tier = self.tiers.get(bid["tier"])
        return "places" if tier and tier["places"] is not None and self.pots["places", bid["tier"]] >= tier["places"] else None

    def rooms(self, bid):
        tier, limits = self.tiers.get(bid["tier"]), self.limits
        found = [("tier_money", "tier", tier and tier["money"]), ("community_cap", "community", limits["community_cap"]),
                 ("team_cap", "team", limits["team_cap"]), ("theme_cap", "theme", self.themes.get(bid["theme"]))]
        rooms = [(code, cap - self.pots[name, bid[name]]) for code, name, cap in found if cap is not None and bid[name] is not None]
        return [*rooms, ("budget", limits["budget"] - self.pots["budget"])]

    def room(self, bid):
        caps = [self.limits["project_cap"], (self.tiers.get(bid["tier"]) or {"cap": None})["cap"]]
        return min([room for _, room in self.rooms(bid)] + [cap for cap in caps if cap is not None])

    def take(self, bid, grant):
        self.grants[bid["key"]] = grant
        self.funded.append(bid["key"])
        for name in ("tier", "community", "team", "theme"):
            self.pots[name, bid[name]] += grant
        self.pots.update({("teams", bid["team"]): 1, ("places", bid["tier"]): 1, "budget": grant})

    def refused(self, bid):
        return self.barred(bid) or any(room < bid["cost"] for code, room in self.rooms(bid) if code != "budget")

    def greedy(self, standing, rule, floored=()):
        """Steps of the count, the reserve list and the money from outside (6.4). 逐个计算。"""
        limits, steps, up, extra, ended, closed = self.limits, [], [], 0, False, set()
        for key in sorted(self.bids):
            code = self.aside(self.bids[key], standing[key])
            if code:
                steps.append((key, False, 0, limits["budget"], code))
            else:
                up.append(key)
        for key in (up := self.ranked(up, standing)):
            bid, grant = self.bids[key], None
            rooms, smallest, left = self.rooms(bid), self.smallest(bid), limits["budget"] + extra - sum(self.grants.values())
            code = "stopped" if ended or bid["tier"] in closed else self.barred(bid)
            if not code:
                room = self.room(bid)
                if room >= smallest:
                    code, grant = ("floor", None) if key in floored else ("funded" if room >= bid["cost"] else "funded_partly", min(room, bid["cost"]))
                else:
                    code = next((name for name, own in rooms if own < smallest), "budget")
            if rule in ("stop", "topup") and code == "budget":
                ended = True
                if rule == "topup" and left * 1000 >= bid["cost"] * limits["topup"]:
                    code, grant, extra = "topped_up", bid["cost"], extra + bid["cost"] - left
            elif rule in ("stop", "topup") and code == "tier_money":
                closed.add(bid["tier"])
            if grant is not None:
                self.take(bid, grant)
            steps.append((key, grant is not None, grant or 0, limits["budget"] + extra - sum(self.grants.values()), code))
        waiting, reserve = Counter(), []
        for key in up:
            tier = self.bids[key]["tier"] if self.tiers else None
            if key not in self.grants and waiting[tier] < limits["reserve"]:
                waiting[tier] += 1
                reserve.append(key)
        return steps, reserve, extra


def a3(r, ask):
    case, outcome = r("allocation.json")["case"], r("allocation.json")["outcome"]
    if case["method"] == "welfare":
        return welfare(case, outcome)
    if case["method"] in ("equal_shares", "phragmen"):
        return None if case["limits"]["floors"] else shares(r, case, outcome)
    if case["limits"]["floors"] and case["limits"]["partial"]:
        return None  # 6.4: who comes up twice is not laid down
    count = Count(case)
    floored = {it["key"] for it in outcome["steps"] if it["reason"]["code"] == "floor"} if case["limits"]["floors"] else ()
    steps, reserve, extra = count.greedy(count.standings(), case["rule"], floored)
    split = [{**tie, "split": 0 < sum(key in count.grants for key in tie["keys"]) < len(tie["keys"])} for tie in count.ties]
    found = [{**it, "reason": {"code": it["reason"]["code"]}} for it in outcome["steps"]]
    made = [{"funded": f, "grant": g, "key": k, "left": left, "reason": {"code": code}} for k, f, g, left, code in steps]
    same(outcome, extra=extra, funded=count.funded, grants=[[k, count.grants[k]] for k in count.funded], reserve=reserve, rule=case["rule"],
         left=case["limits"]["budget"] + extra - sum(count.grants.values()), unit=case["method"], ties=split)
    for a, b in zip(found, made):
        need(dump(a) == dump(b), f"步骤 step: {dump(a)} ≠ {dump(b)}")
    need(len(found) == len(made), "步骤数 number of steps")


def same(found, **made):
    for name, value in made.items():
        need(name in found and dump(found[name]) == dump(value), f"{name}: {dump(found.get(name))[:60]} ≠ {dump(value)[:60]}")


class Shares(Count):
    """Equal Shares and Phragmén (6.6): every voter pays, or carries, her part. 平均份额与分摊。"""

    def __init__(self, case, ballots):
        super().__init__(case, least=False)
        self.up = [key for key in sorted(self.bids) if not self.aside(self.bids[key], self.bids[key]["votes"])]
        self.ballots, fans = ballots, defaultdict(list)
        for voter, (weights, times) in enumerate(ballots):
            for key, weight in weights:
                utility = {"cost": max(self.bids[key]["cost"], 1), "points": weight, "borda": weight}.get(case.get("utility"), 1)
                fans[key].append((voter, utility, times))
        self.fans, self.money = {key: fans[key] for key in self.up if fans[key]}, []

    def fresh(self):
        self.pots, self.funded, self.grants = Counter(), [], {}

    def price(self, key):
        """The least price at which supporters pay the cost together, or None. 最低价格。"""
        owners = Counter()
        for voter, utility, times in self.fans[key]:
            owners[self.purse[voter], utility] += times
        rows = [(self.money[purse], u, times) for (purse, u), times in owners.items()]
        due, whole = Fraction(self.bids[key]["cost"]), sum(u * times for _, u, times in rows)
        if sum(money * times for money, _, times in rows) < due:
            return None
        for money, u, times in sorted(rows, key=lambda row: row[0] / row[1]):
            if money * whole >= due * u:
                break
            due, whole = due - money * times, whole - u * times
        return due / whole

    def run(self, each):
        """Buy until nothing has a price; what was bought, and the keys that are poor. 一次购买。"""
        self.fresh()
        self.money, self.purse, heap, lost = [each], [0] * len(self.ballots), [(Fraction(0), key) for key in self.fans], []
        heapq.heapify(heap)  # a price never falls while money is spent, so the last one known bounds it from below
        while heap:
            ready = []
            while heap and (not ready or heap[0][0] <= min(ready)[0]):
                key = heapq.heappop(heap)[1]
                if not self.refused(self.bids[key]):
                    price = self.price(key)
                    lost.append(key) if price is None else ready.append((price, key))
            if not ready:
                break
            price, paid = min(ready)[0], {}
            best = self.part([key for cost, key in ready if cost == price], self.case["ties"])[0]
            for it in ready:
                if it[1] != best:
                    heapq.heappush(heap, it)
            for voter, utility, _ in self.fans[best]:
                at = self.purse[voter], utility
                if at not in paid:
                    paid[at] = len(self.money)
                    self.money.append(self.money[at[0]] - min(price * utility, self.money[at[0]]))
                self.purse[voter] = paid[at]
            self.take(self.bids[best], self.bids[best]["cost"])
        return list(self.funded), [key for key in lost if not self.refused(self.bids[key])]

    def hold(self, bought):
        self.fresh()
        for key in bought:
            self.take(self.bids[key], self.bids[key]["cost"])

    def left(self):
        return self.limits["budget"] - sum(self.grants.values())

    def fits(self, key):
        return key not in self.grants and not self.refused(self.bids[key]) and self.bids[key]["cost"] <= self.left()

    def equal(self, most):
        case, completion, voters = self.case, self.case["completion"], sum(times for _, times in self.ballots)
        each, raises, stopped = Fraction(self.limits["budget"], voters) if voters else Fraction(0), 0, ""
        bought, poor = self.run(each)
        while completion not in ("none", "utilitarian"):
            need(completion in ("add1", "add1u", "comparison", "add1-exhaustive"), "completion")
            if completion == "add1-exhaustive":
                self.hold(bought)
                stopped = "" if any(self.fits(key) for key in self.up) else "exhausted"
            stopped = stopped or ("" if poor else "served")
            if stopped:
                break
            need(raises < min(most + 1, MOST_RUNS), "raises")
            more, hungry = self.run(each + 100)
            if sum(self.bids[key]["cost"] for key in more) > self.limits["budget"]:
                stopped = "overshoot"
                break
            bought, poor, each, raises = more, hungry, each + 100, raises + 1
        self.hold(bought)
        completed = []
        if completion in ("utilitarian", "add1u", "comparison"):
            merit = {key: Fraction(sum(u * t for _, u, t in self.fans.get(key, ())), max(self.bids[key]["cost"], 1)) for key in self.up}
            for key in self.ranked([key for key in self.up if key not in self.grants], merit):
                if self.fits(key):
                    self.take(self.bids[key], self.bids[key]["cost"])
                    completed.append(key)
        if completion == "comparison":
            self.compare()
        return {"each": show(each), "raises": raises, "stopped": stopped, "completed": completed}

    def compare(self):
        other = Count(self.case, least=False)
        other.greedy({key: Fraction(bid["votes"]) for key, bid in self.bids.items()}, "skip")
        gain = Counter()
        for key, rows in self.fans.items():
            for voter, utility, _ in rows:
                gain[voter] += utility * ((key in other.grants) - (key in self.grants))
        if sum((x > 0) * self.ballots[voter][1] - (x < 0) * self.ballots[voter][1] for voter, x in gain.items()) > 0:
            self.funded, self.grants = other.funded, other.grants

    def phragmen(self):
        load = [Fraction(0)] * len(self.ballots)
        crowd = {key: sum(times for *_, times in rows) for key, rows in self.fans.items()}
        while True:
            within = self.left() if self.case["rule"] == "skip" else self.limits["budget"]
            due = {}
            for key, rows in self.fans.items():
                if key not in self.grants and not self.refused(self.bids[key]) and self.bids[key]["cost"] <= within:
                    loads = Counter()
                    for voter, _, times in rows:
                        loads[load[voter]] += times
                    due[key] = (self.bids[key]["cost"] + sum(x * times for x, times in loads.items())) / crowd[key]
            first = [key for key in due if due[key] == min(due.values())]
            if not first or any(self.bids[key]["cost"] > self.left() for key in first):
                return
            best = self.part(first, self.case["ties"])[0]
            self.take(self.bids[best], self.bids[best]["cost"])
            for voter, _, _ in self.fans[best]:
                load[voter] = due[best]


def shares(r, case, outcome):
    it = Shares(case, [(row["choices"], row["times"]) for row in r("ballots.jsonl")])
    if case["method"] == "phragmen":
        it.phragmen()
    else:
        same(outcome["shares"], **it.equal(outcome["shares"]["raises"]))
    same(outcome, funded=it.funded, grants=[[key, it.grants[key]] for key in it.funded], left=it.left())


def welfare(case, outcome):
    """What can be checked of a set of the greatest welfare without a search (6.6). 总效用最大。"""
    count = Count(case)
    standing, grants = count.standings(), dict(map(tuple, outcome["grants"]))
    need(list(grants) == outcome["funded"] and len(grants) == len(outcome["grants"]), "funded, grants")
    same(outcome, extra=0, left=case["limits"]["budget"] - sum(grants.values()))
    up = [key for key, bid in count.bids.items() if not count.aside(bid, standing[key])]
    for key, grant in grants.items():
        bid = count.bids.get(key)
        need(key in up and not count.barred(bid) and count.smallest(bid) <= grant <= min(count.room(bid), bid["cost"]), f"{key}: 不合限制 a limit")
        need(case["limits"]["partial"] or grant == bid["cost"], f"{key}: grant")
        count.take(bid, grant)
    if not case["limits"]["floors"]:
        for key in up:
            bid = count.bids[key]
            need(key in grants or count.barred(bid) or count.room(bid) < count.smallest(bid), f"{key}: 还能入选 could still be funded")
        simple = Count(case)
        simple.greedy(standing, "skip")
        need(sum(standing[key] for key in grants) >= sum(standing[key] for key in simple.grants), "不如简单办法 less than the simple rule")


def a4(r, ask):
    it, here = r("allocation.json"), r("round.json")["source"] == "here"
    need(it["fingerprint"] == sha((dump(it["case"]) + dump(it["outcome"])).encode()), "决定指纹 fingerprint")
    lines = r.events("awards.publish" if here else "awards.enter_election")
    need(lines and lines[-1][1].get("fingerprint") == it["fingerprint"], "台账里的决定不同 the log has another decision")


# --- after the count --------------------------------------------------------------------------------------------------------------

def n1(r, ask):
    it, outcome = r("awards.json"), r("allocation.json")["outcome"]
    grants, cost = dict(map(tuple, outcome["grants"])), {bid["key"]: bid["cost"] for bid in r("allocation.json")["case"]["bids"]}
    now = {key: ("standing", grants[key]) if key in grants else ("reserve" if key in outcome["reserve"] else "out", 0) for key in cost}
    for change in it["changes"]:
        key, grant = change["key"], change["grant"]
        stage, before = now.get(key, ("out", 0))
        need(stage == "standing" and 0 <= grant < before or stage == "reserve" and grant == cost[key], f"更正 change of {key}")
        now[key] = ("standing", grant) if grant else ("cancelled", 0)
    made = [{"grant": grant, "key": key, "stage": stage} for key, (stage, grant) in sorted(now.items())]
    need(dump(it["awards"]) == dump(made), "入选结果 awards")
    need(sum(row["grant"] for row in made) <= r.rule("budget") + outcome["extra"], "超出总额 above the budget")


def books(r):
    """Balances after every voucher. 每张凭证后的余额。"""
    balance = Counter()
    for it in r("ledger.jsonl"):
        for account, amount in it["postings"]:
            balance[account] += amount
        yield it, balance


def k1(r, ask):
    seen, reversed_ = [], set()
    for it, balance in books(r):
        at = it["number"]
        need(at == len(seen) + 1, f"凭证 voucher {at}: 编号 number")
        need(len(it["postings"]) != 1 and all(n for _, n in it["postings"]) and sum(n for _, n in it["postings"]) == 0, f"凭证 {at}: 不平 no balance")
        need(all(re.fullmatch("cash|running|given|other|source|(source|cost|owed)/[1-9][0-9]*", name) for name, _ in it["postings"]), f"凭证 {at}: 科目 account")
        need(balance["cash"] >= 0 and all(balance[n] <= 0 for n, _ in it["postings"] if n.startswith("owed/")), f"凭证 {at}: 余额 balance")
        back = it["reverses"]
        if back is not None:
            need(0 < back < at and back not in reversed_, f"凭证 {at}: 冲销 reversal")
            need(sorted([n, -x] for n, x in seen[back - 1]) == sorted(it["postings"]), f"凭证 {at}: 冲销 reversal")
            reversed_.add(back)
        seen.append(it["postings"])


def k2(r, ask):
    grants = {str(it["key"]): it["grant"] for it in r("awards.json")["awards"] if it["stage"] == "standing"}
    for it, balance in books(r):
        for key in {name.partition("/")[2] for name, _ in it["postings"] if name[:5] in ("cost/", "owed/")}:
            cost = balance["cost/" + key]
            need(key in grants and 0 <= cost <= grants[key] and cost + balance["owed/" + key] >= 0, f"凭证 voucher {it['number']}: 超付 overpaid {key}")


def o1(r, ask):
    rows, of = r("objections.json"), defaultdict(list)
    for deed, count in (("awards.object", len(rows)), *((d, sum(it["stage"] == s for it in rows))
                        for d, s in (("awards.uphold", "upheld"), ("awards.reject", "rejected")))):
        need(len(r.events(deed)) == count, f"异议数 number of {deed}")
    for it in rows:
        need((it["answered"] is None) == (it["stage"] == "open"), "答复日期 day of the answer")
        of[it["notice"]].append(it["number"])
    need(all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in of.values()), "异议编号 numbers")


def receipt(code):
    bits = int(code[:20], 16)
    return "".join(LETTERS[bits >> shift & 31] for shift in range(75, -1, -5))


def c1(r, ask):
    if ask.receipt is None:
        return
    mine = [code for code in r("receipts.txt") if ask.receipt in (code, receipt(code))]
    if not mine:
        gone, spoiled = standing_codes(r)[1:]
        words = {"ballot.recast": "后来改投过 replaced by a later ballot", "ballot.override": "改用了纸质票 voted on paper instead"}
        for code in [*gone, *spoiled]:
            need(ask.receipt not in (code, receipt(code)), words.get(gone.get(code), "抽检作废 spoiled on purpose"))
        raise Bad("没有这张选票 this ballot is not counted")


def c2(r, ask):
    if ask.open is not None:
        named = [data.get("code") for _, data in r.events("ballot.spoil")]
        need(ask.open.startswith(f"sanlin-ballot-2:{r('round.json')['round']}:") and sha(ask.open.encode()) in named, "不是作废票的内容 no opening")


CHECKS = [
    (z1, "文件包 archive"), (z2, "文件齐全 files"), (m1, "清单 manifest"), (f1, "写法 form"), (l1, "台账的根 root of the log"),
    (l2, "手中的指纹 the printed root"), (l3, "校验点 checkpoints"), (l4, "封存 seal"), (l5, "以前的封存 earlier seals"),
    (l6, "旧账本 the older record"), (r1, "冻结的办法 frozen rules"), (b1, "回执 receipts"), (b2, "票数 numbers of ballots"), (b4, "得票 totals"),
    (p1, "纸质票 paper"), (p2, "纸票抽样 sample of paper"), (s1, "评分 marks"), (a1, "计算的依据 the case"), (a2, "抽签 lot"), (a3, "重新计算 recount"), (a4, "决定 decision"),
    (n1, "异议之后 awards"), (k1, "账目 books"), (k2, "拨付 payments"), (o1, "异议 objections"), (c1, "我的选票 my ballot"), (c2, "抽检 opening")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive")
    for name in ("--root", "--receipt", "--old", "--open"):
        parser.add_argument(name)
    ask = parser.parse_args()
    try:
        with open(ask.archive, "rb") as file:
            record = Record(file.read())
        if ask.old is not None:
            with open(ask.old, "rb") as file:
                ask.old = file.read()
    except OSError as error:
        parser.error(f"打不开 cannot open: {error}")
    if ask.root is not None:
        plain = re.sub(r"[\s-]", "", ask.root).lower()
        try:
            ask.root = plain if HEX.fullmatch(plain) else checkpoint(["", "0", ask.root.strip()])[2]
        except Exception:
            parser.error("指纹应为64位十六进制或44位base64 a root has 64 hexadecimal digits or 44 of base64")
    if ask.receipt is not None:
        plain = re.sub(r"[\s\-－]", "", ask.receipt)
        code = plain.upper().translate(str.maketrans("OIL", "011"))
        ask.receipt = plain.lower() if HEX.fullmatch(plain.lower()) else code
        if not HEX.fullmatch(ask.receipt) and not re.fullmatch(f"[{LETTERS}]{{16}}", code):
            parser.error("回执码有16位 a receipt has 16 letters and digits")
    failed = False
    for check, words in CHECKS:
        try:
            said = check(record, ask)
            print(f"通过 {check.__name__.upper()} {words}" + (f" ({said})" if said else ""))
        except Exception as error:
            failed = True
            print(f"不通过 {check.__name__.upper()} {words}: {error or type(error).__name__}")
    print("总计 不通过" if failed else "总计 通过")
    return int(failed)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
