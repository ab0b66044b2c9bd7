#!/usr/bin/env python3
"""Check the record of a round at home, with nothing but Python 3.9 or later. 在家核对一轮的公开账本。

    python3 verify.py ROUND.zip [--root ROOT] [--receipt CODE] [--old ARCHIVE-OR-CHECKPOINT] [--open LINE]

Written from the page "The record of a round: format, version 1" alone; numbers such as 5.8 are its sections. This file checks
the archive, the log and its root, seals, receipts, totals, the decision, awards and books. The types of values, paper and the
count by every method are in recount.py, which lies in the archive too. Nothing of it is run unless its SHA-256 is the one
below: whoever knows this file knows both. Exit 0: all passed, 1: something failed, 2: asked wrongly.
"""
import argparse, base64, hashlib, json, re, struct, sys, unicodedata, zlib
from collections import Counter
from functools import lru_cache
from pathlib import Path
from types import ModuleType

RECOUNT = "d06a8bdc225b58b21e2238dc8e51cd72e8bce0003103d7900896a21197aa4cf0"
UNKNOWN = "包里和旁边都没有本程序认定的recount.py the recount.py that this file names is neither in the archive nor beside it"
LASTING = "allocation.json ballots.jsonl paper.json receipts.txt rules.json scores.csv totals.json".split()
NAMES = LASTING + """README.en.md README.zh.md awards.json checkpoints.txt keys.json ledger.jsonl log.jsonl manifest.json
 objections.json proposals.json recount.py round.json verify.py""".split()
ORDER = "Z1 Z2 V1 M1 F1 L1 L2 L3 L4 L5 L6 R1 B1 B2 B4 P1 P2 P3 S1 A1 A2 A3 A4 N1 K1 K2 O1 C1 C2".split()
ASKED = {"L2": "root", "L6": "old", "C1": "receipt", "C2": "open"}  # these pass where nobody asks
CHECKS = {}  # by code: the function, its words, and the files without which it fails
KNOWN = []  # recount.py, once it was found
ELSEWHERE = (lambda r: need(KNOWN, UNKNOWN), "recount.py", [])  # checks that it makes
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

class Bad(Exception):
    """What a check found. 核对发现的问题。"""

def check(code, words, needs=""):
    return lambda function: CHECKS.setdefault(code, (function, words, needs.split())) and function

def need(holds, words):
    if not holds:
        raise Bad(words)

def sha(data):
    return hashlib.sha256(data).hexdigest()

def whole(digits):
    need(len(digits) < 18 and abs(int(digits)) < 2**53, "不是整数或太大 not whole, or too large")
    return int(digits)

READER = json.JSONDecoder(parse_int=whole, parse_float=whole, parse_constant=whole)
dump = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

def depth(value):
    inside = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, inside), default=0) if isinstance(value, (dict, list)) else 0

def canonical(text):
    """The value of a document that is written in its one form, or Bad. 规范写法的值。"""
    value = READER.decode(text)
    need(dump(value) == text, "不是规范写法 not canonical")
    need(text.isascii() or unicodedata.is_normalized("NFC", text), "不是NFC not NFC")
    need(text.count("[") + text.count("{") <= 64 or depth(value) <= 64, "嵌套太深 nested too deep")
    return value

def unpack(data):
    """The files of an archive by name, read from its beginning until something is not as section 2 says. 文件。"""
    files, at = {}, 0
    while data[at:at + 4] == b"PK\3\4" and at + 30 <= len(data):
        size, length = struct.unpack_from("<LH", data, at + 22)
        name, begin = data[at + 30:at + 30 + length], at + 30 + length
        if not name.isascii() or begin + size > len(data):
            break
        files[name.decode()], at = data[begin:begin + size], begin + size
    return files

def pack(files):
    """The one archive of these files (2). 这些文件的文件包。"""
    parts, heads, at = [], [], 0
    for name in sorted(files):
        body, label = files[name], name.encode()
        about = struct.pack("<5H3L2H", 10, 0, 0, 0, 33, zlib.crc32(body), len(body), len(body), len(label), 0)
        parts += [b"PK\3\4", about, label, body]
        heads.append(b"PK\1\2" + struct.pack("<H", 10) + about + struct.pack("<3H2L", 0, 0, 0, 0, at) + label)
        at += 30 + len(label) + len(body)
    tail = b"".join(heads)
    return b"".join([*parts, tail, b"PK\5\6", struct.pack("<4H2LH", 0, 0, len(heads), len(heads), len(tail), at, 0)])

def learn(files):
    """Take recount.py from the archive or from beside this file, if RECOUNT is its digest; else leave it. 取得计算的程序。"""
    for read in (lambda: files["recount.py"], Path(__file__).with_name("recount.py").read_bytes):
        try:
            source = b"" if KNOWN else read()
        except (KeyError, OSError):
            continue
        if sha(source) == RECOUNT:
            KNOWN.append(ModuleType("recount"))
            exec(compile(source, "recount.py", "exec"), KNOWN[0].__dict__)
            CHECKS.update(KNOWN[0].CHECKS)

class Record:
    """The files of one archive, each read once and checked for its form. 账本里的文件。"""

    def __init__(self, data, ask=None):
        self.data, self.ask, self.files, self.read = data, ask, unpack(data), {}
        self.lines, self.node = self.files.get("log.jsonl", b"").split(b"\n")[:-1], lru_cache(None)(self.node)
        learn(self.files)

    def __call__(self, name):
        """What a file says; Bad where its form is wrong. 文件的内容。"""
        if name not in self.read:
            try:
                self.read[name] = self.parse(name)
            except Exception as error:
                self.read[name] = Bad(f"{name}: {error or type(error).__name__}")
        if isinstance(self.read[name], Bad):
            raise self.read[name]
        return self.read[name]

    def parse(self, name):
        need(name in self.files, "没有这个文件 missing")
        text = self.files[name].decode("utf-8")
        need((text.endswith("\n") or not text) and "\r" not in text and text[:1] != "\ufeff", "行尾或字节序标记 line end or byte order mark")
        need(text.isascii() or unicodedata.is_normalized("NFC", text), "不是NFC not NFC")
        values = [canonical(line) if ".json" in name else line for line in text.split("\n")[:-1]]
        values = KNOWN[0].form(name, values) if KNOWN else values
        return values[0] if name.endswith(".json") else values

    def node(self, begin, end):
        """The root of these lines of the log (RFC 6962). 台账中一段的根。"""
        if end - begin == 1:
            return hashlib.sha256(b"\0" + self.lines[begin]).digest()
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        return hashlib.sha256(b"\1" + self.node(begin, middle) + self.node(middle, end)).digest()

    def root(self, size=None):
        """The root of the first lines of the log; of all without a size. 台账在某处的根。"""
        size = len(self.lines) if size is None else size
        return self.node(0, size).hex() if size else sha(b"")

    def events(self, *deeds):
        """(number of the line, its data) of the lines with these deeds. 台账里的某类行。"""
        return [(at, it["data"]) for at, it in enumerate(self("log.jsonl")) if it["deed"] in deeds]

def checkpoint(lines):
    origin, size, root = lines
    need(origin and re.fullmatch("0|[1-9][0-9]{0,14}", size), "校验点的来源或大小 origin or size")
    need(len(root) == 44 and base64.b64encode(base64.b64decode(root, validate=True)).decode() == root, "校验点的根 root")
    return origin, int(size), base64.b64decode(root).hex()

@check("Z1", "文件包 archive")
def archive(r):
    need(r.files and pack(r.files) == r.data, "文件包的字节 bytes of the archive")

@check("Z2", "文件齐全 files", "round.json")
def completeness(r):
    wrong = set(r.files) ^ {name for name in NAMES if name != "ballots.jsonl" or r("round.json")["ballots"] == "whole"}
    need(not wrong, "多或少 too many or missing: " + ", ".join(sorted(wrong)))

@check("V1", "核对程序 verifier")
def verifier(r):
    named = re.findall(rb'^RECOUNT = "([0-9a-f]{64})"$', r.files.get("verify.py", b""), re.M)
    need(named == [sha(r.files.get("recount.py", b"")).encode()], "verify.py认定的不是这个recount.py verify.py names another recount.py")

@check("M1", "清单 manifest", "round.json log.jsonl")
def contents(r):
    rows = [{"bytes": len(body), "path": name, "sha256": sha(body)} for name, body in sorted(r.files.items()) if name != "manifest.json"]
    made = {"files": rows, "format": 1, "root": r.root(), "round": r("round.json")["round"], "size": len(r.lines)}
    need(r.files.get("manifest.json") == (dump(made) + "\n").encode(), "manifest.json")

@check("F1", "写法 form")
def forms(r):
    wrong = [] if KNOWN else [UNKNOWN]
    for name in NAMES:
        if not name.endswith(".py") and (name in r.files or name != "ballots.jsonl"):
            try:
                r(name)
            except Bad as error:
                wrong.append(str(error))
    need(not wrong, "; ".join(wrong))

@check("L1", "台账的根 root of the log", "manifest.json log.jsonl")
def log_root(r):
    need(r.root() == r("manifest.json")["root"], "台账与清单不符 log and manifest differ")

@check("L2", "手中的指纹 the printed root", "log.jsonl")
def printed_root(r):
    if r.ask.root != r.root():
        need(r.ask.root in [r.root(at + 1) for at, _ in r.events("record.seal")], "与您手中的指纹不符 not the root that you hold")
        return "这是较早公布的指纹，账目、异议和结果可能更新 an earlier root: books, objections and awards may be newer"

@check("L3", "校验点 checkpoints", "checkpoints.txt round.json log.jsonl")
def checkpoints(r):
    lines, last = r("checkpoints.txt"), -1
    for at in range(0, len(lines), 4):
        origin, size, root = checkpoint(lines[at:at + 3])
        need(origin == r("round.json")["origin"] and last < size < len(r.lines) and r.root(size) == root, f"校验点 checkpoint {size}")
        last = size

@check("L4", "封存 seal", "log.jsonl")
def seal(r):
    need(r.lines and r("log.jsonl")[-1]["deed"] == "record.seal", "最后一行不是封存 the last line is no seal")
    files = {name: sha(body) for name, body in r.files.items() if name != "manifest.json"}
    files["log.jsonl"] = sha(r.files["log.jsonl"][:-len(r.lines[-1]) - 1])
    need(dump(r("log.jsonl")[-1]["data"]) == dump({"files": files, "format": 1}), "封存的摘要 a digest of the seal")

@check("L5", "以前的封存 earlier seals", "log.jsonl")
def earlier_seals(r):
    seals = [data["files"] for _, data in r.events("record.seal")]
    for name in LASTING:
        need(len({dump(files.get(name)) for files in seals}) < 2, f"{name} 封存后变了 changed after an earlier seal")

@check("L6", "旧账本 the older record", "round.json log.jsonl")
def older_record(r):
    mine, old = r("round.json"), r.ask.old
    if old.startswith(b"PK"):
        old = Record(old)
        for code in ("Z1", "M1", "L1", "L4"):
            run(code, old)
        need((old("round.json")["round"], old("round.json")["origin"]) == (mine["round"], mine["origin"]), "不是同一轮 another round")
        need(r.files["log.jsonl"].startswith(old.files["log.jsonl"]), "旧的台账被改过 the old log was changed")
    else:
        origin, size, root = checkpoint(old.decode().replace("\r\n", "\n").strip().split("\n"))
        need(origin == mine["origin"] and size <= len(r.lines) and r.root(size) == root, "与旧校验点不符 not the old checkpoint")

def codes(r):
    """Every code of the log: the deed by which it does not count, or "" where it counts (5.7). 回执码的去向。"""
    fate, closed = {}, False
    for it in r("log.jsonl"):
        deed, code = it["deed"], it["data"].get("code")
        closed = closed or deed == "vote.close"
        if deed in ("ballot.cast", "ballot.recast", "ballot.override", "ballot.spoil"):
            need(not closed and code, "截止后的选票或没有码 after the close, or no code")
            if deed in ("ballot.recast", "ballot.override"):
                ends = code if deed == "ballot.override" else it["data"].get("replaces")
                need(fate.get(ends) == "", "被换的票不在 the replaced ballot did not count")
                fate[ends] = deed
            if deed != "ballot.override":
                need(code not in fate, "同一码用了两次 a code was used twice")
                fate[code] = deed if deed == "ballot.spoil" else ""
    return fate

@check("B1", "回执 receipts", "receipts.txt log.jsonl")
def receipts(r):
    need(r("receipts.txt") == sorted(code for code, gone in codes(r).items() if not gone), "回执与台账不符 receipts are not those of the log")

@check("B2", "票数 numbers of ballots", "totals.json round.json receipts.txt paper.json rules.json log.jsonl")
def numbers(r):
    totals, roll, online, booths = r("totals.json"), r("round.json")["roll"], len(r("receipts.txt")), r("paper.json")["booths"]
    paper = sum(batch["valid"] + batch["blank"] for it in booths for batch in it["batches"])
    marked = sum(it["issued"] - it["spoiled"] for it in booths)
    need((roll is None) == (r("round.json")["ballots"] == "none"), "有没有投票 whether there was a vote")
    if roll is None:
        need(not online and totals == {"ballots": 0, "channels": [], "opinions": [], "votes": []}, "没有投票 there was no vote")
        return
    need(roll["cast"] <= roll["size"], "投票率 turnout")
    if r("round.json")["source"] == "here":
        (closed, close), = r.events("vote.close")
        (opened, box), = r.events("box.open")
        need(closed < opened and (close.get("cast"), close.get("size")) == (roll["cast"], roll["size"]), "截止或开箱 close or opening")
        need(box["counted"] + box["broken"] == online and roll["cast"] == online + marked, "开箱票数 ballots in the box")
        need(totals["ballots"] == box["counted"] + paper, "票数 number of ballots")
        need(all(it["ballots"] == paper for it in totals["channels"] if it["name"] == "paper"), "纸质票数 paper ballots")
    else:
        need(not online and totals["ballots"] == roll["cast"], "票数 number of ballots")
    names, keys, sums = [it["name"] for it in totals["channels"]], [one for one, _ in totals["votes"]], Counter()
    need(names == sorted(set(names)) and sum(it["ballots"] for it in totals["channels"]) == totals["ballots"], "渠道 channels")
    for it in totals["channels"]:
        need([one for one, _ in it["votes"]] == keys, "渠道的项目 proposals of a channel")
        sums.update(dict(it["votes"]))
    added = r("rules.json")["vote"]["kind"] == "stance" or all(sums[one] == votes for one, votes in totals["votes"])
    need(added, "各渠道之和 sums of the channels")

@check("B4", "得票 totals", "totals.json round.json rules.json proposals.json")
def votes(r):
    need(KNOWN, UNKNOWN)
    KNOWN[0].allowed(r)
    if r("round.json")["roll"] and r("round.json")["ballots"] == "whole":
        sums, totals = Counter(), r("totals.json")
        for it in r("ballots.jsonl"):
            for one, weight in it["choices"]:
                sums[one] += weight * it["times"]
        every = sum(it["times"] for it in r("ballots.jsonl"))
        need(every == totals["ballots"] and all(sums[one] == votes for one, votes in totals["votes"]), "选票之和 sums of the ballots")

@check("A4", "决定 decision", "allocation.json round.json log.jsonl")
def decision(r):
    it, here = r("allocation.json"), r("round.json")["source"] == "here"
    need(it["fingerprint"] == sha((dump(it["case"]) + dump(it["outcome"])).encode()), "决定指纹 fingerprint")
    lines = r.events("awards.publish" if here else "awards.enter_election")
    need(lines and lines[-1][1].get("fingerprint") == it["fingerprint"], "台账里的决定不同 the log has another decision")

@check("N1", "异议之后 awards", "awards.json allocation.json rules.json")
def awards(r):
    it, outcome = r("awards.json"), r("allocation.json")["outcome"]
    grants, cost = dict(outcome["grants"]), {bid["key"]: bid["cost"] for bid in r("allocation.json")["case"]["bids"]}
    need(grants.keys() | set(outcome["reserve"]) <= cost.keys(), "没有这件申请 no such bid")
    now = {one: ("standing", grants[one]) if one in grants else ("reserve" if one in outcome["reserve"] else "out", 0) for one in cost}
    for change in it["changes"]:
        one, grant = change["key"], change["grant"]
        stage, before = now.get(one, ("out", 0))
        need(stage == "standing" and grant < before or stage == "reserve" and grant == cost[one], f"更正 change of {one}")
        now[one] = ("standing", grant) if grant or stage == "reserve" else ("cancelled", 0)
    made = [{"grant": grant, "key": one, "stage": stage} for one, (stage, grant) in sorted(now.items())]
    need(it["awards"] == made, "入选结果 awards")
    need(sum(row["grant"] for row in made) <= r("rules.json")["budget"] + outcome["extra"], "超出总额 above the budget")

def books(r):
    """Every voucher, and the balances after it. 每张凭证后的余额。"""
    balance = Counter()
    for it in r("ledger.jsonl"):
        for account, amount in it["postings"]:
            balance[account] += amount
        yield it, balance

@check("K1", "账目 books", "ledger.jsonl")
def vouchers(r):
    seen, reversed_ = [], set()
    for it, balance in books(r):
        at, rows, back = it["number"], it["postings"], it["reverses"]
        need(at == len(seen) + 1, f"凭证 voucher {at}: 编号 number")
        need(len(rows) != 1 and all(n for _, n in rows) and sum(n for _, n in rows) == 0, f"凭证 {at}: 不平 no balance")
        need(all(re.fullmatch("cash|running|given|other|source|(source|cost|owed)/[1-9][0-9]*", name) for name, _ in rows),
             f"凭证 {at}: 科目 account")
        need(balance["cash"] >= 0 and all(balance[name] <= 0 for name, _ in rows if name.startswith("owed/")), f"凭证 {at}: 余额 balance")
        if back is not None:
            need(back < at and back not in reversed_, f"凭证 {at}: 冲销 reversal")
            need(sorted([name, -n] for name, n in seen[back - 1]) == sorted(rows), f"凭证 {at}: 冲销 reversal")
            reversed_.add(back)
        seen.append(rows)

@check("K2", "拨付 payments", "ledger.jsonl awards.json")
def payments(r):
    grants = {str(it["key"]): it["grant"] for it in r("awards.json")["awards"] if it["stage"] == "standing"}
    for it, balance in books(r):
        for one in {name[5:] for name, _ in it["postings"] if name[:5] in ("cost/", "owed/")}:
            cost, owed = balance["cost/" + one], balance["owed/" + one]
            need(one in grants and 0 <= cost <= grants[one] and cost + owed >= 0, f"凭证 voucher {it['number']}: 超付 overpaid {one}")

def receipt(code):
    bits = int(code[:20], 16)
    return "".join(LETTERS[bits >> shift & 31] for shift in range(75, -1, -5))

@check("C1", "我的选票 my ballot", "receipts.txt log.jsonl")
def my_ballot(r):
    mine = r.ask.receipt
    if not any(mine in (code, receipt(code)) for code in r("receipts.txt")):
        words = {"ballot.recast": "后来改投过 replaced by a later ballot", "ballot.override": "改用了纸质票 voted on paper instead",
                 "ballot.spoil": "抽检作废 spoiled on purpose"}
        why = next((gone for code, gone in codes(r).items() if gone and mine in (code, receipt(code))), None)
        raise Bad(words.get(why, "没有这张选票 this ballot is not counted"))

def run(code, record):
    """Make one check: what it says besides, or Bad. 做一项核对。"""
    function, _, needs = CHECKS.get(code, ELSEWHERE)
    if code in ASKED and getattr(record.ask, ASKED[code]) is None:
        return None
    for name in needs:
        record(name)
    return function(record)

def asked():
    """What was asked on the command line. 命令行。"""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive")
    for name in ("--root", "--receipt", "--old", "--open"):
        parser.add_argument(name)
    ask = parser.parse_args()
    try:
        ask.data = open(ask.archive, "rb").read()
        ask.old = ask.old and open(ask.old, "rb").read()
    except OSError as error:
        parser.error(f"打不开 cannot open: {error}")
    if ask.root is not None:
        plain = re.sub(r"[\s-]", "", ask.root).lower()
        try:
            ask.root = plain if re.fullmatch("[0-9a-f]{64}", plain) else checkpoint(["-", "0", ask.root.strip()])[2]
        except Exception:
            parser.error("指纹应为64位十六进制或44位base64 a root has 64 hexadecimal digits or 44 of base64")
    if ask.receipt is not None:
        plain = re.sub(r"[\s\-－]", "", ask.receipt)
        ask.receipt = plain.lower() if len(plain) == 64 else plain.upper().translate(str.maketrans("OIL", "011"))
        if not re.fullmatch(f"[0-9a-f]{{64}}|[{LETTERS}]{{16}}", ask.receipt):
            parser.error("回执码有16位 a receipt has 16 letters and digits")
    return ask

def main():
    ask, failed = asked(), False
    record = Record(ask.data, ask)
    for code in ORDER:
        words = CHECKS.get(code, ELSEWHERE)[1]
        try:
            said = run(code, record)
            print(f"通过 {code} {words}" + (f" ({said})" if said else ""))
        except Exception as error:
            failed = True
            print(f"不通过 {code} {words}: {error or type(error).__name__}")
    print("总计 不通过" if failed else "总计 通过")
    return int(failed)

if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
