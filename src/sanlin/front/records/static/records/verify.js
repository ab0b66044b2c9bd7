/* A verifier of Sanlin's record, written from docs/record-format.md alone (format 1).

   No server, no network, no library. SanlinVerifier.verify(bytes, options) resolves to
   {lines: [{code, ok, zh, en}], ok}; options: root, receipt, opening (text), old (bytes),
   stop (() => boolean), progress ((code, share) => void).
   Where the document has a form on its page (data-verifier), the second half drives it. */
"use strict";

const SanlinVerifier = (() => {
  // ---------------------------------------------------------------- work that never freezes the page
  const MOST_WORK = 2e9; // steps of calculation before a check gives up

  class Wrong extends Error {
    constructor(zh, en) { super(en); this.zh = zh; this.en = en; }
  }
  const wrong = (zh, en) => { throw new Wrong(zh, en); };
  const need = (fact, zh, en) => { if (!fact) wrong(zh, en); };

  class Clock {
    constructor(options = {}) {
      this.stop = options.stop || (() => false);
      this.progress = options.progress || (() => {});
      this.code = ""; this.done = 0; this.next = 0; this.last = now();
    }
    async tick(steps = 1, share = null) {
      this.done += steps;
      if (this.done < this.next) return;
      this.next = this.done + 2000;
      if (this.done > MOST_WORK) wrong("计算量过大，没有算完", "too much to calculate; not finished");
      if (now() - this.last > 40) {
        this.progress(this.code, share);
        await new Promise(go => setTimeout(go, 0));
        this.last = now();
        if (this.stop()) wrong("已停止", "stopped");
      }
    }
    begin(code) { this.code = code; this.done = 0; this.next = 0; }
  }
  const now = () => (typeof performance === "undefined" ? Date.now() : performance.now());

  // ---------------------------------------------------------------- bytes
  const K = new Uint32Array(64), H0 = new Uint32Array(8);
  {
    const root = (x, power) => { // the first 32 bits of the fraction of a root, exactly
      let low = 0n, high = 1n << 40n;
      const want = BigInt(x) << BigInt(32 * power);
      while (high - low > 1n) { const mid = (low + high) >> 1n; if (mid ** BigInt(power) <= want) low = mid; else high = mid; }
      return Number(low & 0xffffffffn);
    };
    let found = 0;
    for (let x = 2; found < 64; x++) {
      let prime = true;
      for (let y = 2; y * y <= x; y++) if (x % y === 0) { prime = false; break; }
      if (!prime) continue;
      if (found < 8) H0[found] = root(x, 2);
      K[found++] = root(x, 3);
    }
  }
  const W = new Uint32Array(64);
  function block(h, p, at) {
    for (let i = 0; i < 16; i++, at += 4) W[i] = (p[at] << 24) | (p[at + 1] << 16) | (p[at + 2] << 8) | p[at + 3];
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, k] = h;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (k + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      k = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += k;
  }
  function sha256(bytes) {
    const h = H0.slice(), whole = bytes.length & ~63;
    for (let at = 0; at < whole; at += 64) block(h, bytes, at);
    const rest = bytes.length - whole, tail = new Uint8Array(rest < 56 ? 64 : 128);
    tail.set(bytes.subarray(whole)); tail[rest] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(bytes.length / 0x20000000));
    view.setUint32(tail.length - 4, (bytes.length << 3) >>> 0);
    for (let at = 0; at < tail.length; at += 64) block(h, tail, at);
    const out = new Uint8Array(32), o = new DataView(out.buffer);
    h.forEach((word, i) => o.setUint32(4 * i, word));
    return out;
  }
  const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
  const utf8 = text => new TextEncoder().encode(text);
  const digest = what => hex(sha256(typeof what === "string" ? utf8(what) : what));
  const joined = parts => {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { out.set(part, at); at += part.length; }
    return out;
  };
  const equalBytes = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
  const CRC = new Uint32Array(256).map((_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n; });
  const crc32 = bytes => { let c = 0xffffffff; for (let i = 0; i < bytes.length; i++) c = CRC[(c ^ bytes[i]) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };

  // ---------------------------------------------------------------- canonical JSON (section 1)
  const byCode = (a, b) => { // the order of UTF-8 bytes
    const x = utf8(a), y = utf8(b);
    for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i] - y[i];
    return x.length - y.length;
  };
  const ASCII = /^[\x00-\x7f]*$/;
  const byText = (a, b) => (ASCII.test(a) && ASCII.test(b) ? (a < b ? -1 : a > b ? 1 : 0) : byCode(a, b));
  const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
  const quoted = text => {
    if (LONE.test(text)) wrong("有无法写成UTF-8的字符", "a character that UTF-8 cannot write");
    return JSON.stringify(text);
  };
  const MOST_LEVELS = 64;
  function canonical(value, level = 1) {
    if (value === null || value === true || value === false) return String(value);
    if (typeof value === "number") {
      need(Number.isSafeInteger(value), "数字不是范围内的整数", "a number that is not whole and in range");
      return String(value);
    }
    if (typeof value === "string") return quoted(value);
    need(level <= MOST_LEVELS, "嵌套太深", "nested too deep");
    if (Array.isArray(value)) return `[${value.map(one => canonical(one, level + 1)).join(",")}]`;
    return `{${Object.keys(value).sort(byText).map(key => `${quoted(key)}:${canonical(value[key], level + 1)}`).join(",")}}`;
  }
  function parse(text) {
    const value = JSON.parse(text);
    need(canonical(value) === text && text.normalize("NFC") === text, "不是标准写法", "not in canonical form");
    return value;
  }
  const isCanonical = text => { try { parse(text); return true; } catch { return false; } };
  const same = (a, b) => canonical(a) === canonical(b);

  // values out of documents
  const own = (thing, key) => (thing !== null && typeof thing === "object" && Object.hasOwn(thing, key) ? thing[key] : undefined);
  const bad = name => wrong(`“${name}”缺少或类型不对`, `"${name}" is missing or of the wrong type`);
  const or = (value, other) => (value === undefined ? other : value);
  const HEX64 = /^[0-9a-f]{64}$/;
  const sum = numbers => numbers.reduce((total, one) => total + BigInt(one), 0n);

  // ---------------------------------------------------------------- the types of values (5.16)
  const TYPES = `
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
`;
  const text = pattern => value => typeof value === "string" && pattern.test(value), whole = value => Number.isSafeInteger(value);
  const KINDS = {
    n: value => whole(value) && value >= 0, k: value => whole(value) && value > 0, i: whole, s: text(/^/), b: value => typeof value === "boolean",
    o: value => value !== null && typeof value === "object" && !Array.isArray(value), "-": value => value === null, h: text(HEX64), m: text(/^[0-9a-f]{12}$/),
    d: text(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/), t: text(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/),
    f: value => { try { fraction(value); return true; } catch { return false; } },
  };
  function typed(words) { // reads one type from the front of the words, and gives what says whether a value is of it
    const all = [];
    do all.push(typedOne(words)); while (words[0] === "|" && words.shift());
    return value => all.some(fits => fits(value));
  }
  function typedOne(words) {
    const word = words.shift();
    if (word === "[") {
      const parts = [];
      do parts.push(typed(words)); while (words.shift() === ",");
      return value => Array.isArray(value) && (parts.length === 1 || value.length === parts.length) && value.every((one, i) => parts[parts.length === 1 ? 0 : i](one));
    }
    if (word === "{") {
      const keys = new Map();
      let open = false;
      do {
        const name = words.shift();
        if (name === "...") open = true;
        else keys.set(name, { needed: words.shift() === ":", fits: typed(words) });
      } while (words.shift() === ",");
      return value => KINDS.o(value) && (open || Object.keys(value).every(key => keys.has(key)))
        && [...keys].every(([key, one]) => (Object.hasOwn(value, key) ? one.fits(value[key]) : !one.needed));
    }
    if (/^["1]/.test(word)) return value => value === JSON.parse(word);
    return KINDS[word];
  }
  for (const line of TYPES.replace(/\n /g, "").split("\n").filter(Boolean)) {
    const space = line.indexOf(" ");
    KINDS[line.slice(0, space)] = typed(line.slice(space).match(/"[a-z]*"|\?:|\.{3}|\w+|[^\w\s]/g));
  }

  // ---------------------------------------------------------------- fractions
  const gcd = (a, b) => { if (a < 0n) a = -a; if (b < 0n) b = -b; while (b) [a, b] = [b, a % b]; return a; };
  const Q = (n, d = 1n) => {
    n = BigInt(n); d = BigInt(d);
    need(d !== 0n, "除以零", "a division by zero");
    if (d < 0n) { n = -n; d = -d; }
    const g = gcd(n, d);
    return g > 1n ? { n: n / g, d: d / g } : { n, d };
  };
  const add = (a, b) => Q(a.n * b.d + b.n * a.d, a.d * b.d);
  const sub = (a, b) => Q(a.n * b.d - b.n * a.d, a.d * b.d);
  const mul = (a, b) => Q(a.n * b.n, a.d * b.d);
  const div = (a, b) => Q(a.n * b.d, a.d * b.n);
  const cmp = (a, b) => { const x = a.n * b.d, y = b.n * a.d; return x < y ? -1 : x > y ? 1 : 0; };
  const show = a => `${a.n}/${a.d}`;
  const ZERO = { n: 0n, d: 1n };
  const mean = all => div(all.reduce(add, ZERO), Q(all.length));
  function fraction(text) {
    const found = typeof text === "string" && /^(-?(?:0|[1-9][0-9]*))\/([1-9][0-9]*)$/.exec(text);
    need(found && text.length < 4000, "分数写法不对", "a fraction is not well written");
    const value = Q(found[1], found[2]);
    need(show(value) === text, "分数不是最简", "a fraction is not in lowest terms");
    return value;
  }
  function isqrt(n) {
    if (n < 2n) return n;
    let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
    for (;;) { const y = (x + n / x) >> 1n; if (y >= x) return x; x = y; }
  }

  // ---------------------------------------------------------------- the archive (section 2)
  const CONTENT = ["README.en.md", "README.zh.md", "allocation.json", "awards.json", "ballots.jsonl", "checkpoints.txt", "keys.json",
    "ledger.jsonl", "log.jsonl", "manifest.json", "objections.json", "paper.json", "proposals.json", "receipts.txt", "recount.py",
    "round.json", "rules.json", "scores.csv", "totals.json", "verify.py"];
  const FIXED = ["allocation.json", "ballots.jsonl", "paper.json", "receipts.txt", "rules.json", "scores.csv", "totals.json"];

  /** The ZIP of files (a Map of names and contents), byte by byte. */
  function pack(files) {
    const first = [], second = [];
    let offset = 0, size = 0;
    const head = (signature, numbers, name) => {
      const out = new Uint8Array(4 + numbers.reduce((n, [width]) => n + width, 0) + name.length), view = new DataView(out.buffer);
      out.set(signature);
      let at = 4;
      for (const [width, value] of numbers) { if (width === 2) view.setUint16(at, value, true); else view.setUint32(at, value, true); at += width; }
      out.set(name, at);
      return out;
    };
    const names = [...files.keys()].sort(byText);
    for (const text of names) {
      const name = utf8(text), content = files.get(text), crc = crc32(content), n = content.length;
      const about = [[2, 10], [2, 0], [2, 0], [2, 0], [2, 33], [4, crc], [4, n], [4, n], [2, name.length], [2, 0]];
      const local = head([0x50, 0x4b, 3, 4], about, name);
      first.push(local, content);
      const central = head([0x50, 0x4b, 1, 2], [[2, 10], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]], name);
      second.push(central);
      offset += local.length + n; size += central.length;
    }
    const end = head([0x50, 0x4b, 5, 6], [[2, 0], [2, 0], [2, names.length], [2, names.length], [4, size], [4, offset], [2, 0]], new Uint8Array());
    return joined([...first, ...second, end]);
  }

  /** The files of an archive, read from its beginning until something is not as section 2 says. */
  function unpack(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), files = new Map();
    for (let at = 0; at + 30 <= bytes.length && view.getUint32(at, true) === 0x04034b50;) {
      const size = view.getUint32(at + 22, true), length = view.getUint16(at + 26, true), begin = at + 30 + length;
      const name = String.fromCharCode(...bytes.subarray(at + 30, begin));
      if (!ASCII.test(name) || begin + size > bytes.length) break;
      files.set(name, bytes.subarray(begin, begin + size));
      at = begin + size;
    }
    return files;
  }

  // ---------------------------------------------------------------- the tree (section 3)
  const leaf = line => sha256(joined([new Uint8Array([0]), line]));
  const node = (left, right) => sha256(joined([new Uint8Array([1]), left, right]));
  function linesOf(bytes) {
    const lines = [];
    let from = 0;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) { lines.push(bytes.subarray(from, i)); from = i + 1; }
    if (from < bytes.length) lines.push(bytes.subarray(from));
    return lines;
  }
  function fromBase64(text) {
    if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return null;
    const binary = atob(text);
    return btoa(binary) === text ? hex(Uint8Array.from(binary, c => c.charCodeAt(0))) : null;
  }
  function checkpoint(text) {
    const found = /^([^\n]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n?$/.exec(text);
    const root = found && fromBase64(found[3]);
    need(root, "不是校验点的三行", "not the three lines of a checkpoint");
    return { origin: found[1], size: Number(found[2]), root };
  }

  // ---------------------------------------------------------------- codes (5.7)
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const receiptOf = code => {
    let bits = BigInt(`0x${code.slice(0, 20)}`), out = "";
    for (let i = 0; i < 16; i++) { out = ALPHABET[Number(bits & 31n)] + out; bits >>= 5n; }
    return out;
  };
  /** {receipt} or {code} out of what a voter typed, or null. */
  function asked(text) {
    const plain = text.toUpperCase().replace(/[\s\-－]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
    if (/^[0-9A-F]{64}$/.test(plain)) return { code: plain.toLowerCase() };
    return plain.length === 16 && [...plain].every(c => ALPHABET.includes(c)) ? { receipt: plain } : null;
  }

  // ---------------------------------------------------------------- marks (5.6)
  /** The marks by a method. sheets: Map juror → Map proposal → fraction. Returns Map proposal → fraction. */
  async function marks(sheets, method, clock = new Clock()) {
    const all = [...sheets.values()].flatMap(of => [...of.values()]);
    const gathered = table => {
      const out = new Map();
      for (const of of table.values()) for (const [proposal, x] of of) { if (!out.has(proposal)) out.set(proposal, []); out.get(proposal).push(x); }
      return out;
    };
    const each = async (table, how) => {
      const out = new Map();
      for (const [proposal, of] of gathered(table)) { out.set(proposal, how(of.sort(cmp))); await clock.tick(10 * of.length); }
      return out;
    };
    const trimmed = of => mean(of.length >= 5 ? of.slice(1, -1) : of);
    const evened = async width => {
      const M = all.length ? mean(all) : ZERO, D = all.length ? width(all, M) : ZERO, out = new Map();
      for (const [juror, of] of sheets) {
        const m = mean([...of.values()]), d = width([...of.values()], m);
        out.set(juror, new Map([...of].map(([p, x]) => [p, d.n ? add(M, div(mul(sub(x, m), D), d)) : M])));
        await clock.tick(50 * of.size);
      }
      return out;
    };
    if (method === "mean") return each(sheets, mean);
    if (method === "trimmed") return each(sheets, trimmed);
    if (method === "median") return each(sheets, of => (of.length % 2 ? of[(of.length - 1) / 2] : mean([of[of.length / 2 - 1], of[of.length / 2]])));
    if (method === "normalised") {
      const width = (of, m) => mean(of.map(x => { const y = sub(x, m); return y.n < 0n ? { n: -y.n, d: y.d } : y; }));
      return each(await evened(width), trimmed);
    }
    if (method === "zscore") {
      const width = (of, m) => {
        const v = mean(of.map(x => mul(sub(x, m), sub(x, m))));
        return Q((isqrt((4n * v.n * 10n ** 12n) / v.d) + 1n) / 2n, 10n ** 6n);
      };
      return each(await evened(width), mean);
    }
    if (method === "borda") {
      const table = new Map();
      for (const [juror, of] of sheets) {
        const row = new Map();
        for (const [p, x] of of) {
          let twice = -1; // without herself
          for (const y of of.values()) { const order = cmp(y, x); twice += order < 0 ? 2 : order ? 0 : 1; }
          row.set(p, of.size === 1 ? Q(50) : Q(100 * twice, 2 * (of.size - 1)));
          await clock.tick(of.size);
        }
        table.set(juror, row);
      }
      return each(table, mean);
    }
    if (method === "severity") {
      const jurors = [...sheets.keys()], place = new Map(jurors.map((j, i) => [j, i])), n = jurors.length, means = new Map(), who = new Map();
      for (const [p, of] of gathered(sheets)) means.set(p, mean(of));
      for (const [j, of] of sheets) for (const p of of.keys()) { if (!who.has(p)) who.set(p, []); who.get(p).push(place.get(j)); }
      const rows = [];
      for (const [j, of] of sheets) {
        const row = Array(n + 1).fill(ZERO), i = place.get(j);
        for (const [p, x] of of) {
          row[n] = add(row[n], sub(x, means.get(p)));
          row[i] = add(row[i], Q(1));
          const share = Q(1, who.get(p).length);
          for (const k of who.get(p)) row[k] = sub(row[k], share);
          await clock.tick(5 * who.get(p).length);
        }
        rows.push(row);
      }
      rows[0] = [...Array(n).fill(Q(1)), ZERO];
      for (let c = 0; c < n; c++) {
        const r = rows.findIndex((row, i) => i >= c && row[c].n !== 0n);
        need(r >= 0, "评委之间没有共同评过的提案，分数无解", "the jurors do not hang together; there is no solution");
        [rows[c], rows[r]] = [rows[r], rows[c]];
        for (let i = 0; i < n; i++) {
          if (i === c || rows[i][c].n === 0n) continue;
          const by = div(rows[i][c], rows[c][c]);
          for (let k = c; k <= n; k++) rows[i][k] = sub(rows[i][k], mul(by, rows[c][k]));
          await clock.tick(10 * n + rows[c][n].d.toString(16).length);
        }
      }
      const mild = rows.map((row, i) => div(row[n], row[i])), table = new Map();
      for (const [j, of] of sheets) table.set(j, new Map([...of].map(([p, x]) => [p, sub(x, mild[place.get(j)])])));
      return each(table, mean);
    }
    return bad("scoring.mean");
  }

  // ---------------------------------------------------------------- the count (section 6)
  const big = value => (value === null ? null : BigInt(value));
  function read(kase) { // the case with whole numbers as bigints and what is looked up as maps
    const { limits } = kase, min = limits.min_score, needs = new Map();
    const bids = kase.bids.map(bid => ({
      key: bid.key, cost: BigInt(bid.cost), own: BigInt(bid.own_funds), votes: BigInt(bid.votes), onsite: BigInt(bid.onsite ?? 0), sent: BigInt(bid.sent), least: big(bid.least),
      score: bid.score === null ? null : fraction(bid.score), tier: bid.tier, theme: bid.theme, team: bid.team, community: bid.community,
    })).sort((a, b) => a.key - b.key);
    const byKey = new Map(bids.map(bid => [bid.key, bid]));
    need(byKey.size === bids.length, "提案重复", "a bid is there twice");
    for (const [key, other] of limits.requires ?? []) { if (!needs.has(key)) needs.set(key, []); needs.get(key).push(other); }
    const tiers = new Map(limits.tiers.map(tier => [tier.key, { cap: big(tier.cap), money: big(tier.money), places: big(tier.places) }]));
    const c = {
      bids, byKey, needs, tiers, tiered: tiers.size > 0, method: kase.method, rule: kase.rule, utility: kase.utility, completion: kase.completion, normaliser: kase.normaliser,
      ballots: BigInt(kase.ballots), onsite: big(kase.onsite ?? null), ballotsOnsite: BigInt(kase.ballots_onsite ?? 0), expert: BigInt(kase.expert), public: BigInt(kase.public), ties: kase.ties,
      lot: new Map(kase.lot.map((key, i) => [key, BigInt(i + 1)])), budget: BigInt(limits.budget), floors: limits.floors, reserve: limits.reserve, partial: limits.partial,
      minScore: min === null ? null : fraction(min), minVotes: big(limits.min_votes), ownShare: BigInt(limits.own_share), topup: BigInt(limits.topup), projectCap: big(limits.project_cap),
    };
    // what a bid uses up, in the order in which it is asked (6.4): [code, name, limit], without those that do not bind
    const themes = new Map(limits.theme_caps.map(([key, cap]) => [key, BigInt(cap)]));
    for (const bid of bids) {
      const tier = tiers.get(bid.tier) ?? { cap: null, money: null, places: null };
      const counted = [...limits.exclusive.entries()].filter(([, group]) => group.includes(bid.key)).map(([i]) => ["exclusive", i, 1n]);
      counted.push(["team_taken", bid.team, limits.one_per_team ? 1n : null]);
      const money = [["tier_money", bid.tier, tier.money], ["community_cap", bid.community, big(limits.community_cap)], ["team_cap", bid.team, big(limits.team_cap)], ["theme_cap", bid.theme, themes.get(bid.theme) ?? null]];
      const binds = ([, name, limit]) => name !== null && limit !== null;
      bid.counted = counted.filter(binds); bid.places = [["places", bid.tier, tier.places]].filter(binds); bid.money = money.filter(binds);
      bid.most = [bid.cost, tier.cap, c.projectCap].filter(cap => cap !== null).reduce((a, b) => (b < a ? b : a));
    }
    return c;
  }

  const highest = all => all.reduce((a, b) => (b > a ? b : a), all[0] ?? 0n), lowest = all => all.reduce((a, b) => (b < a ? b : a), all[0] ?? 0n);
  function shares(normaliser, votes, ballots) { // 6.2: the votes of all bids, made comparable
    const most = highest(votes), fewest = lowest(votes), n = BigInt(votes.length);
    const of = whole => votes.map(v => (whole === 0n ? ZERO : Q(v, whole)));
    if (normaliser === "share_of_ballots") return of(ballots || most);
    if (normaliser === "share_of_leader") return of(most);
    if (normaliser === "min_max") return votes.map(v => (most === fewest ? ZERO : Q(v - fewest, most - fewest)));
    need(normaliser === "rank", "不认识的折算方法", "an unknown normaliser");
    return votes.map(v => { // twice the place: those above count two, those level one
      const twice = votes.reduce((all, x) => all + (x > v ? 2n : x === v ? 1n : 0n), 1n);
      return Q(2n * (n + 1n) - twice, 2n * n);
    });
  }
  const channel = (normaliser, votes, ballots) => (votes.some(v => v !== 0n) ? shares(normaliser, votes, ballots) : votes.map(() => ZERO));

  function standings(c) { // 6.2; Map key → fraction or null
    const publics = () => {
      if (c.onsite === null) return shares(c.normaliser, c.bids.map(bid => bid.votes), c.ballots);
      const paper = channel(c.normaliser, c.bids.map(bid => bid.onsite), c.ballotsOnsite), online = channel(c.normaliser, c.bids.map(bid => bid.votes - bid.onsite), c.ballots - c.ballotsOnsite);
      return paper.map((near, i) => div(add(mul(Q(c.onsite), near), mul(Q(1000n - c.onsite), online[i])), Q(1000)));
    };
    const worth = { cost: bid => Q(bid.votes * bid.cost), cardinality: bid => Q(bid.votes), points: bid => Q(bid.votes), borda: bid => Q(bid.votes), score: bid => bid.score };
    if (c.method === "blend") {
      const share = publics();
      return new Map(c.bids.map((bid, i) => [bid.key, bid.score === null && c.expert > 0n ? null : div(add(mul(Q(c.expert), bid.score ?? ZERO), mul(Q(c.public * 100n), share[i])), Q(1000))]));
    }
    need(c.method !== "welfare" || Object.hasOwn(worth, c.utility), "不认识的效用", "an unknown utility");
    const how = c.method === "welfare" ? worth[c.utility] : c.method === "score" ? worth.score : worth.cardinality;
    return new Map(c.bids.map(bid => [bid.key, how(bid)]));
  }

  function part(c, level, names = c.ties) { // 6.3: {order, ties}
    if (level.length < 2) return { order: level, ties: [] };
    need(names.length, "并列无法分出先后，结果不存在", "a tie that nothing parts: there is no outcome");
    const [name, ...rest] = names;
    const value = {
      votes: bid => Q(bid.votes), score: bid => bid.score, cheaper: bid => Q(-bid.cost), dearer: bid => Q(bid.cost),
      own_funds: bid => Q(bid.own, bid.cost + bid.own > 1n ? bid.cost + bid.own : 1n), earlier: bid => Q(-bid.sent), lot: bid => Q(-(c.lot.get(bid.key) ?? bad("lot"))),
    };
    need(Object.hasOwn(value, name), "不认识的并列规则", "an unknown way to part a tie");
    const groups = grouped(level, value[name]);
    const parted = groups.map(group => part(c, group, rest)), order = parted.flatMap(one => one.order), ties = parted.flatMap(one => one.ties);
    if (groups.length > 1) ties.unshift({ keys: order.map(bid => bid.key), settled_by: name });
    return { order, ties };
  }
  function grouped(bids, value) { // groups of equal value, the highest first, null last
    const of = new Map(bids.map(bid => [bid, value(bid)]));
    const order = (a, b) => { const x = of.get(a), y = of.get(b); return x === null ? (y === null ? 0 : 1) : y === null ? -1 : -cmp(x, y); };
    const groups = [];
    for (const bid of [...bids].sort(order)) {
      const group = groups[groups.length - 1];
      if (group && order(group[0], bid) === 0) group.push(bid); else groups.push([bid]);
    }
    return groups;
  }
  function ranked(c, bids, value) {
    const parted = grouped(bids, value).map(level => part(c, level));
    return { order: parted.flatMap(one => one.order), ties: parted.flatMap(one => one.ties) };
  }

  const smallest = (c, bid, entire) => (c.partial && bid.least !== null && !entire ? bid.least : bid.cost);
  function aside(c, bid, standing, entire = false) { // 6.4 before the count: a code or ""
    const tier = c.tiers.get(bid.tier), least = smallest(c, bid, entire);
    if (standing === null) return "no_score";
    if (c.tiered && !tier) return "no_tier";
    if (c.minScore !== null && bid.score === null) return "no_score";
    if (c.minScore !== null && cmp(bid.score, c.minScore) < 0) return "min_score";
    if (c.minVotes !== null && bid.votes < c.minVotes) return "min_votes";
    if (bid.own * 1000n < (bid.cost + bid.own) * c.ownShare) return "own_share";
    if (tier && tier.cap !== null && least > tier.cap) return "tier_cap";
    if (c.projectCap !== null && least > c.projectCap) return "project_cap";
    return "";
  }

  class Books { // what was granted so far; pool: the bids that take part; clock: who counts the steps of the search for floors
    constructor(c, pool, clock, budget = c.budget) { Object.assign(this, { c, clock, budget, spent: new Map(), grants: new Map(), total: 0n, floors: null }); this.pool = [...pool].sort((a, b) => (a.most < b.most ? -1 : a.most > b.most ? 1 : a.key - b.key)); }
    get left() { return this.budget - this.total; }
    used(code, name) { return this.spent.get(`${code} ${name}`) ?? 0n; }
    awaits(bid) { return (this.c.needs.get(bid.key) ?? []).find(other => !this.grants.has(other)); }
    /** The first limit that leaves no room for this grant, or "". */
    full(bid, grant) {
      const taken = ([code, name, limit]) => this.used(code, name) >= limit, over = ([code, name, limit]) => this.used(code, name) + grant > limit;
      const first = bid.counted.find(taken);
      if (first) return first[0];
      if (this.awaits(bid) !== undefined) return "requires";
      const next = bid.places.find(taken) ?? bid.money.find(over);
      return next ? next[0] : grant > this.left ? "budget" : "";
    }
    room(bid) { return bid.money.map(([code, name, limit]) => limit - this.used(code, name)).concat(bid.most, this.left).reduce((a, b) => (b < a ? b : a)); }
    enter(bid, grant, sign = 1n) {
      const put = amount => ([code, name]) => this.spent.set(`${code} ${name}`, this.used(code, name) + sign * amount);
      bid.counted.forEach(put(1n)); bid.places.forEach(put(1n)); bid.money.forEach(put(grant));
      this.total += sign * grant;
      if (sign > 0n) this.grants.set(bid.key, grant); else this.grants.delete(bid.key);
    }
    /** Why Equal Shares or Phragmén pass over a bid now, or "" (6.6). */
    async refused(bid) {
      const code = this.full(bid, bid.cost);
      return code === "budget" ? "" : code || (await this.loses(bid, bid.cost) ? "floor" : "");
    }

    // what groups get at least (6.7)
    async keepFloors() {
      this.floors = [];
      for (const { kind, name, projects, money } of this.c.floors) {
        const low = { kind, name, projects: 0n, money: 0n };
        for (const [what, asked] of [["projects", BigInt(projects)], ["money", BigInt(money)]]) {
          let least = 0n, most = asked;
          for (let middle = most; least < most; middle = (least + most + 1n) / 2n) {
            if (await this.reach([...this.floors, { ...low, [what]: middle }])) least = middle; else most = middle - 1n;
          }
          low[what] = least;
        }
        this.floors.push(low);
      }
    }
    async loses(bid, grant) {
      if (!this.floors?.length) return false;
      this.enter(bid, grant);
      const reached = await this.reach(this.floors);
      this.enter(bid, grant, -1n);
      return !reached;
    }
    async reach(floors, closed = new Set()) { // can bids of the pool, each with the most it may get, fill these floors?
      await this.clock.tick(floors.length * this.pool.length);
      const asked = new Map();
      let hardest = null;
      for (const floor of floors) {
        const inside = this.pool.filter(bid => bid[floor.kind] === floor.name), granted = inside.filter(bid => this.grants.has(bid.key));
        const projects = Number(floor.projects) - granted.length, money = floor.money - sum(granted.map(bid => this.grants.get(bid.key)));
        if (projects <= 0 && money <= 0n) continue;
        const free = inside.filter(bid => !this.grants.has(bid.key) && !closed.has(bid.key) && ["", "requires"].includes(this.full(bid, bid.most)));
        const cheapest = sum(free.slice(0, Math.max(projects, 0)).map(bid => bid.most)), costs = cheapest > money ? cheapest : money;
        if (!asked.has(floor.kind)) asked.set(floor.kind, new Map());
        const of = asked.get(floor.kind);
        if (costs > (of.get(floor.name) ?? -1n)) of.set(floor.name, costs);
        if (free.length < projects || sum(free.map(bid => bid.most)) < money || sum([...of.values()]) > this.left) return false;
        if (!hardest || free.length < hardest.length) hardest = money > 0n ? free.reverse() : free;
      }
      if (!hardest) return true;
      const shut = new Set(closed);
      for (const bid of hardest) { // every way to fill that floor holds one of these: each is tried as the first
        const entered = [];
        for (const one of this.withNeeds(bid, shut)) { if (this.full(one, one.most)) break; this.enter(one, one.most); entered.push(one); }
        const found = entered.at(-1) === bid && await this.reach(floors, shut);
        for (const one of entered) this.enter(one, one.most, -1n);
        if (found) return true;
        shut.add(bid.key);
      }
      return false;
    }
    withNeeds(bid, closed) { // the bids without which this one cannot be funded, and itself; none where one of them is closed
      const found = [];
      for (const other of this.c.needs.get(bid.key) ?? []) {
        if (this.grants.has(other) || found.some(one => one.key === other)) continue;
        const one = this.pool.find(it => it.key === other), more = one && !closed.has(other) ? this.withNeeds(one, closed) : [];
        if (!more.length) return [];
        for (const it of more) if (!found.includes(it)) found.push(it);
      }
      return [...found, bid];
    }
  }

  async function inTurn(books, order, deal) { // 6.4: a bid that waits for another has its turn right behind it
    const coming = new Set(order.map(bid => bid.key)), waiting = new Map();
    const turn = async bid => {
      const other = books.awaits(bid);
      if (other !== undefined && coming.has(other)) { if (!waiting.has(other)) waiting.set(other, []); waiting.get(other).push(bid); return; }
      await deal(bid);
      coming.delete(bid.key);
      for (const held of waiting.get(bid.key) ?? []) await turn(held);
    };
    for (const bid of order) await turn(bid);
  }
  function reserveOf(c, order) { // the first of each tier
    const taken = new Map();
    return order.filter(bid => { const of = c.tiered ? bid.tier : null, n = taken.get(of) ?? 0; taken.set(of, n + 1); return n < c.reserve; }).map(bid => bid.key);
  }
  const told = (c, books, waiting) => ({ funded: [...books.grants.keys()], grants: [...books.grants], left: books.left, reserve: reserveOf(c, waiting.filter(bid => !books.grants.has(bid.key))) });

  async function greedy(c, standing, clock, { rule = c.rule, entire = false, bids = c.bids } = {}) { // 6.4
    need(["skip", "threshold"].includes(rule) || (["stop", "topup"].includes(rule) && !c.floors.length), "没有这种办法", "no such rule, or one that cannot keep floors");
    const first = [], steps = new Map(), up = [], closed = new Set(), stops = rule === "stop" || rule === "topup";
    let ended = false, extra = 0n;
    for (const bid of bids) {
      const code = aside(c, bid, standing.get(bid.key), entire);
      if (code) first.push([bid.key, false, 0n, c.budget, code]); else up.push(bid);
    }
    const { order, ties } = ranked(c, up, bid => standing.get(bid.key)), books = new Books(c, order, clock);
    await books.keepFloors();
    const meet = async bid => {
      let grant = null, code = ended || closed.has(bid.tier) ? "stopped" : books.full(bid, smallest(c, bid, entire));
      if (!code) {
        const room = books.room(bid);
        if (await books.loses(bid, room)) code = "floor"; else { grant = room; code = room < bid.cost ? "funded_partly" : "funded"; }
      } else if (stops && code === "budget") {
        const left = books.left + extra;
        ended = true;
        if (rule === "topup" && left * 1000n >= bid.cost * c.topup) { grant = bid.cost; extra += bid.cost - left; code = "topped_up"; }
      } else if (stops && code === "tier_money") closed.add(bid.tier);
      if (grant !== null) books.enter(bid, grant);
      return [bid.key, grant !== null, grant ?? 0n, books.left + extra, code];
    };
    await inTurn(books, order, async bid => { steps.set(bid.key, await meet(bid)); });
    if (c.partial && c.floors.length) { // once more, now that the floors are filled
      await inTurn(books, order.filter(bid => ["floor", "requires"].includes(steps.get(bid.key)[4])), async bid => {
        const step = await meet(bid);
        if (step[1]) { steps.delete(bid.key); steps.set(bid.key, step); }
      });
    }
    const split = ({ keys }) => { const n = keys.filter(key => books.grants.has(key)).length; return n > 0 && n < keys.length; };
    return { ...told(c, books, order), left: books.left + extra, extra, steps: [...first, ...steps.values()], ties: ties.map(tie => [tie.keys, tie.settled_by, split(tie)]), books };
  }

  function voters(c, ballots, u) { // the bids that take part, those with supporters, and what each of these values
    const all = ballots.map(([choices, times]) => ({ times: BigInt(times), choices })), into = c.bids.filter(bid => !aside(c, bid, Q(bid.votes), true));
    for (const bid of into) bid.backers = [];
    const of = new Map(into.map(bid => [bid.key, bid]));
    all.forEach(({ choices, times }, i) => { for (const [key, weight] of choices) { const bid = of.get(key); if (bid) bid.backers.push({ i, u: u(bid, BigInt(weight)), times }); } });
    return { all, into, backed: into.filter(bid => bid.backers.length), n: sum(all.map(one => one.times)) };
  }
  const merit = bid => Q(sum(bid.backers.map(one => one.u * one.times)), bid.cost || 1n);

  async function equalShares(c, ballots, claimed, clock) { // 6.6
    const utility = { cost: bid => bid.cost || 1n, cardinality: () => 1n, approval: () => 1n, points: (_, weight) => weight, borda: (_, weight) => weight }, name = c.utility || "cost";
    need(Object.hasOwn(utility, name), "不认识的效用", "an unknown utility");
    const { all, into, backed, n } = voters(c, ballots, utility[name]);
    const level = new Map(backed.map(bid => [bid, bid.backers.every(one => one.u === bid.backers[0].u)]));

    async function run(each, share) {
      // The money of every class is money[i] / L, all over one denominator.
      const purse = each.n * n / each.d, books = new Books(c, into, clock, purse > c.budget ? purse : c.budget), money = all.map(() => each.n), seen = new Map();
      await books.keepFloors();
      let L = each.d, open = backed.slice();
      const price = async bid => { // ρ as {n, d, D, U}, or null
        if (bid.cost === 0n) return { n: 0n, d: 1n, D: 0n, U: 1n };
        const of = bid.backers;
        await clock.tick(of.length * 4, share);
        let has = 0n, D = bid.cost * L, U = 0n;
        for (const one of of) { has += money[one.i] * one.times; U += one.u * one.times; }
        if (has < D) return null;
        const poor = of.filter(one => money[one.i] * U < D * one.u); // only these can run dry
        if (poor.length) {
          if (level.get(bid)) of.sort((a, b) => (money[a.i] < money[b.i] ? -1 : money[a.i] > money[b.i] ? 1 : 0));
          else of.sort((a, b) => { const x = money[a.i] * b.u, y = money[b.i] * a.u; return x < y ? -1 : x > y ? 1 : 0; });
          for (const one of of) {
            if (money[one.i] * U >= D * one.u) break;
            D -= money[one.i] * one.times; U -= one.u * one.times;
          }
        }
        return { n: D, d: L * U, D, U };
      };
      for (;;) {
        // Prices only rise within a run: one that was above the best before need not be looked at again.
        const hopeful = open.slice().sort((a, b) => { const x = seen.get(a), y = seen.get(b); return x && y ? cmp(x, y) : x ? 1 : y ? -1 : 0; });
        const gone = new Set();
        let best = null, first = [];
        for (const bid of hopeful) {
          const before = seen.get(bid);
          if (best && before && cmp(before, best) > 0) break;
          const refusal = await books.refused(bid);
          if (refusal) { if (!["requires", "floor"].includes(refusal)) gone.add(bid); continue; }
          const found = await price(bid);
          if (!found) { gone.add(bid); continue; }
          seen.set(bid, found);
          const order = best ? cmp(found, best) : -1;
          if (order < 0) { best = found; first = [[bid, found]]; } else if (order === 0) first.push([bid, found]);
        }
        if (!best) break;
        const winner = part(c, first.map(one => one[0])).order[0], paid = first.find(one => one[0] === winner)[1];
        if (winner.cost > 0n) {
          const g = gcd(paid.D, paid.U), D = paid.D / g, U = paid.U / g;
          for (let i = 0; i < money.length; i++) money[i] *= U;
          L *= U;
          for (const one of winner.backers) { const due = D * one.u; money[one.i] = due < money[one.i] ? money[one.i] - due : 0n; }
          await clock.tick(money.length * 2);
        }
        books.enter(winner, winner.cost);
        open = open.filter(bid => bid !== winner && !gone.has(bid));
      }
      let poor = false;
      for (const bid of backed) poor ||= !books.grants.has(bid.key) && !await books.refused(bid);
      return { each, books, poor };
    }
    async function held(keys) { // the same purchases under the budget itself
      const books = new Books(c, into, clock);
      for (const key of keys) books.enter(c.byKey.get(key), c.byKey.get(key).cost);
      await books.keepFloors();
      return books;
    }
    const fits = async (books, bid) => !books.grants.has(bid.key) && bid.cost <= books.left && !await books.refused(bid);

    let standing = await run(n ? Q(c.budget, n) : ZERO, null), raises = 0, stopped = "";
    if (["add1", "add1u", "comparison", "add1-exhaustive"].includes(c.completion)) {
      for (;;) {
        if (c.completion === "add1-exhaustive") {
          const books = await held(standing.books.grants.keys());
          let more = false;
          for (const bid of into) more ||= await fits(books, bid);
          if (!more) { stopped = "exhausted"; break; }
        }
        if (!standing.poor) { stopped = "served"; break; }
        need(raises <= claimed, "加钱的次数与重算的不同", "there are more raises than the outcome says");
        const next = await run(add(standing.each, Q(100)), raises);
        if (next.books.total > c.budget) { stopped = "overshoot"; break; }
        standing = next; raises += 1;
        await clock.tick(1000, raises);
      }
    } else need(["none", "utilitarian"].includes(c.completion), "不认识的补足方法", "an unknown completion");
    const books = await held(standing.books.grants.keys()), completed = [];
    if (["utilitarian", "add1u", "comparison"].includes(c.completion)) {
      await inTurn(books, ranked(c, into.filter(bid => !books.grants.has(bid.key)), merit).order, async bid => {
        if (await fits(books, bid)) { books.enter(bid, bid.cost); completed.push(bid.key); }
      });
    }
    const shares = { each: show(standing.each), raises, stopped, completed }, rest = ranked(c, into.filter(bid => !books.grants.has(bid.key)), merit).order;
    if (c.completion === "comparison") {
      const other = await greedy(c, new Map(c.bids.map(bid => [bid.key, Q(bid.votes)])), clock, { rule: "skip", entire: true, bids: into });
      const worth = grants => {
        const out = all.map(() => 0n);
        for (const bid of backed) if (grants.has(bid.key)) for (const one of bid.backers) out[one.i] += one.u;
        return out;
      };
      const here = worth(books.grants), there = worth(other.books.grants);
      const more = (a, b) => sum(all.filter((_, i) => a[i] > b[i]).map(one => one.times));
      if (more(there, here) > more(here, there)) return { funded: other.funded, grants: other.grants, left: other.left, reserve: other.reserve, shares };
    }
    return { ...told(c, books, rest), shares };
  }

  async function phragmen(c, ballots, clock) { // 6.6
    const { all, into, backed } = voters(c, ballots, () => 1n), books = new Books(c, into, clock), skip = c.rule === "skip";
    await books.keepFloors();
    const load = all.map(() => 0n), count = new Map(backed.map(bid => [bid, sum(bid.backers.map(one => one.times))]));
    let L = 1n;
    for (;;) {
      let best = null, first = [];
      for (const bid of backed) {
        if (books.grants.has(bid.key) || bid.cost > (skip ? books.left : c.budget) || await books.refused(bid)) continue;
        let n = bid.cost * L;
        for (const one of bid.backers) n += load[one.i] * one.times;
        await clock.tick(bid.backers.length * 3);
        const due = { n, d: count.get(bid) }, order = best ? cmp(due, best) : -1;
        if (order < 0) { best = due; first = [bid]; } else if (order === 0) first.push(bid);
      }
      if (!first.length || first.some(bid => bid.cost > books.left)) break;
      const winner = part(c, first).order[0], g = gcd(best.n, best.d), n = best.n / g, d = best.d / g;
      for (let i = 0; i < load.length; i++) load[i] *= d;
      L *= d;
      for (const one of winner.backers) load[one.i] = n;
      books.enter(winner, winner.cost);
    }
    return told(c, books, ranked(c, into.filter(bid => !books.grants.has(bid.key)), merit).order);
  }

  async function welfare(c, outcome, clock) { // 6.6: raises where a check fails
    const standing = standings(c), up = ranked(c, c.bids.filter(bid => !aside(c, bid, standing.get(bid.key))), bid => standing.get(bid.key)).order, books = new Books(c, up, clock);
    const grants = new Map(outcome.grants.map(([key, fen]) => [key, BigInt(fen)]));
    need(same([...grants.keys()], outcome.funded) && grants.size === outcome.grants.length, "入选名单与金额不一致", "funded and grants do not agree");
    need(outcome.funded.every(key => up.some(bid => bid.key === key)), "有提案本不能入选", "a funded bid could not take part");
    await inTurn(books, outcome.funded.map(key => c.byKey.get(key)), async bid => {
      const grant = grants.get(bid.key), least = smallest(c, bid);
      need(!books.full(bid, least) && least <= grant && grant <= books.room(bid) && (c.partial || grant === bid.cost), `提案${bid.key}的金额超出限额`, `the grant of ${bid.key} breaks a limit`);
      books.enter(bid, grant);
    });
    for (const bid of up) need(books.grants.has(bid.key) || books.full(bid, smallest(c, bid)), `提案${bid.key}还能入选`, `bid ${bid.key} could still be funded`);
    const other = await greedy(c, standing, clock, { rule: "skip" }), value = keys => keys.reduce((all, key) => add(all, standing.get(key)), ZERO);
    const filled = given => c.floors.flatMap(floor => { // how far each floor was filled
      const inside = [...given].filter(([key]) => c.byKey.get(key)[floor.kind] === floor.name).map(one => one[1]), money = sum(inside);
      return [BigInt(Math.min(floor.projects, inside.length)), money < BigInt(floor.money) ? money : BigInt(floor.money)];
    });
    const mine = filled(books.grants), theirs = filled(other.books.grants), at = mine.findIndex((n, i) => n !== theirs[i]);
    need(at < 0 || mine[at] > theirs[at], "保底不如逐个计算的结果", "the floors are filled less than by the greedy count");
    need(at >= 0 || cmp(value(outcome.funded), value(other.funded)) >= 0, "逐个入选的结果更好", "the greedy count has more welfare");
    return { left: books.left, reserve: reserveOf(c, up.filter(bid => !books.grants.has(bid.key))) };
  }

  const plain = value => (typeof value === "bigint" ? (need(Number.isSafeInteger(Number(value)), "数字过大", "a number is too large"), Number(value)) : Array.isArray(value) ? value.map(plain) : value);
  /** Compares an outcome with the count of a case, both of their types. Throws where they differ. */
  async function count(kase, outcome, clock = new Clock()) {
    const c = read(kase), compare = (thing, name, value) => need(own(thing, name) !== undefined && same(thing[name], plain(value)), `${name}与重算的不同`, `${name} is not what the count gives`);
    if (["score", "votes", "blend"].includes(c.method)) {
      const found = await greedy(c, standings(c), clock);
      for (const name of ["extra", "funded", "grants", "left", "reserve"]) compare(outcome, name, found[name]);
      compare(outcome, "rule", c.rule); compare(outcome, "unit", c.method);
      const none = value => value ?? null, steps = outcome.steps.map(one => [none(one.key), none(one.funded), none(one.grant), none(one.left), none(one.reason.code)]);
      need(same(plain(found.steps), steps), "逐步的经过与重算的不同", "the steps are not those of the count");
      need(same(found.ties, outcome.ties.map(one => [none(one.keys), none(one.settled_by), none(one.split)])), "并列的处理与重算的不同", "the ties are not those of the count");
      return;
    }
    need(["equal_shares", "phragmen", "welfare"].includes(c.method), "不认识的方法", "an unknown method");
    need(outcome.extra === 0, "这个方法没有预算外的钱", "this method has no extra money");
    const { shares, ...found } = c.method === "welfare" ? await welfare(c, outcome, clock)
      : c.method === "phragmen" ? await phragmen(c, kase.choices, clock) : await equalShares(c, kase.choices, own(outcome.shares, "raises"), clock);
    for (const name of Object.keys(found)) compare(outcome, name, found[name]);
    for (const name of Object.keys(shares ?? {})) compare(outcome.shares, name, shares[name]);
  }

  // ---------------------------------------------------------------- the margin of a sample (6.8)
  /** Resolves to a function that says whether an error of so many votes (bigint) may change who is funded. */
  async function errors(kase, clock = new Clock()) {
    const c = read({ ...kase, lot: lot("", kase.bids.map(bid => bid.key)) }), standing = standings(c);
    const { books: { grants } } = await greedy(c, standing, clock);
    const row = ranked(c, c.bids.filter(bid => ["", "min_votes"].includes(aside(c, bid, standing.get(bid.key)))), bid => standing.get(bid.key)).order;
    const split = c.method === "blend" && c.onsite !== null, v = new Map(c.bids.map(bid => [bid, split ? bid.onsite : bid.votes])), ballots = split ? c.ballotsOnsite : c.ballots;
    const way = c.method === "votes" ? "votes" : c.normaliser === "share_of_ballots" && ballots === 0n ? "share_of_leader" : c.normaliser;
    const slope = c.method === "votes" ? Q(1) : c.method === "score" ? ZERO : Q(c.public * 100n * (split ? c.onsite : 1000n), 1000000n);
    const own = c.method === "blend" ? channel(way, [...v.values()], ballots) : [], base = new Map(c.bids.map((bid, i) => [bid, c.method === "blend" && standing.get(bid.key) !== null ? sub(standing.get(bid.key), mul(slope, own[i])) : ZERO]));
    const strict = c.partial || c.floors.length > 0 || c.needs.size > 0 || !["skip", "threshold"].includes(c.rule);
    const over = (i, j) => (i > j ? 1n : i < j ? -1n : 0n);

    function gain(a, b, x, y) { // g
      const down = v.get(a) - x, up = v.get(b) + y, others = c.bids.filter(bid => bid !== a && bid !== b).map(bid => v.get(bid));
      if (way === "votes") return Q(up - down);
      if (way === "share_of_ballots") return Q(up - down, ballots);
      if (way === "rank") {
        const most = others.map(n => {
          const low = n > x ? n - x : 0n, high = n + y, tried = [down, up, down + 1n, up - 1n].filter(i => low <= i && i <= high);
          return highest([low, high, ...tried].map(i => over(i, down) - over(i, up)));
        });
        return Q(2n * over(up, down) + sum(most), 2n * BigInt(c.bids.length));
      }
      const ahead = up >= down, top = highest(ahead ? [up, ...others.map(n => n - x)] : [down, ...others.map(n => n + y)]);
      const low = lowest(ahead ? [down, ...others.map(n => n + y)] : [up, ...others.map(n => (n > x ? n - x : 0n))]), wide = way === "min_max" ? top - low : top;
      return wide === 0n ? ZERO : Q(up - down, wide);
    }
    function reaches(a, b, M) {
      if (slope.n === 0n) return cmp(standing.get(a.key), standing.get(b.key)) === 0 && c.ties.includes("votes") && M >= a.votes - b.votes;
      const lead = div(sub(base.get(a), base.get(b)), slope);
      return [0n, M < v.get(a) ? M : v.get(a)].some(x => cmp(gain(a, b, x, M - x), lead) >= 0);
    }
    return async M => {
      const falls = bid => c.minVotes !== null && bid.votes >= c.minVotes && bid.votes - c.minVotes < M, stays = bid => c.minVotes !== null && bid.votes + M < c.minVotes;
      if (row.some(bid => (strict || grants.has(bid.key)) && falls(bid))) return true;
      for (const [i, b] of row.entries()) {
        const before = row.slice(0, i);
        await clock.tick(50 * before.length * c.bids.length);
        if (strict) {
          if (c.minVotes !== null && b.votes < c.minVotes && !stays(b)) return true;
          if (before.some(a => reaches(a, b, M))) return true;
        } else if (!grants.has(b.key) && !stays(b)) {
          const books = new Books(c, row, clock);
          for (const a of before) if (grants.has(a.key) && !reaches(a, b, M)) books.enter(a, a.cost);
          if (books.full(b, b.cost) === "") return true;
        }
      }
      return false;
    };
  }

  const lot = (seed, keys) => keys.map(key => [digest(`${seed}:${key}`), key]).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)).map(one => one[1]);

  // ---------------------------------------------------------------- the verifier (section 4)
  const CHECKS = [
    ["Z1", "压缩包的每个字节都合规定", "the archive is byte for byte what its files make it", ""],
    ["Z2", "该有的文件都在，没有别的文件", "exactly the files of a record are there", "round.json"],
    ["V1", "包里的核对程序认定的就是包里的计算程序", "the verifier in the archive names the recount.py in it", ""],
    ["M1", "清单与各文件一致", "the manifest is what the other files make it", "round.json log.jsonl"],
    ["F1", "各文件写法规范，格式为第1版", "every file has its one form, and the format is 1", ""],
    ["L1", "台账的指纹与清单一致", "the log has the root that the manifest names", "manifest.json log.jsonl"],
    ["L2", "指纹就是公示上印的那个", "the root is the printed one", "log.jsonl"],
    ["L3", "以前公布的校验点都对得上", "every published checkpoint fits the log", "checkpoints.txt round.json log.jsonl"],
    ["L4", "封存行写的就是这些文件", "the seal names these files and no others", "log.jsonl"],
    ["L5", "历次封存没有换过结果", "no seal ever changed the ballots or the decision", "log.jsonl"],
    ["L6", "以前下载的账本或校验点对得上", "what was kept from earlier fits this log", "round.json log.jsonl"],
    ["R1", "办法就是开始征集时定下的办法", "the rules are those that were fixed at the opening", "round.json rules.json log.jsonl"],
    ["B1", "回执码与台账一致", "the receipts are what the log says of codes", "receipts.txt log.jsonl"],
    ["B2", "票数对得上", "the numbers of ballots agree", "totals.json round.json receipts.txt paper.json rules.json log.jsonl"],
    ["B4", "得票数与选票相符", "the totals are what ballots can give", "totals.json round.json rules.json proposals.json"],
    ["P1", "纸质选票的账平，与台账一致", "the accounts of paper ballots add up and are those of the log", "paper.json round.json log.jsonl"],
    ["P2", "纸票抽样由骰子定出，风险算得对", "the sample of paper is the one that the dice drew, and its risk is right", "paper.json rules.json log.jsonl"],
    ["P3", "抽样的票差没有说大", "the margin of the sample is not too large", "paper.json rules.json round.json totals.json allocation.json"],
    ["S1", "评委的打分合规定", "the marks are marks", "scores.csv rules.json"],
    ["A1", "计票的依据就是办法、提案、打分和得票", "the case is what rules, proposals, marks and totals make it", "allocation.json round.json rules.json proposals.json totals.json scores.csv paper.json log.jsonl"],
    ["A2", "抽签的顺序由事先封好的种子定出", "the lot follows from a seed that was committed to", "allocation.json round.json log.jsonl"],
    ["A3", "重新计算得到同样的结果", "counting again gives the same outcome", "allocation.json"],
    ["A4", "决定的指纹正确，并写在台账上", "the fingerprint of the decision is right and stands in the log", "allocation.json round.json log.jsonl"],
    ["N1", "资助名单由结果和更正得出", "the awards follow from the outcome and its changes", "awards.json allocation.json rules.json"],
    ["K1", "账目借贷平衡，编号不缺", "the books balance, without gaps", "ledger.jsonl"],
    ["K2", "没有多付一分钱", "nobody was paid more than was awarded", "ledger.jsonl awards.json"],
    ["O1", "异议与台账一致", "the objections are those of the log", "objections.json log.jsonl"],
    ["C1", "您的选票计入了", "your ballot is counted", "receipts.txt log.jsonl"],
    ["C2", "这是一张当场作废查看的选票", "this is the opening of a ballot that was given up on purpose", "round.json log.jsonl"],
  ];
  const SORTED = { "proposals.json": [null, "key"], "objections.json": [null, "filed", "notice", "number"], "paper.json": ["booths", "number"] };
  const ascending = (all, order) => all.every((one, i) => i === 0 || order(all[i - 1], one) < 0);
  const byNumber = (a, b) => a - b;
  const byAny = (a, b) => (typeof a === "string" ? byText(a, b) : a - b);
  const CODES = new Set(["ballot.cast", "ballot.recast", "ballot.override", "ballot.spoil"]);

  class Record { // one archive; asking for a file gives what it says, or throws where it is missing or not of its form
    constructor(bytes, clock = new Clock()) { this.bytes = bytes; this.clock = clock; this.read = new Map(); this.files = unpack(bytes); this.lines = linesOf(this.files.get("log.jsonl") ?? new Uint8Array()); }
    ask(name) {
      if (!this.read.has(name)) { let value; try { value = { value: this.parse(name) }; } catch { value = null; } this.read.set(name, value); }
      return (this.read.get(name) ?? wrong(`${name}缺失或写法不对`, `${name} is missing or not in its form`)).value;
    }
    parse(name) {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.files.get(name) ?? bad(name));
      need(!text.startsWith("\ufeff") && !text.includes("\r") && (text === "" || text.endsWith("\n")) && text.normalize("NFC") === text, "写法不规范", "not in its form");
      const lines = text.split("\n").slice(0, -1);
      if (name.endsWith(".md")) return text;
      if (name === "receipts.txt") { need(lines.every(line => HEX64.test(line)), "", ""); return lines; }
      if (name === "checkpoints.txt") return text === "" ? [] : text.slice(0, -1).split("\n\n").map(checkpoint);
      if (name === "scores.csv") return markRows(lines);
      need(name.endsWith(".jsonl") || lines.length === 1, "应为一行", "it should be one line");
      const all = lines.map(parse);
      need(all.every(KINDS[name]), "内容的名称或类型不对", "its keys or types are wrong");
      if (name === "log.jsonl") need(all.every(one => !one.deed.includes(".") || !Object.hasOwn(KINDS, one.deed) || KINDS[one.deed](one.data)), "台账有一行不对", "a line of the log is wrong");
      const value = name.endsWith(".jsonl") ? all : all[0];
      if (Object.hasOwn(SORTED, name)) {
        const [inside, ...keys] = SORTED[name];
        need(ascending(inside ? value[inside] : value, (a, b) => keys.reduce((order, key) => order || byAny(a[key], b[key]), 0)), "次序不对", "out of order");
      }
      return value;
    }
    get log() { return this.ask("log.jsonl"); }
    get round() { return this.ask("round.json"); }
    get here() { return this.round.source === "here"; }
    get voted() { return this.round.roll !== null; }
    get whole() { return this.round.ballots === "whole"; }
    get totals() { return this.ask("totals.json"); }
    get proposals() { return this.ask("proposals.json"); }
    get booths() { return this.ask("paper.json").booths; }
    get kase() { return this.ask("allocation.json").case; }
    get outcome() { return this.ask("allocation.json").outcome; }
    rule(path, ...other) {
      const value = path.split(".").reduce((thing, key) => own(thing, key), this.ask("rules.json"));
      return value === undefined ? (other.length ? other[0] : bad(path)) : value;
    }
    deeds(deed) { return this.log.map((line, i) => ({ i, deed: line.deed, data: line.data })).filter(one => one.deed === deed); }
    get onPaper() { return this.booths.flatMap(one => one.batches).reduce((n, one) => n + one.valid + one.blank, 0); }
    get marked() { return this.booths.reduce((n, one) => n + one.issued - one.spoiled, 0); }
    /** The root of the first lines of the log (RFC 6962), out of the nodes of its whole tree. */
    async root(size = this.lines.length) {
      if (!this.levels) {
        const levels = [[]];
        for (const line of this.lines) { levels[0].push(leaf(line)); await this.clock.tick(20, levels[0].length / this.lines.length); }
        while (levels.at(-1).length > 1) {
          const below = levels.at(-1), level = [];
          for (let i = 0; i + 1 < below.length; i += 2) { level.push(node(below[i], below[i + 1])); await this.clock.tick(20); }
          levels.push(level);
        }
        this.levels = levels;
      }
      let top = null;
      for (let height = 0, many = size; many > 0; height++, many = Math.floor(many / 2)) if (many % 2) top = top ? node(this.levels[height][many - 1], top) : this.levels[height][many - 1];
      return hex(top ?? sha256(new Uint8Array()));
    }
  }
  function markRows([header, ...rows]) { // scores.csv (5.6)
    need(header === "proposal,juror,criterion,halves", "打分文件的表头不对", "the header of the marks is wrong");
    const all = rows.map(row => {
      const found = /^([1-9][0-9]{0,14}),([1-9][0-9]{0,14}),([ !#-+\--~]+),((?:0|[1-9][0-9]{0,8})?)$/.exec(row);
      need(found && (found[3] === "-") === (found[4] === ""), "打分文件有一行写得不对", "a row of the marks is wrong");
      return { proposal: Number(found[1]), juror: Number(found[2]), criterion: found[3], halves: Number(found[4]) };
    });
    need(ascending(all, (a, b) => a.proposal - b.proposal || a.juror - b.juror || byText(a.criterion, b.criterion)), "打分的次序不对", "the marks are out of order");
    return all;
  }

  // paper (5.11)
  const open = acts => acts.reduce((n, one) => n + (one.deed === "batch.register") - (one.deed === "batch.drop"), 0);
  function serialOf(text, round, booth, received) {
    const found = /^([0-9]+)-([0-9]+)-([0-9]{4,6})-([0-9]{2})$/.exec(text);
    if (!found || found[1] !== String(round) || found[2] !== String(booth)) return false;
    const sheet = Number(found[3]), digits = String(round).padStart(9, "0") + String(booth).padStart(4, "0") + String(sheet).padStart(6, "0");
    return sheet >= 1 && sheet <= received && found[3] === String(sheet).padStart(4, "0") && BigInt(found[4]) === 98n - (BigInt(digits) * 100n) % 97n;
  }
  function checkBatch(batch, acts, corrected) {
    const keyed = acts.filter(one => one.deed === "batch.key"), settled = acts.filter(one => one.deed === "batch.settle"), { clerks, third, differences } = batch;
    need(open(acts) === 1 && keyed.length === 2, "一批没有登记，或不是录了两遍", "a batch was not registered, or not keyed twice");
    const by = keyed.map(one => [one.data.place ?? bad("place"), one.data.hand ?? bad("hand"), one.data.post ?? bad("post")]).sort((a, b) => a[0] - b[0]);
    need(same(by, clerks.map((one, i) => [i + 1, one.hand, one.post])) && clerks[0].hand !== clerks[1].hand, "录入的两人不对，或与台账不符", "the two clerks are wrong, or not those of the log");
    need(keyed[1].data.differences === differences, "差异的张数与台账不符", "the differences are not those of the log");
    need((third === null) === (differences === 0) && settled.length === (third ? 1 : 0), "第三人不对", "the third clerk is wrong");
    const last = third ? settled[0] : keyed[1];
    if (third) need(last.i > keyed[1].i && clerks.every(one => one.hand !== third.hand) && last.data.hand === third.hand && last.data.post === third.post && last.data.differences === differences, "裁定与台账不符", "the settlement is not that of the log");
    const figures = [last.data.valid ?? bad("valid"), last.data.blank ?? bad("blank"), last.data.invalid ?? bad("invalid")], mine = [batch.valid, batch.blank, batch.invalid];
    need(same(figures, mine) || (corrected && sum(figures) === sum(mine)), "一批的数目与台账不符", "the figures of a batch are not those of the log");
  }
  const only = (all, zh, en) => (all.length === 1 ? all[0] : wrong(zh, en));

  const checks = {
    async Z1(r) { need(r.files.size && equalBytes(pack(r.files), r.bytes), "不是原来的文件，可能被解开后重新压缩过", "it is not the file as it was published; it may have been packed anew"); },
    async Z2(r) {
      const wanted = CONTENT.filter(name => r.whole || name !== "ballots.jsonl"), strange = [...wanted.filter(name => !r.files.has(name)), ...[...r.files.keys()].filter(name => !wanted.includes(name))];
      need(!strange.length, `缺少或多出：${strange.slice(0, 5).join(" ")}`, `missing or too many: ${strange.slice(0, 5).join(" ")}`);
    },
    async V1(r) {
      const empty = new Uint8Array(), lines = new TextDecoder("latin1").decode(r.files.get("verify.py") ?? empty).split("\n");
      const named = lines.filter(line => /^RECOUNT = "[0-9a-f]{64}"$/.test(line)), made = `RECOUNT = "${digest(r.files.get("recount.py") ?? empty)}"`;
      need(named.length === 1 && named[0] === made, "核对程序与它的计算程序不是一套", "the verifier and its recount.py do not belong together");
    },
    async M1(r) {
      const files = [];
      for (const name of [...r.files.keys()].filter(one => one !== "manifest.json").sort(byText)) { const body = r.files.get(name); files.push({ bytes: body.length, path: name, sha256: digest(body) }); await r.clock.tick(body.length / 50); }
      const made = { files, format: 1, root: await r.root(), round: r.round.round, size: r.lines.length };
      need(equalBytes(utf8(`${canonical(made)}\n`), r.files.get("manifest.json") ?? bad("manifest.json")), "清单与文件不符", "the manifest does not fit the files");
    },
    async F1(r) {
      const faults = [];
      for (const name of CONTENT.filter(one => !one.endsWith(".py") && (one !== "ballots.jsonl" || r.files.has(one)))) {
        await r.clock.tick(2000);
        try { r.ask(name); } catch { faults.push(name); }
      }
      need(!faults.length, `写法不规范：${faults.slice(0, 5).join(" ")}`, `not in its form: ${faults.slice(0, 5).join(" ")}`);
    },
    async L1(r) { need(await r.root() === r.ask("manifest.json").root, "台账与清单的指纹不同", "the log has another root than the manifest"); },
    async L2(r, { root }) {
      const plainText = root.replace(/[\s\-]/g, "").toLowerCase(), given = HEX64.test(plainText) ? plainText : fromBase64(root.trim());
      need(given, "这不是指纹：应为64位十六进制，或44位base64", "this is no root: it has 64 hexadecimal digits, or 44 of base64");
      if (given === await r.root()) return null;
      for (const { i } of r.deeds("record.seal")) if (await r.root(i + 1) === given) return ["这是较早一次封存的指纹；此后账目、异议和资助名单可能有新的内容", "this is the root of an earlier seal; books, objections and awards may be newer than it"];
      return wrong("这份账本的指纹不是给出的那个", "the root of this record is another one");
    },
    async L3(r) {
      const all = r.ask("checkpoints.txt");
      need(ascending(all.map(one => one.size), byNumber) && all.every(one => one.origin === r.round.origin && one.size < r.lines.length), "校验点的次序或来源不对", "the order or origin of checkpoints is wrong");
      for (const one of all) need(await r.root(one.size) === one.root, `第${one.size}行的校验点对不上`, `the checkpoint at ${one.size} does not fit`);
    },
    async L4(r) {
      const { deed, data } = r.log.at(-1) ?? bad("log.jsonl");
      need(deed === "record.seal" && same(Object.keys(data).sort(byText), ["files", "format"]) && data.format === 1, "最后一行不是封存", "the last line is no seal");
      const names = [...r.files.keys()].filter(name => name !== "manifest.json").sort(byText), log = r.files.get("log.jsonl"), before = log.subarray(0, log.length - r.lines.at(-1).length - 1);
      need(same(Object.keys(data.files).sort(byText), names), "封存的文件名不同", "the seal names other files");
      for (const name of names) { const body = name === "log.jsonl" ? before : r.files.get(name); need(digest(body) === data.files[name], `${name}被改动过`, `${name} was changed`); await r.clock.tick(body.length / 50); }
    },
    async L5(r) {
      const seals = r.deeds("record.seal").map(one => own(one.data, "files") ?? bad("files")), last = seals.at(-1);
      for (const seal of seals) for (const name of FIXED) need(same(own(seal, name) ?? null, own(last, name) ?? null), `${name}在封存之间被换过`, `${name} was exchanged between seals`);
    },
    async L6(r, { old }) {
      if (old[0] !== 0x50 || old[1] !== 0x4b) {
        let text = "";
        try { text = new TextDecoder("utf-8", { fatal: true }).decode(old).replace(/\r\n/g, "\n").trim(); } catch { text = ""; }
        const kept = checkpoint(text);
        need(kept.origin === r.round.origin && kept.size <= r.lines.length, "校验点不属于这份台账", "the checkpoint is not of this log");
        need(await r.root(kept.size) === kept.root, "校验点对不上：此前的台账被改过", "the checkpoint does not fit: the log before it was changed");
        return;
      }
      const earlier = new Record(old, r.clock);
      for (const [code, , , needs] of CHECKS.filter(one => ["Z1", "M1", "L1", "L4"].includes(one[0]))) {
        try { needs.split(" ").filter(Boolean).forEach(name => earlier.ask(name)); await checks[code](earlier); } catch (no) { if (no instanceof Wrong) wrong(`旧账本本身有误（${code}）`, `the old record is itself wrong (${code})`); throw no; }
      }
      need(earlier.round.round === r.round.round && earlier.round.origin === r.round.origin, "旧账本是另一轮的", "the old record is of another round");
      const before = earlier.files.get("log.jsonl"), log = r.files.get("log.jsonl");
      need(before.length <= log.length && equalBytes(before, log.subarray(0, before.length)), "以前公布的台账被改过", "the log that was published before was changed");
    },
    async R1(r) {
      const [deed, name] = r.here ? ["round.open_call", "fingerprint"] : ["round.enter", "rules"], { data } = only(r.deeds(deed), `台账里应当正好有一行${deed}`, `the log should have one line ${deed}`);
      need(data[name] === digest(r.files.get("rules.json").slice(0, -1)), "办法与当时定下的不同", "the rules are not those that were fixed");
    },
    async B1(r) { need(same([...codesOf(r.log).counted].sort(), r.ask("receipts.txt")), "回执码与台账不符", "the receipts are not what the log says"); },
    async B2(r) {
      const receipts = r.ask("receipts.txt").length, { ballots, channels, votes } = r.totals, { roll } = r.round;
      need((roll === null) === (r.round.ballots === "none"), "有没有投票，说法不一", "whether there was a vote is told in two ways");
      if (!r.voted) { need(!receipts && same(r.totals, { ballots: 0, channels: [], opinions: [], votes: [] }), "没有投票，却有票数", "there was no vote, but there are numbers"); return; }
      need(roll.cast <= roll.size, "票数多于选民", "more ballots than voters");
      if (r.here) {
        const close = only(r.deeds("vote.close"), "没有截止或截止几次", "the vote was not closed once"), opened = only(r.deeds("box.open"), "没有开箱或开了几次", "the box was not opened once");
        const { counted, broken } = opened.data;
        need(close.data.cast === roll.cast && close.data.size === roll.size, "截止时的人数与台账不符", "the close of the vote says other numbers");
        need(opened.i > close.i, "开箱不在截止之后", "the box was not opened after the close");
        need(sum([counted ?? bad("counted"), broken ?? bad("broken")]) === BigInt(receipts), "开箱的票数与回执不符", "the box and the receipts differ in number");
        need(sum([receipts, r.marked]) === BigInt(roll.cast), "投票人数与回执、纸票不符", "voters, receipts and paper do not agree");
        need(sum([counted, r.onPaper]) === BigInt(ballots), "计入的票数不符", "the ballots counted do not agree");
        need(channels.every(one => one.name !== "paper" || one.ballots === r.onPaper), "纸票的票数不符", "the ballots on paper do not agree");
      } else need(!receipts && ballots === roll.cast, "票数与名册不符", "ballots and roll do not agree");
      need(ascending(channels.map(one => one.name), byText), "投票方式的次序不对", "the channels are out of order");
      need(sum(channels.map(one => one.ballots)) === BigInt(ballots), "各方式票数之和不是总数", "the channels do not sum up to the whole");
      need(channels.every(one => same(one.votes.map(pair => pair[0]), votes.map(pair => pair[0]))), "各方式的提案不同", "a channel has other proposals");
      if (r.rule("vote.kind") === "stance") return;
      need(votes.every(([, v], i) => sum(channels.map(one => one.votes[i][1])) === BigInt(v)), "各方式得票之和不是总数", "the votes of the channels do not sum up to the whole");
    },
    async B4(r) {
      const { votes, opinions } = r.totals;
      if (!r.voted) { need(!votes.length && !opinions.length, "没有投票，却有得票", "there was no vote, but there are votes"); return; }
      const kind = r.rule("vote.kind"), k = BigInt(r.rule("vote.k", 0) ?? 0), points = BigInt(r.rule("vote.points", 0) ?? 0), n = BigInt(r.totals.ballots), keys = r.proposals.map(one => one.key);
      need(same(votes.map(one => one[0]), keys), "得票的提案与名单不同", "votes and proposals do not agree");
      const all = votes.map(one => BigInt(one[1])), total = sum(all);
      const limits = {
        approve_k: () => all.every(v => v <= n) && total <= k * n, knapsack: () => all.every(v => v <= n), stance: () => all.every(v => v <= n),
        points: () => total <= points * n, rank: () => all.every(v => v <= k * n) && 2n * total <= n * k * (k + 1n),
      };
      need(Object.hasOwn(limits, kind), "不认识的投票方式", "an unknown kind of ballot");
      need(limits[kind](), "得票多于选票所能给的", "more votes than ballots can hold");
      need(same(opinions.map(one => one[0]), kind === "stance" ? keys : []), "意见的提案与名单不同", "opinions and proposals do not agree");
      opinions.forEach(([, ...row], i) => {
        const [support, against, , follow, silent] = row.map(BigInt), moving = follow + (r.rule("vote.silence", "") === "follow" ? silent : 0n);
        need(sum(row) <= n, "意见多于选票", "more opinions than ballots");
        need(all[i] === (support > against ? support + moving : support), "得票与意见不符", "votes do not follow from opinions");
      });
      if (!r.whole) return;
      const ballots = r.ask("ballots.jsonl"), found = new Map(keys.map(key => [key, 0n]));
      need(kind !== "stance", "这种选票不能逐张公布", "ballots of this kind are not published whole");
      need(ascending(ballots.map(one => canonical(one)), byText) && new Set(ballots.map(one => canonical(one.choices))).size === ballots.length, "选票的次序不对或有重复", "ballots are out of order or doubled");
      for (const { choices, times } of ballots) {
        await r.clock.tick(10 + choices.length);
        const weights = choices.map(one => one[1]), size = BigInt(weights.length);
        need(choices.every(one => found.has(one[0])) && ascending(choices.map(one => one[0]), byNumber), "有一张选票写得不对", "a ballot is wrong");
        const allowed = {
          approve_k: () => weights.every(w => w === 1) && size <= k, knapsack: () => weights.every(w => w === 1), points: () => sum(weights) <= points,
          rank: () => size <= k && weights.slice().sort((a, b) => b - a).every((w, i) => BigInt(w) === k - BigInt(i)),
        };
        need(allowed[kind](), "有一张选票超出规定", "a ballot is not allowed");
        for (const [key, w] of choices) found.set(key, found.get(key) + BigInt(w) * BigInt(times));
      }
      need(sum(ballots.map(one => one.times)) === n && keys.every((key, i) => found.get(key) === all[i]), "选票加起来不是公布的得票", "the ballots do not sum up to the totals");
    },
    async P1(r) {
      const { booths, sample } = r.ask("paper.json"), corrected = sample !== null && sample.stage === "corrected", seen = new Set(), acts = new Map();
      const closes = new Map(r.deeds("booth.close").map(({ data }) => [data.number, data])), said = new Map(r.deeds("paper.explain").map(({ data }) => [data.booth, data.sheets]));
      for (const deed of ["batch.register", "batch.drop", "batch.key", "batch.settle"]) for (const one of r.deeds(deed)) {
        const which = `${one.data.booth}/${one.data.batch}`;
        if (!acts.has(which)) acts.set(which, []);
        acts.get(which).push(one);
      }
      need(closes.size === booths.length && booths.every(one => closes.has(one.number)), "投票站与台账不符", "the booths are not those of the log");
      for (const booth of booths) {
        const { batches, discrepancy: gap } = booth;
        need(["received", "issued", "spoiled", "unused", "in_box"].every(name => closes.get(booth.number)[name] === booth[name]), "票站的账与台账不符", "the account of a booth is not that of the log");
        need(booth.received >= booth.issued + booth.unused && booth.issued >= booth.spoiled + booth.in_box, "纸票的数目不平", "the numbers of papers do not add up");
        need(gap === 0 || said.get(booth.number) === gap, "有没说明的差异", "a difference was not explained");
        need(ascending(batches.map(one => one.number), byNumber), "批次的次序不对", "the batches are out of order");
        need(batches.reduce((n, one) => n + one.valid + one.blank + one.invalid, 0) === booth.in_box + gap, "各批之和不是箱内张数", "the batches do not add up to the box");
        for (const batch of batches) {
          const size = batch.valid + batch.blank + batch.invalid, strange = size - batch.serials.length, which = `${booth.number}/${batch.number}`;
          need(size > 0 && strange >= 0 && strange <= batch.invalid, "一批的张数不对", "the sheets of a batch do not add up");
          need(ascending(batch.serials, byText), "票号的次序不对", "the serials are out of order");
          for (const serial of batch.serials) {
            need(!seen.has(serial), "一个票号计了两次", "a serial is counted twice");
            seen.add(serial);
            need(serialOf(serial, r.round.round, booth.number, booth.received), "不是这个投票站的票号", "no serial of this booth");
          }
          checkBatch(batch, (acts.get(which) ?? []).sort((a, b) => a.i - b.i), corrected);
          acts.delete(which);
          await r.clock.tick(size);
        }
      }
      for (const rest of acts.values()) need(rest.every(one => one.deed === "batch.register" || one.deed === "batch.drop") && open(rest) === 0, "台账里还有别的批次", "the log has other batches");
      need(r.deeds("vote.paper").length - r.deeds("vote.unmark").length === r.marked, "发出的纸票与台账不符", "the voters marked on paper are not those of the log");
      need(r.deeds("booth.spoil").length === booths.reduce((n, one) => n + one.spoiled, 0), "作废的纸票与台账不符", "the spoiled papers are not those of the log");
      if (!booths.length) return;
      const opened = only(r.deeds("box.open"), "没有开箱或开了几次", "the box was not opened once");
      need(corrected || opened.data.paper === r.onPaper, "开箱时的纸票数不符", "the opening counted other papers");
      for (const deed of ["batch.register", "batch.key", "batch.settle", "paper.explain", "booth.close"]) need(r.deeds(deed).every(one => one.i < opened.i), "开箱以后还在录票", "paper was keyed after the opening");
    },
    async P2(r) {
      const { booths, sample } = r.ask("paper.json"), drawn = r.deeds("sample.draw"), serials = booths.flatMap(booth => booth.batches.flatMap(batch => batch.serials)).sort(byText);
      need((sample === null) === (serials.length === 0) && (sample === null) === (drawn.length === 0), "该有的样本没有", "a sample is missing, or there is one too many");
      if (sample === null) return;
      const opened = only(r.deeds("box.open"), "没有开箱或开了几次", "the box was not opened once"), one = only(drawn, "抽了几次样", "there was more than one draw");
      const { digits, root, size, margin, limit, full, looks, stage, draws } = sample;
      for (const name of ["digits", "root", "size", "margin", "limit"]) need(one.data[name] === sample[name], "抽样与台账不符", "the draw is not that of the log");
      need(/^[0-9]{6,40}$/.test(digits) && margin > 0 && limit > 0 && limit < 1000 && draws <= serials.length, "骰子、票差或次数不对", "the dice, the margin or the draws are wrong");
      need(size > opened.i && size <= one.i && await r.root(size) === root, "抽样用的指纹不对", "the draw has another root than the log");
      const times = new Map();
      if (full) for (const serial of serials) times.set(serial, 1);
      else for (let i = 1; i <= draws; i++) {
        const serial = serials[Number(BigInt(`0x${digest(`${root}/${digits},${i}`)}`) % BigInt(serials.length))];
        times.set(serial, (times.get(serial) ?? 0) + 1);
        await r.clock.tick(20);
      }
      need(same(looks.map(look => look[0]), [...times.keys()].sort(byText)), "核对的不是抽中的票", "the sheets that were looked at are not those that were drawn");
      const told = r.deeds("sample.look").map(({ data }) => canonical([data.serial ?? null, data.differs ?? null, data.overstated ?? null]));
      need(same(told.sort(byText), looks.map(look => canonical(look)).sort(byText)), "核对与台账不符", "the looks are not those of the log");
      const kind = r.rule("vote.kind", ""), weight = BigInt((kind === "rank" ? r.rule("vote.k", 0) : kind === "points" ? r.rule("vote.points", 0) : 1) || 1);
      const all = weight * BigInt(serials.length), m = BigInt(margin);
      let top = 1n, bottom = 1n;
      for (const [serial, differs, overstated] of looks) {
        const over = BigInt(overstated), n = BigInt(times.get(serial));
        need(over <= 2n * weight && (differs || over === 0n), "核对的数字不对", "a look is wrong");
        if (over > 0n) { top *= (52n * weight) ** n; bottom *= (52n * weight - 25n * over) ** n; }
      }
      need(sample.differences === looks.filter(look => look[1]).length, "不符的张数不对", "the number of differences is wrong");
      let risk = 0n;
      if (!full && m <= 2n * all) {
        top *= (52n * all - 25n * m) ** BigInt(draws); bottom *= (52n * all) ** BigInt(draws);
        risk = top >= bottom ? 1000n : (1000n * top + bottom - 1n) / bottom;
      }
      need(BigInt(sample.risk) === risk, "风险算得不对", "the risk is wrong");
      need(full || (sample.risk <= limit && stage === "confirmed"), "没有抽够", "too few sheets were drawn");
      const last = r.deeds("sample.finish").at(-1), decided = r.deeds("awards.decide")[0];
      need(last && last.data.stands === stage && ["draws", "full", "differences", "risk"].every(name => last.data[name] === sample[name]), "结论与台账不符", "the conclusion is not that of the log");
      need(!decided || last.i < decided.i, "评定以后才抽样", "the sample came after the decision");
    },
    async P3(r) {
      const { sample } = r.ask("paper.json"), { roll } = r.round, { method } = r.kase;
      if (sample === null || sample.full || sample.margin <= 1) return;
      need(r.rule("vote.kind", "") !== "stance" && ["score", "votes", "blend"].includes(method), "这种办法没有可算的票差", "no margin is known for this method");
      const paper = r.onPaper, { marked } = r;
      if (r.rule("award.onsite", null) !== null && roll !== null && [r.totals.ballots - paper, marked, roll.cast - marked].every(n => n >= 10)) need(sample.margin <= (paper >= 10 ? paper - 9 : 10 - paper), "少几张纸票，线上线下就不再分开计", "fewer papers would already end the weighing of the channels");
      const changes = await errors(r.kase, r.clock);
      need(!await changes(BigInt(sample.margin) - 1n), "更小的差错就可能改变谁入选", "a smaller error may change who is funded");
    },
    async S1(r) {
      const rows = r.ask("scores.csv"), most = new Map(r.rule("criteria", []).map(one => [one.key, 2 * one.max]));
      need(!rows.length || r.rule("stages").includes("review"), "没有评审，却有打分", "there was no review, but there are marks");
      const away = new Set(rows.filter(one => one.criterion === "-").map(one => `${one.proposal},${one.juror}`));
      for (const one of rows) {
        await r.clock.tick(1);
        need(one.criterion === "-" || (most.has(one.criterion) && one.halves <= most.get(one.criterion) && !away.has(`${one.proposal},${one.juror}`)), "有打分超出范围，或来自回避的评委", "a mark is out of range, or by a juror who stepped aside");
      }
    },
    async A1(r) {
      const made = await caseOf(r), events = new Map();
      const fits = (name, given, wanted, inner = []) => {
        for (const key of new Set([...Object.keys(given), ...Object.keys(wanted)])) {
          if (inner.includes(key)) continue;
          const mine = canonical(own(wanted, key) ?? null), its = Object.hasOwn(given, key) ? canonical(given[key]) : null;
          if (its === null) need({ onsite: ["null", "0"], ballots_onsite: ["0"], requires: ["[]"] }[key]?.includes(mine), `缺少${name}.${key}`, `${name}.${key} is missing`);
          else if (Object.hasOwn(wanted, key)) need(its === mine, `${name}.${key}不是由各文件得出的`, `${name}.${key} does not follow from the files`);
          else need(["null", "false", "0", '""', "[]"].includes(its), `${name}.${key}多出`, `${name}.${key} is more than there should be`);
        }
      };
      fits("case", r.kase, made, ["bids", "limits", "lot", "seed"]);
      fits("limits", r.kase.limits, made.limits);
      need(r.kase.bids.length === made.bids.length, "提案的个数不同", "there are more or fewer bids");
      r.kase.bids.forEach((bid, i) => fits(`bid ${made.bids[i].key}`, bid, made.bids[i]));
      r.log.forEach(({ subject, deed }, i) => { if (typeof subject === "string" && subject.startsWith("proposals.Proposal:")) { if (!events.has(subject)) events.set(subject, []); events.get(subject).push([i, deed]); } });
      for (const one of r.proposals) need(same(one.events, events.get(`proposals.Proposal:${one.key}`) ?? []), `提案${one.key}的经过与台账不同`, `the events of proposal ${one.key} are not those of the log`);
    },
    async A2(r) {
      const { seed } = r.kase, numbers = r.deeds("round.enter_number"), [secret, ...rest] = seed.split("/"), opened = only(r.deeds(r.here ? "round.open_call" : "round.enter"), "开始的一行不是正好一行", "there is not one line of the opening");
      need(ASCII.test(seed) && same(lot(seed, r.kase.bids.map(bid => bid.key)), r.kase.lot), "抽签的顺序不是种子定出的", "the lot is not what the seed draws");
      need(opened.data.lot === digest(secret), "种子不是事先封好的", "the seed is not the one that was committed to");
      need(same(numbers.map(one => one.data.number ?? null), rest.length ? [rest.join("/")] : []), "种子与公布的数字不符", "the seed does not end in the public number");
    },
    async A3(r) { await count(r.kase, r.outcome, r.clock); },
    async A4(r) {
      const { fingerprint } = r.ask("allocation.json"), found = r.deeds(r.here ? "awards.publish" : "awards.enter_election");
      need(fingerprint === digest(canonical(r.kase) + canonical(r.outcome)), "决定的指纹不对", "the fingerprint of the decision is wrong");
      need(found.length && found.at(-1).data.fingerprint === fingerprint, "台账公布的是另一个决定", "the log published another decision");
    },
    async N1(r) {
      const costs = new Map(r.kase.bids.map(bid => [bid.key, bid.cost])), reserve = new Set(r.outcome.reserve), grants = new Map(r.outcome.grants), now = new Map(), { awards, changes } = r.ask("awards.json");
      need([...grants.keys(), ...reserve].every(key => costs.has(key)), "结果里有不认识的提案", "the outcome names other bids");
      for (const key of costs.keys()) now.set(key, grants.has(key) ? ["standing", grants.get(key)] : [reserve.has(key) ? "reserve" : "out", 0]);
      for (const { key, grant } of changes) {
        const [stage, before] = now.get(key) ?? [];
        need((stage === "standing" && grant < before) || (stage === "reserve" && grant === costs.get(key)), "有一处更正不合规定", "a change is not allowed");
        now.set(key, grant > 0 || stage === "reserve" ? ["standing", grant] : ["cancelled", 0]);
      }
      const made = [...now].sort((a, b) => a[0] - b[0]).map(([key, [stage, grant]]) => ({ grant, key, stage }));
      need(same(made, awards), "资助名单与结果不符", "the awards do not follow from the outcome");
      need(sum(made.map(one => one.grant)) <= sum([r.rule("budget"), r.outcome.extra]), "资助总额超出预算", "the grants are more than the budget");
    },
    async K1(r) {
      const balance = new Map(), reversed = new Set(), vouchers = r.ask("ledger.jsonl");
      const form = (postings, sign) => postings.map(([account, amount]) => canonical([account, sign * amount])).sort();
      for (let i = 0; i < vouchers.length; i++) {
        const { number, postings, reverses } = vouchers[i];
        await r.clock.tick(postings.length);
        need(number === i + 1, "凭证编号有缺", "a voucher is missing");
        need(postings.length !== 1 && postings.every(one => one[1] !== 0) && sum(postings.map(one => one[1])) === 0n, `第${i + 1}号凭证不平`, `voucher ${i + 1} does not balance`);
        for (const [account, amount] of postings) { need(/^(cash|running|given|other|source|(source|cost|owed)\/[1-9][0-9]*)$/.test(account), "有不认识的科目", "an unknown account"); balance.set(account, (balance.get(account) ?? 0n) + BigInt(amount)); }
        for (const [account] of postings) need(account === "cash" ? balance.get(account) >= 0n : account.startsWith("owed/") ? balance.get(account) <= 0n : true, `第${i + 1}号凭证后${account}的余额不对`, `after voucher ${i + 1} the balance of ${account} is wrong`);
        if (reverses === null) continue;
        need(reverses <= i && !reversed.has(reverses) && same(form(postings, 1), form(vouchers[reverses - 1].postings, -1)), `第${i + 1}号冲销不对`, `the reversal ${i + 1} is wrong`);
        reversed.add(reverses);
      }
    },
    async K2(r) {
      const grants = new Map(r.ask("awards.json").awards.filter(one => one.stage === "standing").map(one => [String(one.key), BigInt(one.grant)])), balance = new Map();
      for (const { postings } of r.ask("ledger.jsonl")) {
        for (const [account, amount] of postings) balance.set(account, (balance.get(account) ?? 0n) + BigInt(amount));
        await r.clock.tick(postings.length);
        for (const key of postings.map(one => one[0]).filter(account => /^(cost|owed)\//.test(account)).map(account => account.slice(5))) {
          const cost = balance.get(`cost/${key}`) ?? 0n, owed = balance.get(`owed/${key}`) ?? 0n;
          need(grants.has(key), `${key}没有获得资助`, `${key} was awarded nothing`);
          need(cost >= 0n && cost <= grants.get(key) && cost + owed >= 0n, `提案${key}的账超出资助额`, `the books of ${key} go beyond its grant`);
        }
      }
    },
    async O1(r) {
      const all = r.ask("objections.json"), notices = new Map(), number = stage => all.filter(one => one.stage === stage).length, lines = deed => r.deeds(deed).length;
      need(all.every(one => (one.answered === null) === (one.stage === "open")), "异议的答复写得不对", "an objection is not well written");
      need(all.length === lines("awards.object") && number("upheld") === lines("awards.uphold") && number("rejected") === lines("awards.reject"), "异议的件数与台账不符", "the numbers of objections are not those of the log");
      for (const one of all) { if (!notices.has(one.notice)) notices.set(one.notice, []); notices.get(one.notice).push(one.number); }
      for (const numbers of notices.values()) need(numbers.sort(byNumber).every((n, i) => n === i + 1), "异议的编号有缺", "an objection is missing");
    },
    async C1(r, { receipt }) {
      const wanted = asked(receipt) ?? wrong("这不是回执码", "this is no receipt"), fits = code => typeof code === "string" && (wanted.code ? code === wanted.code : receiptOf(code) === wanted.receipt);
      if (r.ask("receipts.txt").some(fits)) return null;
      for (const { deed, data } of r.log) {
        if (deed === "ballot.recast" && fits(data.replaces)) wrong("这张选票后来改投，换成了另一张，所以不计入", "this ballot was replaced by a later one of its voter");
        if (deed === "ballot.override" && fits(data.code)) wrong("本人后来投了纸质选票，所以网上这张不计入", "its voter voted on paper later, so this one does not count");
        if (deed === "ballot.spoil" && fits(data.code)) wrong("这张选票当场作废查看过，所以不计入", "this ballot was given up on purpose, to look at it");
      }
      return wrong("计入的选票里没有这个回执码", "no counted ballot has this receipt");
    },
    async C2(r, { opening }) {
      const code = digest(opening);
      need(opening.startsWith(`sanlin-ballot-2:${r.round.round}:`), "这不是本轮选票的原文", "this is no opening of this round");
      need(r.deeds("ballot.spoil").some(one => one.data.code === code), "台账里没有这样一张当场作废的选票", "the log names no such ballot as given up");
    },
  };

  function codesOf(log) { // B1
    const accepted = new Set(), counted = new Set(), spoiled = new Set();
    let closed = false;
    for (const { deed, data } of log) {
      if (deed === "vote.close") closed = true;
      if (!CODES.has(deed)) continue;
      need(!closed, "截止以后还有选票", "a ballot after the close");
      const code = data.code ?? wrong("有一行没有码", "a line has no code"), ends = deed === "ballot.override" ? code : deed === "ballot.recast" ? data.replaces : null;
      if (ends !== null) need(counted.delete(ends), "有一个码还没有计入就被取消", "a code stops counting that did not count");
      if (deed === "ballot.spoil") { need(!spoiled.has(code) && !accepted.has(code), "作废的码又出现", "a spoiled code comes again"); spoiled.add(code); }
      if (deed === "ballot.cast" || deed === "ballot.recast") {
        need(!accepted.has(code) && !spoiled.has(code), "同一个码计入两次", "a code is accepted twice");
        accepted.add(code); counted.add(code);
      }
    }
    return { counted, spoiled };
  }
  function sheetsOf(r) { // 5.6: Map juror → Map proposal → fraction
    const criteria = r.rule("criteria", []), given = new Map(), sheets = new Map(), blank = r.rule("scoring.blank");
    for (const row of r.ask("scores.csv")) {
      if (!criteria.some(one => one.key === row.criterion)) continue; // a recusal, or no mark: S1 says so
      if (!given.has(row.juror)) given.set(row.juror, new Map());
      const of = given.get(row.juror);
      if (!of.has(row.proposal)) of.set(row.proposal, new Map());
      of.get(row.proposal).set(row.criterion, BigInt(row.halves));
    }
    for (const [juror, of] of given) for (const [proposal, halves] of of) {
      const marked = criteria.filter(one => halves.has(one.key));
      if (!marked.length || (marked.length < criteria.length && blank !== "scale")) continue;
      const top = marked.map(one => Q(BigInt(one.weight) * halves.get(one.key), 2n * BigInt(one.max))).reduce(add, ZERO);
      if (!sheets.has(juror)) sheets.set(juror, new Map());
      sheets.get(juror).set(proposal, div(mul(Q(100), top), Q(sum(marked.map(one => one.weight)))));
    }
    return sheets;
  }
  function weighedOf(r) { // 6.1: null, or the voters on paper and their votes, where ballots on paper and online are two publics
    if (r.rule("award.method") !== "blend" || r.rule("award.onsite", null) === null || !r.here || !r.voted) return null;
    const paper = r.onPaper, { marked } = r;
    if ([paper, r.totals.ballots - paper, marked, r.round.roll.cast - marked].some(n => n < 10)) return null;
    need(same(r.totals.channels.map(one => one.name), ["paper", "web"]), "应有线上和纸质两种票", "there should be two channels, paper and web");
    return { marked, votes: new Map(r.totals.channels[0].votes) };
  }
  function carriedOf(r) { // 6.1: whether a proposal was carried, by its opinions
    const rule = r.rule("vote.carried"), of = new Map(r.totals.opinions.map(([key, ...row]) => [key, row.map(BigInt)])), votes = new Map(r.totals.votes);
    need(["any", "more_for", "half_of_cast"].includes(rule), "不认识的通过规则", "an unknown rule of what is carried");
    return key => {
      const [support, against, , follow, silent] = of.get(key) ?? bad("opinions"), moving = follow + (r.rule("vote.silence", "") === "follow" ? silent : 0n), agree = BigInt(votes.get(key));
      return rule === "any" || (rule === "more_for" ? agree > against + (against > support ? moving : 0n) : 2n * agree > BigInt(r.round.roll.cast));
    };
  }
  async function caseOf(r) { // 6.1
    const { here, whole, proposals, round } = r, method = r.rule("award.method"), pairs = round.requires ?? [], keys = new Set(proposals.map(one => one.key));
    need(["score", "votes", "blend", "equal_shares", "phragmen", "welfare"].includes(method), "不认识的方法", "an unknown method");
    need((method === "equal_shares" || method === "phragmen") === whole, "这个方法与公布选票的方式不符", "the method and the way in which ballots are published do not agree");
    need(new Set(proposals.map(one => one.number)).size === proposals.length, "提案的编号不对", "a number of a proposal is doubled");
    if (here) need(round.overflow === r.rule("award.overflow"), "办法的规则与本轮的不同", "the rule of the round is not that of its rules");
    need(round.requires === undefined || (pairs.length && ascending(pairs, (a, b) => a[0] - b[0] || a[1] - b[1]) && pairs.every(one => keys.has(one[0]))), "前提关系写得不对", "the pairs are not well written");
    const votes = new Map(r.totals.votes), carried = r.voted && r.rule("vote.kind", "") === "stance" ? carriedOf(r) : () => true, weighed = weighedOf(r);
    const found = here && r.ask("scores.csv").some(one => r.rule("criteria", []).some(it => it.key === one.criterion)) ? await marks(sheetsOf(r), r.rule("scoring.mean"), r.clock) : new Map();
    const partial = here && r.rule("award.partial") === "remainder", least = cost => { const n = (BigInt(cost) * BigInt(r.rule("award.partial_min", 0)) + 999n) / 1000n; return Number(n > 1n ? n : 1n); };
    const bids = proposals.filter(one => carried(one.key)).map(one => ({
      community: here ? one.community : null, cost: one.cost, key: one.key, least: partial ? least(one.cost) : null, onsite: weighed?.votes.get(one.key) ?? 0, own_funds: here ? one.own_funds : 0,
      score: found.has(one.key) ? show(found.get(one.key)) : null, sent: one.number, team: here ? one.team : null, theme: here ? one.theme : null, tier: here ? one.tier : null, votes: votes.get(one.key) ?? 0,
    }));
    const alive = new Set(bids.map(bid => bid.key)), requires = here ? pairs.filter(one => alive.has(one[0])) : [];
    for (let left = requires, before = -1; left.length; before = left.length, left = left.filter(one => left.some(it => it[0] === one[1]))) need(left.length !== before, "前提关系绕成一圈", "the pairs lead in a circle");
    const tiers = here ? r.rule("tiers", []) : [], themes = here ? r.rule("themes", []) : [], floors = [], min = here ? r.rule("award.min_score", null) : null;
    const floor = (kind, name, projects, money) => { if (projects || money) floors.push({ kind, money: money ?? 0, name, projects }); };
    for (const one of tiers) floor("tier", one.key, one.least ?? 0, one.floor ?? null);
    for (const one of themes) floor("theme", one.key, one.least ?? 0, one.floor ?? null);
    if (here) for (const name of [...new Set(bids.map(bid => bid.community))].sort(byNumber)) floor("community", name, r.rule("community_least", 0), r.rule("community_floor", null));
    const limits = {
      budget: r.rule("budget"), community_cap: here ? r.rule("community_cap", null) : null, project_cap: here ? r.rule("project_cap", null) : null, team_cap: here ? r.rule("team_cap", null) : null,
      exclusive: here ? round.exclusive.map(group => group.filter(key => alive.has(key))).filter(group => group.length > 1) : [],
      min_score: min === null ? null : show(Q(min)), floors, min_votes: r.rule("award.min_votes", null), own_share: here ? r.rule("own_funds_min", 0) : 0,
      one_per_team: here ? r.rule("award.one_per_team") : false, partial, requires, reserve: here ? r.rule("award.reserve") : 0,
      theme_caps: themes.filter(one => (one.cap ?? null) !== null).map(one => [one.key, one.cap]),
      tiers: tiers.map(one => ({ cap: one.cap ?? null, key: one.key, money: one.money ?? null, places: one.places ?? null })), topup: 800,
    };
    const order = (a, b) => {
      for (let i = 0; i < a[0].length && i < b[0].length; i++) { const by = a[0][i][0] - b[0][i][0] || a[0][i][1] - b[0][i][1]; if (by) return by; }
      return a[0].length - b[0].length;
    };
    return {
      ballots: round.roll?.cast ?? 0, ballots_onsite: weighed?.marked ?? 0, bids, choices: whole ? r.ask("ballots.jsonl").map(one => [one.choices, one.times]).sort(order) : [], climb: false,
      completion: r.rule("award.completion", "none"), expert: r.rule("award.expert", 0), limits, method, normaliser: r.rule("award.normaliser", "share_of_ballots"),
      onsite: weighed ? r.rule("award.onsite") : null, public: r.rule("award.public", 0), rule: round.overflow, rules: digest(r.files.get("rules.json").slice(0, -1)),
      ties: r.rule("award.ties"), utility: r.rule("award.utility", here ? "cost" : ""),
    };
  }

  /** All checks of one archive. See the top of this file. */
  async function verify(bytes, options = {}) {
    const clock = new Clock(options), lines = [], given = { L2: "root", L6: "old", C1: "receipt", C2: "opening" };
    const record = new Record(bytes, clock);
    for (const [code, zh, en, needs] of CHECKS) {
      if (given[code] && !options[given[code]]) continue;
      clock.begin(code);
      let line;
      try {
        for (const name of needs.split(" ").filter(Boolean)) { record.ask(name); await clock.tick(2000); }
        const said = await checks[code](record, options);
        line = { code, ok: true, zh: said ? `${zh}。${said[0]}` : zh, en: said ? `${en}; ${said[1]}` : en };
      } catch (no) {
        const [why, because] = no instanceof Wrong ? [no.zh, no.en] : ["无法核对，内容不合规定", "cannot be checked: the content is not as it should be"];
        line = { code, ok: false, zh: `${why}（应当：${zh}）`, en: `${because} (should be: ${en})` };
      }
      lines.push(line);
      if (options.each) options.each(line);
      await clock.tick(2000);
    }
    return { lines, ok: lines.every(line => line.ok), files: record.files.size };
  }

  return { verify, CHECKS, Wrong, Record, TYPES, asked, canonical, count, digest, errors, fraction, isCanonical, lot, marks, receiptOf, show, utf8 };
})();


// -------------------------------------------------------------------- the page
if (typeof document !== "undefined") document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-verifier]");
  if (!form) return;
  const at = name => form.querySelector(`[name=${name}]`), found = document.querySelector("[data-found]"), state = document.querySelector("[data-state]"), total = document.querySelector("[data-total]");
  const go = form.querySelector("[data-go]"), halt = form.querySelector("[data-stop]"), drop = form.querySelector("[data-drop]");
  const both = (zh, en) => {
    const out = document.createDocumentFragment(), first = document.createElement("span"), second = document.createElement("span");
    first.className = "cell-title"; first.lang = "zh-hans"; first.textContent = zh;
    second.className = "cell-note"; second.lang = "en"; second.textContent = en;
    out.append(first, second);
    return out;
  };
  const say = (zh, en) => state.replaceChildren(both(zh, en));
  const passed = ok => (ok ? "通过" : "不通过");
  let stopped = false, busy = false;

  const show = line => {
    const row = document.createElement("div"), badge = document.createElement("span"), words = document.createElement("span");
    row.className = "cell"; row.setAttribute("role", "listitem"); row.dataset.code = line.code; row.dataset.ok = line.ok ? "yes" : "no";
    badge.className = `badge ${line.ok ? "done" : "wrong"}`; badge.textContent = `${passed(line.ok)} ${line.code}`;
    words.className = "cell-main"; words.append(both(line.zh, line.en));
    row.append(badge, words);
    found.append(row);
  };
  const sum = ({ lines, ok, files }, compared) => {
    const head = document.createElement("strong"), wrong = lines.filter(line => !line.ok).length;
    total.className = `alert ${ok ? "done" : "wrong"}`;
    head.textContent = `总计 ${passed(ok)}`;
    total.replaceChildren(head);
    if (ok) total.append(both("这份公开账本的每一项检查都通过。", "Every check of this record passed."));
    else if (!files) total.append(both("这不是公开账本，或者被解开后重新压缩过。请选下载下来的那个zip文件。", "This is no record, or one that was unpacked and packed anew. Choose the zip file as it was downloaded."));
    else total.append(both(`有${wrong}项检查没有通过，排在最前面。`, `${wrong} checks did not pass; they come first below.`));
    if (ok && !compared) total.append(both("您没有填公示上的指纹，所以还不知道它是不是公示的那一份。", "You gave no printed root, so you do not yet know that it is the record of the notice."));
    found.hidden = !files; // every check would say the same
    found.prepend(...found.querySelectorAll("[data-ok=no]"));
    total.dataset.ok = ok ? "yes" : "no"; total.hidden = false;
  };
  async function bytesOf(file) { return new Uint8Array(await file.arrayBuffer()); }

  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (busy) return;
    found.replaceChildren(); found.hidden = false; total.hidden = true; delete total.dataset.ok;
    const file = at("archive").files[0], options = { root: at("root").value.trim(), receipt: at("receipt").value.trim(), opening: at("opening").value.trim() };
    if (!file) { say("请先选择公开账本的文件。", "Choose the file of the record first."); at("archive").focus(); return; }
    if (options.receipt && !SanlinVerifier.asked(options.receipt)) { say("这不是回执码：应为16个字母和数字，或64位的完整码。", "This is no receipt: it has 16 letters and digits, or all 64 digits of the code."); at("receipt").focus(); return; }
    busy = true; stopped = false; go.disabled = true; halt.hidden = false; form.setAttribute("aria-busy", "true");
    try {
      const old = at("old").files[0], kept = at("kept").value.trim();
      options.old = old ? await bytesOf(old) : kept ? SanlinVerifier.utf8(kept) : null;
      say("正在核对……", "Checking…");
      options.stop = () => stopped;
      options.progress = (code, share) => say(share === null ? `正在核对 ${code}……` : share < 1 ? `正在核对 ${code}：${Math.floor(100 * share)}%` : `正在核对 ${code}：第${share}次`, `Checking ${code}…`);
      options.each = show;
      const result = await SanlinVerifier.verify(await bytesOf(file), options), wrong = result.lines.filter(line => !line.ok).length;
      say(`核对完毕：${result.lines.length}项，${wrong}项不通过。`, `Done: ${result.lines.length} checks, ${wrong} failed.`);
      sum(result, options.root !== "");
    } catch {
      say("读不出这个文件。", "This file cannot be read.");
    } finally {
      busy = false; go.disabled = false; halt.hidden = true; form.removeAttribute("aria-busy");
    }
  });
  halt.addEventListener("click", () => { stopped = true; });
  drop.addEventListener("dragover", event => event.preventDefault());
  drop.addEventListener("drop", event => {
    event.preventDefault();
    if (event.dataTransfer.files.length) at("archive").files = event.dataTransfer.files;
  });
  go.disabled = false;
});
