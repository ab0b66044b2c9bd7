"""What verify.py leaves to a second file: the types of values, paper, the votes, the case, and the count by every method.

It lies in every record beside verify.py, which holds its SHA-256 and runs nothing else under this name. 每份公开账本里的第二个核对程序。

Written from the page "The record of a round: format, version 1" alone; numbers such as 5.8 are its sections. Standard library
only, Python 3.9 or later. verify.py calls `form`, `allowed` and the functions in CHECKS. An r is its Record: r(name) is what a
file says, r.files their bytes, r.root(size) the root of the log, r.events(deed, …) the (number, data) of such lines.
"""
import hashlib, heapq, json, re
from collections import Counter, defaultdict
from fractions import Fraction
from functools import partial
from itertools import groupby
from math import isqrt

CHECKS = {}  # by code: the function, its words, and the files without which it fails

class Bad(Exception):
    """What a check found. 核对发现的问题。"""

def check(code, words, needs=""):
    return lambda function: CHECKS.setdefault(code, (function, words, needs.split())) and function

dump = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

def need(holds, words):
    if not holds:
        raise Bad(words)

def same(found, **made):
    for name, value in made.items():
        need(name in found and dump(found[name]) == dump(value),
             f"{name}: {dump(found.get(name))[:60]} ≠ {dump(value)[:60]}")

def sha(data):
    return hashlib.sha256(data).hexdigest()

def rule(r, path, *otherwise):
    """A value of the rules; what it is where it is left out, Bad where it must be there. 办法的一项。"""
    value = r("rules.json")
    for part in path.split("."):
        if part not in value:
            need(otherwise, f"rules.json: {path}")
            return otherwise[0]
        value = value[part]
    return value

def show(value):
    return None if value is None else f"{value.numerator}/{value.denominator}"

# ----------------------------------------------------------------------------------------------------
# The form of every file (5.16). 各文件的写法
# ----------------------------------------------------------------------------------------------------

def is_fraction(value):
    return type(value) is str and len(value) < 4000 and re.fullmatch("-?[0-9]+/[1-9][0-9]*", value) and show(Fraction(value)) == value

def typed(pattern):
    return lambda value: type(value) is str and re.fullmatch(pattern, value)

HEX, DAY = re.compile("[0-9a-f]{64}"), "[0-9]{4}-[0-9]{2}-[0-9]{2}"
CHECKPOINT = re.compile("(0|[1-9][0-9]{0,14})\n[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")  # size and root; before them the origin
KINDS = {  # the types of values (5.16) by their names
    "n": lambda value: type(value) is int and value >= 0, "k": lambda value: type(value) is int and value > 0,
    "i": lambda value: type(value) is int, "s": lambda value: type(value) is str, "b": lambda value: type(value) is bool,
    "o": lambda value: type(value) is dict, "-": lambda value: value is None, "f": is_fraction, "h": typed(HEX),
    "m": typed("[0-9a-f]{12}"), "d": typed(DAY), "t": typed(DAY + "T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")}

def kind(words):
    """Read a type (5.16) from the end of the words; a function that says whether a value is of it. 类型。"""
    choices = [kind_of_one(words)]
    while words and words[-1] == "|":
        words.pop()
        choices.append(kind_of_one(words))
    return choices[0] if len(choices) == 1 else lambda value: any(one(value) for one in choices)

def kind_of_one(words):
    word, inside = words.pop(), []
    if word == "[":
        while word != "]":
            inside.append(kind(words))
            word = words.pop()
        one = inside[0]
        if len(inside) == 1:
            return lambda value: type(value) is list and all(map(one, value))
        return lambda value: type(value) is list and len(value) == len(inside) and all(fits(it) for fits, it in zip(inside, value))
    if word == "{":
        must, may, closed = {}, {}, True
        while word != "}":
            name = words.pop()
            if name == "...":
                closed = False
            else:
                keys = may if words.pop() == "?:" else must
                keys[name] = kind(words)
            word = words.pop()
        return lambda value: type(value) is dict and (not closed or value.keys() <= must.keys() | may.keys()) and all(
            name in value and fits(value[name]) for name, fits in must.items()) and all(
            fits(value[name]) for name, fits in may.items() if name in value)
    if word[0] in '"1':
        return lambda value: dump(value) == word
    return KINDS[word]

TYPES = """
GROUP {cap?:n|-,floor?:n|-,key:s,least?:n,money?:n|-,places?:n|-,...}
CLERK {hand:m,post:s}
BATCH {blank:n,clerks:[CLERK,CLERK],differences:n,invalid:n,number:n,serials:[s],third:CLERK|-,valid:n}
BOOTH {batches:[BATCH],discrepancy:i,in_box:n,issued:n,name:s,number:k,received:n,spoiled:n,unused:n}
SAMPLE {differences:n,digits:s,draws:n,full:b,limit:n,looks:[[s,b,n]],margin:n,risk:n,root:h,size:n,stage:"confirmed"|"corrected"}
AWARD {completion?:s,expert?:n,method?:s,min_score?:n|-,min_votes?:n|-,normaliser?:s,one_per_team?:b,onsite?:n|-,overflow?:s,
 partial?:s,partial_min?:n,public?:n,reserve?:n,ties?:[s],utility?:s,...}
BID {community:k|-,cost:n,key:k,least:k|-,onsite?:n,own_funds:n,score:f|-,sent:n,team:k|-,theme:s|-,tier:s|-,votes:n,...}
FLOOR {kind:"tier"|"theme"|"community",money:n,name:s|k,projects:n}
LIMITS {budget:n,community_cap:n|-,exclusive:[[k]],floors:[FLOOR],min_score:f|-,min_votes:n|-,one_per_team:b,own_share:n,partial:b,
 project_cap:n|-,requires?:[[k,k]],reserve:n,team_cap:n|-,theme_caps:[[s,n]],tiers:[{cap:n|-,key:s,money:n|-,places:n|-}],topup:n,...}
CASE {ballots:n,ballots_onsite?:n,bids:[BID],choices:[[[[k,k]],k]],completion:s,expert:n,limits:LIMITS,lot:[k],method:s,normaliser:s,
 onsite?:n|-,public:n,rule:s,rules:h,seed:s,ties:[s],utility:s,...}
OUTCOME {extra:n,funded:[k],grants:[[k,n]],left:i,reserve:[k],...}
allocation.json {case:CASE,fingerprint:h,outcome:OUTCOME}
awards.json {awards:[{grant:n,key:k,stage:"standing"|"reserve"|"out"|"cancelled"}],changes:[{grant:n,key:k,notice:s}]}
ballots.jsonl {choices:[[k,k]],times:k}
keys.json {public:h|-}
ledger.jsonl {at:d,number:k,postings:[[s,i]],reverses:k|-}
log.jsonl {data:o,deed:s,...}
manifest.json {files:[{bytes:n,path:s,sha256:h}],format:1,root:h,round:k,size:n}
objections.json [{answered:d|-,filed:d,key:k,notice:s,number:k,stage:"open"|"upheld"|"rejected"}]
paper.json {booths:[BOOTH],sample:SAMPLE|-}
proposals.json [{community:k,community_name:s,cost:n,events:[[n,s]],key:k,number:k,own_funds:n,team:k,team_name:s,theme:s|-,tier:s|-,title:s}]
round.json {ballots:"none"|"totals"|"whole",exclusive:[[k]],format:1,handed_in:n,name:s,origin:s,overflow:"skip"|"stop"|"threshold"|"topup",
 requires?:[[k,k]],roll:{cast:n,day:d,size:n}|-,round:k,source:"here"|"entered",street:s,windows:[{closes:t|-,opens:t,stage:s}],year:n}
rules.json {award?:AWARD,budget?:n,community_cap?:n|-,community_floor?:n|-,community_least?:n,criteria?:[{key:s,max:k,weight:k,...}],
 own_funds_min?:n,project_cap?:n|-,scoring?:{blank?:s,mean?:s,...},stages?:[s],team_cap?:n|-,themes?:[GROUP],tiers?:[GROUP],
 vote?:{carried?:s,k?:n|-,kind?:s,points?:n|-,silence?:s,...},...}
totals.json {ballots:n,channels:[{ballots:n,name:s,votes:[[k,n]]}],opinions:[[k,n,n,n,n,n]],votes:[[k,n]]}
round.open_call {fingerprint?:s,lot?:s,...}
round.enter {lot?:s,rules?:s,...}
round.enter_number {number?:s,...}
ballot.cast {code?:h,...}
ballot.recast {code?:h,replaces?:h,...}
ballot.override {code?:h,...}
ballot.spoil {code?:h,...}
vote.close {cast?:n,size?:n,...}
box.open {broken?:n,counted?:n,paper?:n,...}
booth.close {in_box?:n,issued?:n,number?:n,received?:n,spoiled?:n,unused?:n,...}
batch.register {batch?:n,booth?:n,...}
batch.drop {batch?:n,booth?:n,...}
batch.key {batch?:n,blank?:n,booth?:n,differences?:n,hand?:s,invalid?:n,place?:n,post?:s,valid?:n,...}
batch.settle {batch?:n,blank?:n,booth?:n,differences?:n,hand?:s,invalid?:n,post?:s,valid?:n,...}
paper.explain {booth?:n,sheets?:i,...}
sample.draw {digits?:s,limit?:n,margin?:n,root?:s,size?:n,...}
sample.look {differs?:b,overstated?:n,serial?:s,...}
sample.finish {differences?:n,draws?:n,full?:b,risk?:n,stands?:s,...}
awards.publish {fingerprint?:s,...}
awards.enter_election {fingerprint?:s,...}
record.seal {files?:o,format?:i,...}
"""
for name, text in re.findall(r"^(\S+) (.*(?:\n .*)*)", TYPES, re.M):
    KINDS[name] = kind(re.findall(r'"[a-z]*"|\?:|\.{3}|\w+|[^\w\s]', text)[::-1])
SORTED = {"proposals.json": ("", "key"), "objections.json": ("", "filed", "notice", "number"), "paper.json": ("booths", "number")}

def form(name, values):
    """The values of a file, one a line, if they have its form; else Bad. 一个文件的内容，写法不对则不通过。"""
    if name == "scores.csv":
        return mark_rows(values)
    if name == "receipts.txt":
        need(all(map(HEX.fullmatch, values)), "回执的写法 form of a code")
    if name == "checkpoints.txt":
        need(not values or len(values) % 4 == 3 and not any(values[3::4]), "每个校验点三行 three lines a checkpoint")
        for at in range(0, len(values), 4):
            need(values[at] and CHECKPOINT.fullmatch("\n".join(values[at + 1:at + 3])), "校验点的写法 form of a checkpoint")
    if name in KINDS:
        need(name.endswith(".jsonl") or len(values) == 1, "应为一行 one line")
        need(all(map(KINDS[name], values)), "内容的名称或类型 keys or types")
    if name == "log.jsonl":
        need(all(KINDS[it["deed"]](it["data"]) for it in values if "." in it["deed"] and it["deed"] in KINDS), "台账行 a line")
    if name in SORTED:
        inside, *names = SORTED[name]
        rows = [[it[one] for one in names] for it in (values[0][inside] if inside else values[0])]
        need(all(a < b for a, b in zip(rows, rows[1:])), "顺序 order")
    return values

def mark_rows(lines):
    """The rows of scores.csv (5.6). 评分行。"""
    need(lines and lines[0] == "proposal,juror,criterion,halves", "表头 header")
    found = [re.fullmatch('([1-9][0-9]{0,14}),([1-9][0-9]{0,14}),([ !#-+\\--~]+),((?:0|[1-9][0-9]{0,8})?)', row) for row in lines[1:]]
    need(all(row and (row[3] == "-") == (row[4] == "") for row in found), "评分行 a row")
    rows = [(int(row[1]), int(row[2]), row[3], row[4] and int(row[4])) for row in found]
    need(all(a[:3] < b[:3] for a, b in zip(rows, rows[1:])), "顺序 order")
    return rows

# ----------------------------------------------------------------------------------------------------
# Rules, lot, openings and objections against the log. 台账、抽签、异议
# ----------------------------------------------------------------------------------------------------

@check("R1", "冻结的办法 frozen rules", "round.json rules.json log.jsonl")
def frozen_rules(r):
    deed, name = ("round.open_call", "fingerprint") if r("round.json")["source"] == "here" else ("round.enter", "rules")
    need([data.get(name) for _, data in r.events(deed)] == [sha(r.files["rules.json"][:-1])], "办法与开始时冻结的不符 not the frozen rules")

@check("A2", "抽签 lot", "allocation.json round.json log.jsonl")
def lot(r):
    case = r("allocation.json")["case"]
    drawn = sorted((bid["key"] for bid in case["bids"]), key=lambda one: sha(f"{case['seed']}:{one}".encode("ascii")))
    need(case["lot"] == drawn, "抽签的顺序 order of the lot")
    secret, slash, number = case["seed"].partition("/")
    (_, opening), = r.events("round.open_call" if r("round.json")["source"] == "here" else "round.enter")
    need(opening.get("lot") == sha(secret.encode()), "种子与承诺不符 not the seed that was committed to")
    need([data.get("number") for _, data in r.events("round.enter_number")] == [number] * bool(slash), "公开的号码 the public number")

@check("O1", "异议 objections", "objections.json log.jsonl")
def objections(r):
    rows, of = r("objections.json"), defaultdict(list)
    for deed, stages in ("awards.object", ("open", "upheld", "rejected")), ("awards.uphold", ("upheld",)), ("awards.reject", ("rejected",)):
        need(len(r.events(deed)) == sum(it["stage"] in stages for it in rows), f"异议数 number of {deed}")
    for it in rows:
        need((it["answered"] is None) == (it["stage"] == "open"), "答复日期 day of the answer")
        of[it["notice"]].append(it["number"])
    need(all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in of.values()), "异议编号 numbers")

@check("C2", "抽检 opening", "round.json log.jsonl")
def opening(r):
    named = [data.get("code") for _, data in r.events("ballot.spoil")]
    need(r.ask.open.startswith(f"sanlin-ballot-2:{r('round.json')['round']}:"), "不是本轮的选票 no ballot of this round")
    need(sha(r.ask.open.encode()) in named, "不是作废票的内容 no opening of a spoiled ballot")

# ----------------------------------------------------------------------------------------------------
# What ballots can hold. 得票
# ----------------------------------------------------------------------------------------------------

def opinions(r):
    """Agree and against of every proposal, once the silent and the followers have moved (5.8). 同意与反对。"""
    found = {}
    for one, support, against, _, follow, silent in r("totals.json")["opinions"]:
        moving = follow + (silent if rule(r, "vote.silence", "") == "follow" else 0)
        found[one] = support + moving * (support > against), against + moving * (against > support)
    return found

def allowed(r):
    """The totals lie within what ballots can hold, and each published ballot is allowed (5.8, 5.9); verify.py adds them up. 得票。"""
    totals, here = r("totals.json"), r("round.json")
    if here["roll"] is None:
        need(not totals["votes"] and not totals["opinions"], "没有投票 there was no vote")
        return
    n, kind, k, points = totals["ballots"], rule(r, "vote.kind"), rule(r, "vote.k", 0) or 0, rule(r, "vote.points", 0) or 0
    keys, won = [it["key"] for it in r("proposals.json")], dict(totals["votes"])
    need([one for one, _ in totals["votes"]] == keys, "每个项目一行 one row a proposal")
    need(kind in ("approve_k", "knapsack", "points", "rank", "stance"), "选票的种类 kind of ballot")
    most = {"approve_k": (n, k * n), "points": (points * n, points * n), "rank": (k * n, n * k * (k + 1) // 2)}
    one, every = most.get(kind, (n, n * len(keys)))
    need(all(v <= one for v in won.values()) and sum(won.values()) <= every, "得票超出可能 impossible votes")
    need([row[0] for row in totals["opinions"]] == (keys if kind == "stance" else []), "意见 opinions")
    need(all(sum(row[1:]) <= n for row in totals["opinions"]), "意见 opinions")
    need(kind != "stance" or won == {one: agree for one, (agree, _) in opinions(r).items()}, "意见算出的得票 votes from opinions")
    if here["ballots"] == "whole":
        rows, raw = r("ballots.jsonl"), r.files["ballots.jsonl"].split(b"\n")[:-1]
        need(kind != "stance" and all(a < b for a, b in zip(raw, raw[1:])), "选票的顺序 order of the ballots")
        need(len({dump(it["choices"]) for it in rows}) == len(rows), "相同的选票 equal ballots")
        for it in rows:
            chosen, weights = [one for one, _ in it["choices"]], [weight for _, weight in it["choices"]]
            need(all(a < b for a, b in zip(chosen, chosen[1:])) and set(chosen) <= won.keys(), "选票 a ballot")
            fits = {"approve_k": len(chosen) <= k and set(weights) <= {1}, "knapsack": set(weights) <= {1},
                    "points": sum(weights) <= points, "rank": sorted(weights, reverse=True) == list(range(k, k - len(weights), -1))}
            need(fits[kind], "选票超出规定 a ballot that is not allowed")

# ----------------------------------------------------------------------------------------------------
# Marks (5.6). 评分
# ----------------------------------------------------------------------------------------------------

@check("S1", "评分 marks", "scores.csv rules.json")
def judged(r):
    most, rows = {it["key"]: 2 * it["max"] for it in rule(r, "criteria", [])}, r("scores.csv")
    need(not rows or "review" in rule(r, "stages"), "没有评审 there was no review")
    away = {(p, j) for p, j, c, _ in rows if c == "-"}
    for p, j, c, halves in rows:
        need(c == "-" or c in most and halves <= most[c] and (p, j) not in away, f"评分 mark {p},{j},{c}")

def marks(r):
    """The mark of every proposal that has one (5.6). 每个项目的得分。"""
    of, given, by = {it["key"]: it for it in rule(r, "criteria", [])}, defaultdict(dict), defaultdict(list)
    for p, j, c, halves in r("scores.csv"):
        if c in of:
            given[p, j][c] = halves
    way, blank = (rule(r, "scoring.mean"), rule(r, "scoring.blank")) if given else ("mean", "")
    sheets = {}
    for at, marked in given.items():
        if len(marked) == len(of) or blank == "scale":
            parts = sum(Fraction(of[c]["weight"] * h, 2 * of[c]["max"]) for c, h in marked.items())
            sheets[at] = 100 * parts / sum(of[c]["weight"] for c in marked)
    for (p, _), x in CHANGED[way](sheets).items():
        by[p].append(x)
    return {p: MEANS.get(way, mean)(values) for p, values in by.items()}

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

def by_juror(sheets):
    own = defaultdict(list)
    for (_, juror), x in sheets.items():
        own[juror].append(x)
    return own

def evened(sheets, width):
    every, own = list(sheets.values()), by_juror(sheets)
    middle, wide = (mean(every), width(every)) if every else (0, 0)
    of = {juror: (mean(values), width(values)) for juror, values in own.items()}
    return {(p, j): middle + (x - of[j][0]) * wide / of[j][1] if of[j][1] else middle for (p, j), x in sheets.items()}

def from_ranks(sheets):
    own = by_juror(sheets)
    def points(x, every):
        lower = sum(y < x for y in every)
        return Fraction(100 * (2 * lower + every.count(x) - 1), 2 * (len(every) - 1)) if len(every) > 1 else Fraction(50)
    return {(p, j): points(x, own[j]) for (p, j), x in sheets.items()}

def without_mildness(sheets):
    """Sheets less the mildness of their jurors: the equations of 5.6, solved exactly. 除去评委的宽严。"""
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

CHANGED = {"normalised": lambda it: evened(it, distance), "zscore": lambda it: evened(it, deviation), "borda": from_ranks,
           "severity": without_mildness, "mean": dict, "trimmed": dict, "median": dict}
MEANS = {"trimmed": trimmed, "normalised": trimmed, "median": median}

# ----------------------------------------------------------------------------------------------------
# The case (6.1). 计算的依据
# ----------------------------------------------------------------------------------------------------

@check("A1", "计算的依据 the case", "allocation.json round.json rules.json proposals.json totals.json scores.csv paper.json log.jsonl")
def the_case(r):
    case, told, about, proposals = r("allocation.json")["case"], partial(rule, r), r("round.json"), r("proposals.json")
    here, method, keys = about["source"] == "here", told("award.method"), {it["key"] for it in proposals}
    score, votes, subjects = marks(r) if here else {}, dict(r("totals.json")["votes"]), defaultdict(list)
    for at, it in enumerate(r("log.jsonl")):
        if isinstance(it.get("subject"), str) and it["subject"].startswith("proposals.Proposal:"):
            subjects[it["subject"]].append([at, it["deed"]])
    need(all(it["events"] == subjects[f"proposals.Proposal:{it['key']}"] for it in proposals), "项目的经过 events of a proposal")
    need(len({it["number"] for it in proposals}) == len(proposals), "编号 numbers")
    need(method in ("score", "votes", "blend", "equal_shares", "phragmen", "welfare"), "办法 method")
    need((method in ("equal_shares", "phragmen")) == (about["ballots"] == "whole"), "选票是否整张公布 whole ballots")
    need(not here or about["overflow"] == told("award.overflow"), "overflow")
    pairs = about.get("requires", [])
    need("requires" not in about or pairs and all(a < b for a, b in zip(pairs, pairs[1:])) and {a for a, _ in pairs} <= keys, "requires")
    tiers, themes = (told("tiers", []), told("themes", [])) if here else ([], [])
    part, (onsite, on_paper) = here and told("award.partial") == "remainder", weighed(r)
    bids = [{
        "cost": it["cost"], "key": it["key"], "sent": it["number"], "votes": votes.get(it["key"], 0), "score": show(score.get(it["key"])),
        "least": max(1, -(-it["cost"] * told("award.partial_min", 0) // 1000)) if part else None,
        "own_funds": it["own_funds"] if here else 0,
        "onsite": on_paper.get(it["key"], 0), **{name: it[name] if here else None for name in ("tier", "theme", "team", "community")},
    } for it in proposals if told("vote.kind", "") != "stance" or about["roll"] is None or carried(r, it["key"])]
    alive = {bid["key"] for bid in bids}
    left = requires = [pair for pair in pairs if here and pair[0] in alive]
    while left:
        further = [pair for pair in left if pair[1] in {first for first, _ in left}]
        need(len(further) < len(left), "互相依赖 pairs in a circle")
        left = further
    groups = [[one for one in group if one in alive] for group in about["exclusive"]]
    floors = [("tier", it["key"], it.get("least", 0), it.get("floor")) for it in tiers]
    floors += [("theme", it["key"], it.get("least", 0), it.get("floor")) for it in themes]
    places = sorted({bid["community"] for bid in bids} - {None})
    floors += [("community", it, told("community_least", 0), told("community_floor", None)) for it in places]
    least = told("award.min_score", None) if here else None
    limits = {
        "budget": told("budget"), **{cap: told(cap, None) if here else None for cap in ("community_cap", "project_cap", "team_cap")},
        "exclusive": [group for group in groups if len(group) > 1] if here else [], "min_votes": told("award.min_votes", None),
        "min_score": None if least is None else show(Fraction(least)), "own_share": told("own_funds_min", 0) if here else 0,
        "floors": [{"kind": kind, "money": money or 0, "name": name, "projects": n} for kind, name, n, money in floors if n or money],
        "one_per_team": told("award.one_per_team") if here else False, "partial": part, "reserve": told("award.reserve") if here else 0,
        "requires": requires,
        "theme_caps": [[it["key"], it["cap"]] for it in themes if it.get("cap") is not None],
        "tiers": [{name: it.get(name) for name in ("cap", "key", "money", "places")} for it in tiers], "topup": 800}
    made = {
        "ballots": about["roll"]["cast"] if about["roll"] else 0, "bids": bids, "climb": False, "expert": told("award.expert", 0),
        "ballots_onsite": onsite or 0, "onsite": None if onsite is None else told("award.onsite"), "public": told("award.public", 0),
        "limits": limits, "lot": case["lot"], "seed": case["seed"], "method": method, "rules": sha(r.files["rules.json"][:-1]),
        "normaliser": told("award.normaliser", "share_of_ballots"), "rule": about["overflow"], "ties": told("award.ties"),
        "utility": told("award.utility", "cost" if here else ""), "completion": told("award.completion", "none"),
        "choices": sorted([row["choices"], row["times"]] for row in r("ballots.jsonl")) if about["ballots"] == "whole" else []}
    agree("case", case, {**made, "bids": case["bids"], "limits": case["limits"]})
    agree("limits", case["limits"], limits)
    need(len(case["bids"]) == len(bids), "申请数 number of bids")
    for found, wanted in zip(case["bids"], bids):
        agree(f"bid {wanted['key']}", found, wanted)

NEW = {"onsite": ("null", "0"), "ballots_onsite": ("0",), "requires": ("[]",)}  # may be missing where they say nothing

def agree(name, found, made):
    """Whether these are the same, apart from keys that say nothing. 是否相同。"""
    for one in found.keys() | made.keys():
        value, wanted = dump(found.get(one)), dump(made.get(one))
        if one not in found:
            need(wanted in NEW.get(one, ()), f"{name}.{one}: 缺少 missing")
        else:
            fits = value == wanted if one in made else value in ("null", "false", "0", '""', "[]")
            need(fits, f"{name}.{one}: {value[:60]} ≠ {wanted[:60]}")

def carried(r, one):
    agree, against = opinions(r)[one]
    return {"any": True, "more_for": agree > against, "half_of_cast": 2 * agree > r("round.json")["roll"]["cast"]}[rule(r, "vote.carried")]

def weighed(r):
    """Whether ballots on paper and online are two publics (6.1); how many of them were on paper. 线上线下是否分开计。"""
    booths, totals, roll = r("paper.json")["booths"], r("totals.json"), r("round.json")["roll"]
    on_paper, marked = counted_paper(r), sum(it["issued"] - it["spoiled"] for it in booths)
    if rule(r, "award.method") != "blend" or rule(r, "award.onsite", None) is None or r("round.json")["source"] != "here" or roll is None \
            or min(on_paper, totals["ballots"] - on_paper, marked, roll["cast"] - marked) < 10:
        return None, {}
    need([it["name"] for it in totals["channels"]] == ["paper", "web"], "渠道 channels")
    return marked, dict(totals["channels"][0]["votes"])

# ----------------------------------------------------------------------------------------------------
# The count (6.2 to 6.7). 计算
# ----------------------------------------------------------------------------------------------------

class Count:
    """One count of a case (6): what limits it, what parts ties, and what was granted so far. 一次计算。"""

    def __init__(self, case, entire=False):
        limits = self.limits = case["limits"]
        self.case, self.bids, self.place = case, {bid["key"]: bid for bid in case["bids"]}, {it: at for at, it in enumerate(case["lot"])}
        need(len(self.bids) == len(case["bids"]), "一件申请出现两次 a bid is there twice")
        self.tiers, themes, self.needs = {it["key"]: it for it in limits["tiers"]}, dict(limits["theme_caps"]), defaultdict(list)
        for one, other in limits.get("requires", []):
            self.needs[one].append(other)
        self.least, self.most, self.pots = {}, {}, {}
        for one, bid in self.bids.items():
            tier = self.tiers.get(bid["tier"], {"cap": None, "money": None, "places": None})
            self.least[one] = bid["cost"] if entire or not limits["partial"] or bid["least"] is None else bid["least"]
            self.most[one] = min(cap for cap in (bid["cost"], tier["cap"], limits["project_cap"]) if cap is not None)
            pots = [("exclusive", at, 1) for at, group in enumerate(limits["exclusive"]) if one in group]
            pots += [("team_taken", bid["team"], 1 if limits["one_per_team"] else None)]
            pots += [("requires", other, 0) for other in self.needs[one]]
            pots += [("places", bid["tier"], tier["places"]), ("tier_money", bid["tier"], tier["money"]),
                     ("community_cap", bid["community"], limits["community_cap"]), ("team_cap", bid["team"], limits["team_cap"]),
                     ("theme_cap", bid["theme"], themes.get(bid["theme"]))]
            self.pots[one] = [pot for pot in pots if pot[1] is not None and pot[2] is not None]
        self.fresh(limits["budget"])

    def fresh(self, budget):
        """Nothing is granted yet. 从头开始。"""
        self.budget, self.spent, self.grants, self.floors = budget, Counter(), {}, None

    def keep_floors(self, pool):
        self.floors = Floors(self, pool) if self.limits["floors"] else None

    def reserve(self, order):
        """The first bids of each tier that were not funded. 候补。"""
        taken, found = Counter(), []
        for one in order:
            tier = self.bids[one]["tier"] if self.tiers else None
            taken[tier] += 1
            found += [one] if taken[tier] <= self.limits["reserve"] else []
        return found

    def take(self, one, grant, sign=1):
        """Enter a grant, or take it out again. 记入一笔资助。"""
        for code, name, _ in self.pots[one]:
            self.spent[code, name] += sign * (1 if code in COUNTED else grant)
        self.spent["budget"] += sign * grant
        if sign > 0:
            self.grants[one] = grant
        else:
            del self.grants[one]

    def full(self, one, grant):
        """The first limit that leaves no room for this grant; None where all do. 哪一项限额不够。"""
        for code, name, cap in self.pots[one]:
            if name not in self.grants if code == "requires" else self.spent[code, name] + (1 if code in COUNTED else grant) > cap:
                return code
        return "budget" if self.spent["budget"] + grant > self.budget else None

    def room(self, one):
        """The largest grant that the money leaves. 最多可给多少。"""
        rooms = [cap - self.spent[code, name] for code, name, cap in self.pots[one] if code not in COUNTED and code != "requires"]
        return min([self.most[one], self.budget - self.spent["budget"], *rooms])

    def standings(self):
        """What every bid is ranked by (6.2). 排序的依据。"""
        method, score = self.case["method"], {one: bid["score"] and Fraction(bid["score"]) for one, bid in self.bids.items()}
        if method == "blend":
            return blended(self.case, self.bids, score)
        if method == "welfare":
            need(self.case["utility"] in ("cost", "cardinality", "points", "borda", "score"), "utility")
            return score if self.case["utility"] == "score" else {
                one: Fraction(bid["votes"] * (bid["cost"] if self.case["utility"] == "cost" else 1)) for one, bid in self.bids.items()}
        return score if method == "score" else {one: Fraction(bid["votes"]) for one, bid in self.bids.items()}

    def aside(self, one, standing):
        """Why a bid does not even come up, or None (6.4). 不参加计算的原因。"""
        bid, limits, tier = self.bids[one], self.limits, self.tiers.get(self.bids[one]["tier"])
        least, own = limits["min_score"], bid["own_funds"]
        if standing is None:
            return "no_score"
        if self.tiers and not tier:
            return "no_tier"
        if least is not None and (bid["score"] is None or Fraction(bid["score"]) < Fraction(least)):
            return "no_score" if bid["score"] is None else "min_score"
        if limits["min_votes"] is not None and bid["votes"] < limits["min_votes"]:
            return "min_votes"
        if own * 1000 < (bid["cost"] + own) * limits["own_share"]:
            return "own_share"
        caps = ("tier_cap", tier and tier["cap"]), ("project_cap", limits["project_cap"])
        return next((code for code, cap in caps if cap is not None and self.least[one] > cap), None)

    def value(self, name, one):
        """What parts ties under this name (6.3). 分先后的依据。"""
        bid = self.bids[one]
        return {"votes": lambda: bid["votes"], "score": lambda: bid["score"] and Fraction(bid["score"]), "cheaper": lambda: -bid["cost"],
                "dearer": lambda: bid["cost"], "own_funds": lambda: Fraction(bid["own_funds"], max(bid["cost"] + bid["own_funds"], 1)),
                "earlier": lambda: -bid["sent"], "lot": lambda: -self.place[one]}[name]()

    def part(self, level, names, ties):
        """The order of bids that stand level; what parted them is added to the ties (6.3). 同分者的先后。"""
        if len(level) == 1:
            return level
        need(names, "分不出先后 a tie that nothing settles")
        groups, at = defaultdict(list), len(ties)
        for one in level:
            groups[self.value(names[0], one)].append(one)
        if len(groups) > 1:
            ties.append(None)
        best = sorted(groups, key=lambda value: (value is not None, value or 0), reverse=True)
        order = [one for value in best for one in self.part(groups[value], names[1:], ties)]
        if len(groups) > 1:
            ties[at] = {"keys": order, "settled_by": names[0]}
        return order

    def ranked(self, keys, standing, ties):
        levels = groupby(sorted(keys, key=standing.get, reverse=True), standing.get)
        return [one for _, level in levels for one in self.part(list(level), self.case["ties"], ties)]

    def in_turn(self, order):
        """The bids as they come up: one that waits for another comes up right behind it (6.4). 依次。"""
        coming, waiting = set(order), defaultdict(list)
        def turn(one):
            other = next((it for it in self.needs[one] if it not in self.grants), None)
            if other in coming:
                waiting[other].append(one)
                return
            yield one
            coming.remove(one)
            for held in waiting.pop(one, []):
                yield from turn(held)
        for one in order:
            yield from turn(one)

    def greedy(self, keys, standing, rule):
        """Fund what fits, the highest first; the outcome (6.4, 6.5). 逐个计算。"""
        need(rule in ("skip", "threshold") or rule in ("stop", "topup") and not self.limits["floors"], "没有这种办法 no such rule")
        aside = [(one, False, 0, self.budget, self.aside(one, standing[one])) for one in keys if self.aside(one, standing[one])]
        ties, steps, ended, closed, extra = [], {}, False, set(), 0
        order = self.ranked([one for one in keys if not self.aside(one, standing[one])], standing, ties)
        self.keep_floors(order)
        def meet(one):
            nonlocal ended, extra
            cost, tier, grant = self.bids[one]["cost"], self.bids[one]["tier"], None
            code = "stopped" if ended or tier in closed else self.full(one, self.least[one])
            left = self.budget + extra - self.spent["budget"]
            if not code and self.floors and self.floors.lost(one, self.room(one)):
                code = "floor"
            elif not code:
                code, grant = "funded" if self.room(one) >= cost else "funded_partly", self.room(one)
            elif rule in ("stop", "topup") and code == "budget":
                ended = True
                if rule == "topup" and left * 1000 >= cost * self.limits["topup"]:
                    code, grant, extra = "topped_up", cost, extra + cost - left
            elif rule in ("stop", "topup") and code == "tier_money":
                closed.add(tier)
            if grant is not None:
                self.take(one, grant)
            return one, grant is not None, grant or 0, self.budget + extra - self.spent["budget"], code
        for one in self.in_turn(order):
            steps[one] = meet(one)
        if self.limits["partial"] and self.floors:
            for one in self.in_turn([one for one in order if steps[one][4] in ("floor", "requires")]):
                step = meet(one)
                if step[1]:
                    del steps[one]
                    steps[one] = step
        for tie in ties:
            tie["split"] = 0 < sum(one in self.grants for one in tie["keys"]) < len(tie["keys"])
        left, waiting = self.budget + extra - self.spent["budget"], [one for one in order if one not in self.grants]
        return {"extra": extra, "funded": list(self.grants), "grants": [[one, grant] for one, grant in self.grants.items()],
                "left": left, "reserve": self.reserve(waiting), "steps": [*aside, *steps.values()], "ties": ties}

COUNTED = ("exclusive", "team_taken", "places")

def portions(way, votes, ballots):
    """The share of each bid by a normaliser (6.2). 得票折算。"""
    most, least, n = max(votes, default=0), min(votes, default=0), len(votes)
    if way == "min_max":
        return [Fraction(v - least, most - least) if most > least else Fraction(0) for v in votes]
    if way == "rank":
        return [(n + 1 - sum(x > v for x in votes) - Fraction(votes.count(v) + 1, 2)) / n for v in votes]
    need(way in ("share_of_ballots", "share_of_leader"), "normaliser")
    whole = ballots if way == "share_of_ballots" and ballots else most
    return [Fraction(v, whole) if whole else Fraction(0) for v in votes]

def channel(way, votes, ballots):
    return portions(way, votes, ballots) if any(votes) else [Fraction(0)] * len(votes)

def blended(case, bids, score):
    """Marks and votes together (6.2). 综合得分。"""
    way, onsite, votes = case["normaliser"], case.get("onsite"), [bid["votes"] for bid in bids.values()]
    public = portions(way, votes, case["ballots"])
    if onsite is not None:
        paper, sheets = [bid.get("onsite", 0) for bid in bids.values()], case.get("ballots_onsite", 0)
        near = channel(way, paper, sheets)
        far = channel(way, [a - b for a, b in zip(votes, paper)], case["ballots"] - sheets)
        public = [(onsite * a + (1000 - onsite) * b) / 1000 for a, b in zip(near, far)]
    return {one: None if score[one] is None and case["expert"] else
            (case["expert"] * (score[one] or 0) + case["public"] * 100 * share) / 1000 for one, share in zip(bids, public)}

MOST_TRIES = 200_000  # of a search: no record may keep a reader busy without end

class Floors:
    """What groups get at least, kept within reach while a count goes on (6.7). 保底。"""

    def __init__(self, count, pool):
        """Lower the floors, one after another, to what bids of the pool can fill beside what was granted. 降到能做到的。"""
        self.count, self.pool, self.kept, self.tries = count, sorted(pool, key=lambda one: (count.most[one], one)), [], 0
        for floor in count.limits["floors"]:
            low = {**floor, "projects": 0, "money": 0}
            for what in ("projects", "money"):
                least, most, middle = 0, floor[what], floor[what]
                while least < most:
                    if self.reach([*self.kept, {**low, what: middle}]):
                        least = middle
                    else:
                        most = middle - 1
                    middle = (least + most + 1) // 2
                low[what] = least
            self.kept.append(low)

    def lost(self, one, grant):
        """Whether the floors could no longer be filled after this grant. 会不会使保底落空。"""
        self.count.take(one, grant)
        lost = not self.reach(self.kept)
        self.count.take(one, grant, -1)
        return lost

    def reach(self, floors, closed=frozenset()):
        """Whether bids that are not closed, each with the most it may get, can fill these floors. 能否满足保底。"""
        self.tries += 1
        need(self.tries < MOST_TRIES, "保底的搜索太长 the search for the floors is too long")
        count, hardest, costs = self.count, None, defaultdict(Counter)
        for floor in floors:
            inside = [one for one in self.pool if count.bids[one][floor["kind"]] == floor["name"]]
            done = [count.grants[one] for one in inside if one in count.grants]
            projects, money = max(floor["projects"] - len(done), 0), max(floor["money"] - sum(done), 0)
            if projects or money:
                free = [one for one in inside if one not in count.grants and one not in closed
                        and count.full(one, count.most[one]) in (None, "requires")]
                amounts, of = [count.most[one] for one in free], costs[floor["kind"]]
                of[floor["name"]] = max(of[floor["name"]], sum(amounts[:projects]), money)
                if len(free) < projects or sum(amounts) < money or sum(of.values()) > count.budget - count.spent["budget"]:
                    return False
                if hardest is None or len(free) < len(hardest):
                    hardest = free[::-1] if money else free
        for one in hardest or []:  # whatever fills this floor holds one of these bids: try each as the first that it holds
            entered = []
            for other in self.with_needs(one, closed):
                if count.full(other, count.most[other]):
                    break
                count.take(other, count.most[other])
                entered.append(other)
            found = entered[-1:] == [one] and self.reach(floors, closed)
            for other in entered:
                count.take(other, count.most[other], -1)
            if found:
                return True
            closed |= {one}
        return hardest is None

    def with_needs(self, one, closed):
        """The bids without which this one cannot be funded, and itself; nothing where one of them is closed. 连同所依赖的。"""
        found = []
        for other in self.count.needs[one]:
            if other not in self.count.grants and other not in found:
                more = self.with_needs(other, closed) if other in self.pool and other not in closed else []
                if not more:
                    return []
                found += [it for it in more if it not in found]
        return [*found, one]

class Shares(Count):
    """Equal Shares and Phragmén (6.6): every voter pays, or carries, her part. 平均份额与分摊。"""

    def __init__(self, case):
        super().__init__(case, entire=True)
        self.standing = {one: Fraction(bid["votes"]) for one, bid in self.bids.items()}
        self.up = [one for one in sorted(self.bids) if not self.aside(one, self.standing[one])]
        self.ballots, self.fans, utility = case["choices"], defaultdict(list), case["utility"] or "cost"
        if case["method"] == "phragmen":
            utility = "cardinality"
        need(utility in ("cost", "cardinality", "approval", "points", "borda"), "utility")
        for voter, (chosen, times) in enumerate(self.ballots):
            for one, weight in chosen:
                if one in self.up:
                    u = {"cost": max(self.bids[one]["cost"], 1), "points": weight, "borda": weight}.get(utility, 1)
                    self.fans[one].append((voter, u, times))

    def cost(self, keys):
        return sum(self.bids[one]["cost"] for one in keys)

    def refused(self, one):
        """The limit other than the budget that refuses a bid now, or None. 拒绝的限额。"""
        code = self.full(one, self.bids[one]["cost"])
        if not code:
            return "floor" if self.floors and self.floors.lost(one, self.bids[one]["cost"]) else None
        return None if code == "budget" else code

    def price(self, one):
        """The least price at which the supporters pay the cost together, or None. 最低价格。"""
        owners = Counter()
        for voter, u, times in self.fans[one]:
            owners[self.purse[voter], u] += times
        rows = [(self.money[purse], u, times) for (purse, u), times in owners.items()]
        due, every = Fraction(self.bids[one]["cost"]), sum(u * times for _, u, times in rows)
        if sum(money * times for money, _, times in rows) < due:
            return None
        for money, u, times in sorted(rows, key=lambda row: row[0] / row[1]):
            if money * every >= due * u:
                break
            due, every = due - money * times, every - u * times
        return due / every

    def run(self, each, voters):
        """Buy until nothing has a price; what was bought, and the bids that are poor. 一次购买。"""
        self.fresh(max(self.limits["budget"], int(each * voters)))
        self.keep_floors(self.up)
        self.money, self.purse, heap = [each], [0] * len(self.ballots), [(Fraction(0), one) for one in self.fans]
        heapq.heapify(heap)  # a price never falls while money is spent, so the last one known bounds it from below
        while True:
            ready, waiting = [], []
            while heap and (not ready or heap[0][0] <= min(ready)[0]):
                bound, one = heapq.heappop(heap)
                refusal = self.refused(one)
                if refusal in ("requires", "floor"):
                    waiting.append((bound, one))  # a purchase may lift this
                elif not refusal and self.price(one) is not None:
                    ready.append((self.price(one), one))
            if not ready:
                break
            price, paid = min(ready)[0], {}
            best = self.part([one for cost, one in ready if cost == price], self.case["ties"], [])[0]
            for it in [*waiting, *(it for it in ready if it[1] != best)]:
                heapq.heappush(heap, it)
            for voter, u, _ in self.fans[best]:
                at = self.purse[voter], u
                if at not in paid:
                    paid[at] = len(self.money)
                    self.money.append(self.money[at[0]] - min(price * u, self.money[at[0]]))
                self.purse[voter] = paid[at]
            self.take(best, self.bids[best]["cost"])
        return list(self.grants), [one for one in self.fans if one not in self.grants and not self.refused(one)]

    def hold(self, bought):
        """Begin anew with these bids, under the budget itself. 以预算为限。"""
        self.fresh(self.limits["budget"])
        for one in bought:
            self.take(one, self.bids[one]["cost"])
        self.keep_floors(self.up)

    def fitting(self, one):
        return one not in self.grants and not self.refused(one) and self.bids[one]["cost"] <= self.budget - self.spent["budget"]

    def equal(self, claimed):
        """Equal Shares with its completion; what `shares` must say. 平均份额。"""
        completion, voters = self.case["completion"], sum(times for _, times in self.ballots)
        need(completion in ("none", "utilitarian", "add1", "add1u", "comparison", "add1-exhaustive"), "completion")
        each, raises, stopped, completed = Fraction(self.limits["budget"], voters) if voters else Fraction(0), 0, "", []
        bought, poor = self.run(each, voters)
        while completion not in ("none", "utilitarian"):
            if completion == "add1-exhaustive":
                self.hold(bought)
                stopped = "" if any(self.fitting(one) for one in self.up) else "exhausted"
            stopped = stopped or ("" if poor else "served")
            if stopped:
                break
            need(raises <= claimed and raises < MOST_TRIES, "raises")
            more, hungry = self.run(each + 100, voters)
            if self.cost(more) > self.limits["budget"]:
                stopped = "overshoot"
                break
            bought, poor, each, raises = more, hungry, each + 100, raises + 1
        self.hold(bought)
        if completion in ("utilitarian", "add1u", "comparison"):
            merit = self.merit()
            for one in self.in_turn(self.ranked([one for one in self.up if one not in self.grants], merit, [])):
                if self.fitting(one):
                    self.take(one, self.bids[one]["cost"])
                    completed.append(one)
        return {"completed": completed, "each": show(each), "raises": raises, "stopped": stopped}

    def merit(self):
        return {one: Fraction(sum(u * times for _, u, times in self.fans.get(one, ())), self.bids[one]["cost"] or 1) for one in self.up}

    def greedy_is_better(self, other):
        """Whether more voters have more from the other grants than have more from these. 多数人是否更偏好。"""
        gain = Counter()
        for one, rows in self.fans.items():
            for voter, u, _ in rows:
                gain[voter] += u * ((one in other.grants) - (one in self.grants))
        return sum((x > 0) * self.ballots[voter][1] - (x < 0) * self.ballots[voter][1] for voter, x in gain.items()) > 0

    def phragmen(self):
        load, skip = [Fraction(0)] * len(self.ballots), self.case["rule"] == "skip"
        crowd = {one: sum(times for *_, times in rows) for one, rows in self.fans.items()}
        self.keep_floors(self.up)
        while True:
            left, due = self.budget - self.spent["budget"], {}
            for one, rows in self.fans.items():
                if one not in self.grants and not self.refused(one) and self.bids[one]["cost"] <= (left if skip else self.budget):
                    loads = Counter()
                    for voter, _, times in rows:
                        loads[load[voter]] += times
                    due[one] = (self.bids[one]["cost"] + sum(x * times for x, times in loads.items())) / crowd[one]
            first = [one for one in due if due[one] == min(due.values())]
            if not first or any(self.bids[one]["cost"] > left for one in first):
                return
            best = self.part(first, self.case["ties"], [])[0]
            self.take(best, self.bids[best]["cost"])
            for voter, _, _ in self.fans[best]:
                load[voter] = due[best]

def shares(case, outcome):
    it = Shares(case)
    if case["method"] == "phragmen":
        it.phragmen()
    else:
        need(type(outcome.get("shares", {}).get("raises")) is int, "shares")
        same(outcome["shares"], **it.equal(outcome["shares"]["raises"]))
    made = {"funded": list(it.grants), "grants": [[one, grant] for one, grant in it.grants.items()], "reserve": it.reserve(it.ranked(
        [one for one in it.up if one not in it.grants], it.merit(), [])), "left": it.limits["budget"] - sum(it.grants.values())}
    if case["method"] == "equal_shares" and case["completion"] == "comparison":
        other = Count(case, entire=True)
        greedy = other.greedy(it.up, it.standing, "skip")
        if it.greedy_is_better(other):
            made = {name: greedy[name] for name in made}
    same(outcome, **made)

def welfare(case, outcome):
    """What can be checked of a set of the greatest welfare without a search (6.6). 总效用最大。"""
    count, simple = Count(case), Count(case)
    standing, grants = count.standings(), dict(outcome["grants"])
    up = count.ranked([one for one in sorted(count.bids) if not count.aside(one, standing[one])], standing, [])
    need(list(grants) == outcome["funded"] and len(grants) == len(outcome["grants"]) and grants.keys() <= set(up), "funded, grants")
    for one in count.in_turn(outcome["funded"]):
        need(count.full(one, count.least[one]) is None and count.least[one] <= grants[one] <= count.room(one), f"{one}: 不合限制 a limit")
        need(case["limits"]["partial"] or grants[one] == count.bids[one]["cost"], f"{one}: grant")
        count.take(one, grants[one])
    for one in up:
        need(one in grants or count.full(one, count.least[one]), f"{one}: 还能入选 could still be funded")
    same(outcome, left=count.budget - count.spent["budget"], reserve=count.reserve([one for one in up if one not in grants]))
    simple.greedy(sorted(count.bids), standing, "skip")
    reached, others = filled(count), filled(simple)
    need(reached >= others, "保底不如简单办法 floors less filled than by the simple rule")
    mine, simply = (sum(standing[one] for one in keys) for keys in (grants, simple.grants))
    need(reached > others or mine >= simply, "不如简单办法 less than the simple rule")

def filled(count):
    """How far each floor was filled, projects before money. 保底完成多少。"""
    found = []
    for floor in count.limits["floors"]:
        inside = [grant for one, grant in count.grants.items() if count.bids[one][floor["kind"]] == floor["name"]]
        found += [min(floor["projects"], len(inside)), min(floor["money"], sum(inside))]
    return found

@check("A3", "重新计算 recount", "allocation.json")
def recount(r):
    case, outcome = r("allocation.json")["case"], r("allocation.json")["outcome"]
    method, count = case["method"], Count(case)
    if method in ("score", "votes", "blend"):
        made = count.greedy(sorted(count.bids), count.standings(), case["rule"])
        steps, ties = [list(step) for step in made.pop("steps")], [[it["keys"], it["settled_by"], it["split"]] for it in made.pop("ties")]
        same(outcome, rule=case["rule"], unit=method, **made)
        found = [[it.get(name) for name in ("key", "funded", "grant", "left")] + [it["reason"]["code"]] for it in outcome["steps"]]
        for a, b in zip(found, steps):
            need(dump(a) == dump(b), f"步骤 a step: {dump(a)} ≠ {dump(b)}")
        need(len(found) == len(steps), "步骤数 number of steps")
        need(dump([[it["keys"], it["settled_by"], it["split"]] for it in outcome["ties"]]) == dump(ties), "同分 ties")
    else:
        need(method in ("equal_shares", "phragmen", "welfare"), "没有这种办法 no such method")
        need(outcome["extra"] == 0, "extra")
        (welfare if method == "welfare" else shares)(case, outcome)

# ----------------------------------------------------------------------------------------------------
# Paper (5.11). 纸质票
# ----------------------------------------------------------------------------------------------------

def counted_paper(r):
    return sum(b["valid"] + b["blank"] for it in r("paper.json")["booths"] for b in it["batches"])

def is_serial(text, number, booth, received):
    """A serial of this booth: its form, its sheet and its check digits (5.11). 票号。"""
    found = re.fullmatch("([0-9]+)-([0-9]+)-([0-9]{4,6})-([0-9]{2})", text)
    if not found or found[1] != str(number) or found[2] != str(booth) or not 1 <= int(found[3]) <= received:
        return False
    digits = 98 - int(f"{number:09}{booth:04}{int(found[3]):06}") * 100 % 97
    return found[3] == f"{int(found[3]):04}" and found[4] == f"{digits:02}"

@check("P1", "纸质票 paper", "paper.json round.json log.jsonl")
def paper(r):
    booths, sample, number = r("paper.json")["booths"], r("paper.json")["sample"], r("round.json")["round"]
    seen, told = [], defaultdict(list)
    corrected = sample is not None and sample["stage"] == "corrected"
    closed = {data.get("number"): data for _, data in r.events("booth.close")}
    words = {data.get("booth"): data.get("sheets") for _, data in r.events("paper.explain")}
    for at, it in enumerate(r("log.jsonl")):
        if it["deed"] in ("batch.register", "batch.drop", "batch.key", "batch.settle"):
            told[it["data"].get("booth"), it["data"].get("batch")].append((it["deed"], it["data"]))
    need(set(closed) == {it["number"] for it in booths}, "投票站与台账 booths of the log")
    for it in booths:
        sizes, numbers = [b["valid"] + b["blank"] + b["invalid"] for b in it["batches"]], [b["number"] for b in it["batches"]]
        same(closed[it["number"]], **{name: it[name] for name in ("received", "issued", "spoiled", "unused", "in_box")})
        need(it["received"] >= it["issued"] + it["unused"] and it["issued"] >= it["spoiled"] + it["in_box"], "发出和收回的票 papers issued")
        need(sum(sizes) == it["in_box"] + it["discrepancy"] and all(a < b for a, b in zip(numbers, numbers[1:])), "各批之和 batches")
        need(not it["discrepancy"] or words.get(it["number"]) == it["discrepancy"], "没有说明的差异 a difference not explained")
        for b, size in zip(it["batches"], sizes):
            need(0 <= size - len(b["serials"]) <= b["invalid"] and size > 0, "批次的张数 sheets of a batch")
            need(all(x < y for x, y in zip(b["serials"], b["serials"][1:])), "票号的顺序 order of the serials")
            need(all(is_serial(one, number, it["number"], it["received"]) for one in b["serials"]), "不是本站票号 no serial of this booth")
            batch(b, size, told.pop((it["number"], b["number"]), []), corrected)
            seen += b["serials"]
    need(len(seen) == len(set(seen)), "一个票号计了两次 a serial twice")
    need(all(deed in ("batch.register", "batch.drop") for own in told.values() for deed, _ in own)
         and all(registered(own) == 0 for own in told.values()), "台账里还有别的批次 the log has other batches")
    marked = len(r.events("vote.paper")) - len(r.events("vote.unmark"))
    need(marked == sum(it["issued"] - it["spoiled"] for it in booths), "纸票标记 voters marked on paper")
    need(len(r.events("booth.spoil")) == sum(it["spoiled"] for it in booths), "作废的票 spoiled papers")
    if booths:
        (opened, box), = r.events("box.open")
        need(corrected or box.get("paper") == counted_paper(r), "开箱时的纸票 papers at the opening")
        late = r.events("batch.register", "batch.key", "batch.settle", "paper.explain", "booth.close")
        need(all(at < opened for at, _ in late), "开箱以后还在录 keyed after the opening")

def registered(own):
    return sum((deed == "batch.register") - (deed == "batch.drop") for deed, _ in own)

def batch(it, size, own, corrected):
    """A batch against its lines of the log. 一批与台账。"""
    keyed, settled = [data for deed, data in own if deed == "batch.key"], [data for deed, data in own if deed == "batch.settle"]
    need(registered(own) == 1 and len(keyed) == 2, "登记或两遍录入 registered, keyed twice")
    clerks = [[at, clerk["hand"], clerk["post"]] for at, clerk in enumerate(it["clerks"], 1)]
    need(sorted([data["place"], data["hand"], data["post"]] for data in keyed) == clerks and clerks[0][1] != clerks[1][1], "录入的人 clerks")
    third, last = it["third"], keyed[1]
    need(last.get("differences") == it["differences"], "差异 differences")
    need((third is None) == (it["differences"] == 0) and len(settled) == (third is not None), "第三人 third clerk")
    if third:
        last = settled[0]
        need([deed for deed, _ in own if deed in ("batch.key", "batch.settle")][-1] == "batch.settle", "裁定的先后 order of the settlement")
        need(third["hand"] not in (clerks[0][1], clerks[1][1]), "第三人 third clerk")
        same(last, differences=it["differences"], hand=third["hand"], post=third["post"])
    figures = ("valid", "blank", "invalid")
    need(all(last[name] == it[name] for name in figures) or corrected and sum(last[name] for name in figures) == size,
         "一批的数目 figures of a batch")

@check("P2", "纸票抽样 sample of paper", "paper.json rules.json log.jsonl")
def paper_sample(r):
    sample, drawn = r("paper.json")["sample"], r.events("sample.draw")
    serials = sorted(one for it in r("paper.json")["booths"] for b in it["batches"] for one in b["serials"])
    need((sample is None) == (not serials) == (not drawn), "该有样本 a sample is due")
    if sample is None:
        return
    ((opened, _),), ((at, told),), size, draws = r.events("box.open"), drawn, sample["size"], sample["draws"]
    same(told, **{name: sample[name] for name in ("digits", "root", "size", "margin", "limit")})
    need(opened < size <= at and r.root(size) == sample["root"], "抽样的根 root of the draw")
    need(re.fullmatch("[0-9]{6,40}", sample["digits"]) and sample["margin"] > 0 and 0 < sample["limit"] < 1000, "骰子或票差 dice or margin")
    need(draws <= len(serials), "抽取次数 draws")
    seed = f"{sample['root']}/{sample['digits']}"
    times = Counter(serials if sample["full"] else [
        serials[int(sha(f"{seed},{i}".encode()), 16) % len(serials)] for i in range(1, draws + 1)])
    looks = {serial: (differs, over) for serial, differs, over in sample["looks"]}
    need([one for one, *_ in sample["looks"]] == sorted(times), "抽中的票 the drawn sheets")
    seen = [[data.get("serial"), data.get("differs"), data.get("overstated")] for _, data in r.events("sample.look")]
    need(sorted(map(dump, seen)) == sorted(map(dump, sample["looks"])), "台账里的核对 looks of the log")
    w = {"rank": rule(r, "vote.k", 0), "points": rule(r, "vote.points", 0)}.get(rule(r, "vote.kind", ""), 1) or 1
    need(all(over <= 2 * w and (differs or not over) for differs, over in looks.values()), "多记的差距 overstated")
    need(sample["differences"] == sum(differs for differs, _ in looks.values()), "不符的张数 differences")
    risk = Fraction(0)
    if not sample["full"] and sample["margin"] <= 2 * w * len(serials):
        risk = Fraction(1)
        for serial, n in times.items():
            one = (1 - Fraction(sample["margin"], w * len(serials)) * 25 / 52) / (1 - Fraction(looks[serial][1], w) * 25 / 52)
            risk *= one ** n
    need(sample["risk"] == min(1000, -(-risk.numerator * 1000 // risk.denominator)), "风险 risk")
    need(sample["full"] or sample["risk"] <= sample["limit"] and sample["stage"] == "confirmed", "没有抽够 too few draws")
    last, decided = r.events("sample.finish"), r.events("awards.decide")
    need(last and last[-1][1].get("stands") == sample["stage"], "结论 conclusion")
    same(last[-1][1], **{name: sample[name] for name in ("draws", "full", "differences", "risk")})
    need(not decided or last[-1][0] < decided[0][0], "评定以后才抽样 sampled after the decision")

class Error(Count):
    """A count of whose votes some may be wrong (6.8). 票数可能有误的计算。"""

    def __init__(self, case):
        lot = sorted((bid["key"] for bid in case["bids"]), key=lambda one: sha(f":{one}".encode()))
        super().__init__({**case, "seed": "", "lot": lot})
        self.standing, method, way = self.standings(), case["method"], case["normaliser"]
        self.funded = set(self.greedy(sorted(self.bids), self.standing, case["rule"])["funded"])
        up = [one for one in sorted(self.bids) if self.aside(one, self.standing[one]) in (None, "min_votes")]
        self.row, apart = self.ranked(up, self.standing, []), method == "blend" and case.get("onsite") is not None
        self.votes = {one: bid.get("onsite", 0) if apart else bid["votes"] for one, bid in self.bids.items()}
        self.ballots = case.get("ballots_onsite", 0) if apart else case["ballots"]
        self.slope, self.base = Fraction(method == "votes"), dict.fromkeys(self.bids, Fraction(0))
        self.way = "votes" if method == "votes" else "share_of_leader" if way == "share_of_ballots" and not self.ballots else way
        if method == "blend":
            self.slope = Fraction(case["public"] * 100, 1000) * (Fraction(case["onsite"], 1000) if apart else 1)
            own = channel(way, list(self.votes.values()), self.ballots)
            self.base = {one: self.standing[one] - self.slope * x for one, x in zip(self.bids, own) if self.standing[one] is not None}
        limits = self.limits
        self.strict = limits["partial"] or limits["floors"] or limits.get("requires") or case["rule"] not in ("skip", "threshold")

    def changes(self, wrong):
        """Whether an error of so many votes may change who is funded. 这么多票的差错会不会改变入选。"""
        least, votes = self.limits["min_votes"], {one: self.bids[one]["votes"] for one in self.row}
        if least is not None and any(0 <= votes[one] - least < wrong for one in self.row if self.strict or one in self.funded):
            return True
        if not self.strict:
            return any(self.enters(at, wrong) for at in range(len(self.row)))
        rises = least is not None and any(has < least <= has + wrong for has in votes.values())
        return rises or any(self.reaches(one, other, wrong) for at, other in enumerate(self.row) for one in self.row[:at])

    def enters(self, at, wrong):
        """Whether nothing need keep this bid of the row out any more. 落选的能否入选。"""
        one, least = self.row[at], self.limits["min_votes"]
        if one in self.funded or least is not None and self.bids[one]["votes"] + wrong < least:
            return False
        self.fresh(self.limits["budget"])
        for other in self.row[:at]:
            if other in self.funded and not self.reaches(other, one, wrong):
                self.take(other, self.bids[other]["cost"])
        return self.full(one, self.bids[one]["cost"]) is None

    def reaches(self, ahead, behind, wrong):
        """Whether the one behind may come level with the one ahead. 后面的能否追平前面的。"""
        if not self.slope:
            apart = self.bids[ahead]["votes"] - self.bids[behind]["votes"]
            return self.standing[ahead] == self.standing[behind] and "votes" in self.case["ties"] and wrong >= apart
        lead = (self.base[ahead] - self.base[behind]) / self.slope
        return any(self.gain(ahead, behind, few, wrong - few) >= lead for few in (0, min(wrong, self.votes[ahead])))

    def gain(self, ahead, behind, few, many):
        """By how much the share of the one behind can at most lie above that of the one ahead. 份额最多高出多少。"""
        down, up = self.votes[ahead] - few, self.votes[behind] + many
        third = [(max(0, votes - few), votes + many, votes - few) for one, votes in self.votes.items() if one not in (ahead, behind)]
        if self.way in ("votes", "share_of_ballots"):
            return Fraction(up - down, 1 if self.way == "votes" else self.ballots)
        if self.way == "rank":
            halves = 2 * order(up, down)
            for low, high, _ in third:
                tried = [low, high, *(n for n in (down, up, down + 1, up - 1) if low <= n <= high)]
                halves += max(order(n, down) - order(n, up) for n in tried)
            return Fraction(halves, 2 * len(self.votes))
        if up >= down:
            most, least = max([up, *(lower for *_, lower in third)]), min([down, *(high for _, high, _ in third)])
        else:
            most, least = max([down, *(high for _, high, _ in third)]), min([up, *(low for low, *_ in third)])
        wide = most if self.way == "share_of_leader" else most - least
        return Fraction(up - down, wide) if wide else Fraction(0)

def order(one, other):
    return (one > other) - (one < other)

@check("P3", "票差 margin of the sample", "paper.json rules.json round.json totals.json allocation.json")
def paper_margin(r):
    sample, roll, case = r("paper.json")["sample"], r("round.json")["roll"], r("allocation.json")["case"]
    if sample is None or sample["full"] or sample["margin"] <= 1:
        return
    known = rule(r, "vote.kind", "") != "stance" and case["method"] in ("score", "votes", "blend")
    need(known, "这种办法没有可算的票差 a method without a margin")
    paper, marked = counted_paper(r), sum(it["issued"] - it["spoiled"] for it in r("paper.json")["booths"])
    if rule(r, "award.onsite", None) is not None and roll:
        if min(r("totals.json")["ballots"] - paper, marked, roll["cast"] - marked) >= 10:
            need(sample["margin"] <= (paper - 9 if paper >= 10 else 10 - paper), "纸票的张数 number of papers")
    need(not Error(case).changes(sample["margin"] - 1), "更小的差错就可能改变入选 a smaller error may change who is funded")
