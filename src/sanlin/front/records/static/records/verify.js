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
  function canonical(value) {
    if (value === null || value === true || value === false) return String(value);
    if (typeof value === "number") {
      need(Number.isSafeInteger(value), "数字不是范围内的整数", "a number that is not whole and in range");
      return String(value);
    }
    if (typeof value === "string") return quoted(value);
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    return `{${Object.keys(value).sort(byText).map(key => `${quoted(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  function parse(text) {
    const value = JSON.parse(text);
    need(canonical(value) === text && text.normalize("NFC") === text, "不是标准写法", "not in canonical form");
    return value;
  }
  const isCanonical = text => { try { parse(text); return true; } catch { return false; } };
  const same = (a, b) => canonical(a) === canonical(b);

  // values out of documents, of the type that a check needs
  const own = (thing, key) => (thing !== null && typeof thing === "object" && Object.hasOwn(thing, key) ? thing[key] : undefined);
  const bad = name => wrong(`“${name}”缺少或类型不对`, `"${name}" is missing or of the wrong type`);
  const int = (value, name = "number") => (Number.isSafeInteger(value) ? value : bad(name));
  const natural = (value, name = "number") => (Number.isSafeInteger(value) && value >= 0 ? value : bad(name));
  const str = (value, name = "text") => (typeof value === "string" ? value : bad(name));
  const list = (value, name = "list") => (Array.isArray(value) ? value : bad(name));
  const obj = (value, name = "object") => (value !== null && typeof value === "object" && !Array.isArray(value) ? value : bad(name));
  const flag = (value, name = "flag") => (typeof value === "boolean" ? value : bad(name));
  const or = (value, other) => (value === undefined ? other : value);
  const HEX64 = /^[0-9a-f]{64}$/;
  const sum = numbers => numbers.reduce((total, one) => total + BigInt(one), 0n);

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
    const found = /^(-?(?:0|[1-9][0-9]*))\/([1-9][0-9]*)$/.exec(str(text, "fraction"));
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
    "ledger.jsonl", "log.jsonl", "manifest.json", "objections.json", "paper.json", "proposals.json", "receipts.txt", "round.json",
    "rules.json", "scores.csv", "totals.json", "verify.py"];
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

  const MOST_BYTES = 512 * 1024 * 1024;
  /** The files that can be read out of a ZIP, in names (all, doubles too) and files. */
  function unpack(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), names = [], files = new Map();
    const two = at => view.getUint16(at, true), four = at => view.getUint32(at, true);
    let end = bytes.length - 22, total = 0;
    const lowest = Math.max(0, bytes.length - 22 - 65535);
    while (end >= lowest && four(end) !== 0x06054b50) end--;
    if (end < lowest) return { zip: false, names, files };
    const count = two(end + 10), start = end - four(end + 12), shift = start - four(end + 16);
    for (let i = 0, at = start; i < count; i++) {
      if (at < 0 || at + 46 > end || four(at) !== 0x02014b50) break;
      const [method, crc, packed, size, length] = [two(at + 10), four(at + 16), four(at + 20), four(at + 24), two(at + 28)];
      let name = null;
      try { name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(at + 46, at + 46 + length)); } catch { name = `?${i}`; }
      const local = four(at + 42) + shift;
      at += 46 + length + two(at + 30) + two(at + 32);
      names.push(name);
      files.delete(name);
      if (local < 0 || local + 30 > bytes.length || four(local) !== 0x04034b50) continue;
      const from = local + 30 + two(local + 26) + two(local + 28);
      if (from + packed > bytes.length || (total += size) > MOST_BYTES) continue;
      if (method !== 0 || packed !== size) continue; // compressed: not an archive of section 2
      const content = bytes.subarray(from, from + size);
      if (crc32(content) === crc) files.set(name, content);
    }
    return { zip: true, names, files };
  }

  // ---------------------------------------------------------------- the tree (section 3)
  const leaf = line => sha256(joined([new Uint8Array([0]), line]));
  const node = (left, right) => sha256(joined([new Uint8Array([1]), left, right]));
  const fold = stack => {
    if (!stack.length) return sha256(new Uint8Array());
    let hash = stack[stack.length - 1][1];
    for (let i = stack.length - 2; i >= 0; i--) hash = node(stack[i][1], hash);
    return hash;
  };
  /** The roots of lines (bytes) at the sizes wanted, as a Map of size and hexadecimal root. */
  async function roots(lines, wanted, clock = new Clock()) {
    const stack = [], found = new Map();
    if (wanted.has(0)) found.set(0, hex(fold(stack)));
    for (let i = 0; i < lines.length; i++) {
      stack.push([0, leaf(lines[i])]);
      while (stack.length > 1 && stack[stack.length - 1][0] === stack[stack.length - 2][0]) {
        const [height, right] = stack.pop(), left = stack.pop()[1];
        stack.push([height + 1, node(left, right)]);
      }
      if (wanted.has(i + 1)) found.set(i + 1, hex(fold(stack)));
      await clock.tick(20, i / lines.length);
    }
    return found;
  }
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
    const found = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n?$/.exec(text);
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
      const M = mean(all), D = width(all, M), out = new Map();
      for (const [juror, of] of sheets) {
        const m = mean([...of.values()]), d = width([...of.values()], m);
        out.set(juror, new Map([...of].map(([p, x]) => [p, d.n ? add(M, div(mul(sub(x, m), D), d)) : M])));
        await clock.tick(50 * of.size);
      }
      return out;
    };
    if (!all.length) return new Map();
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
  const big = value => (value === null ? null : BigInt(int(value)));
  function read(kase) {
    const limits = obj(own(kase, "limits"), "limits"), keys = new Set();
    need(JSON.stringify(list(own(kase, "bids"), "bids").map(bid => own(bid, "score"))).length < 2e6, "分数过长", "the scores are too long");
    const bids = list(own(kase, "bids"), "bids").map(bid => {
      const key = int(own(bid, "key"), "key"), score = own(bid, "score");
      need(!keys.has(key), "提案重复", "a bid is there twice");
      keys.add(key);
      return {
        key, cost: big(own(bid, "cost")) ?? bad("cost"), own: big(own(bid, "own_funds")) ?? bad("own_funds"), votes: big(own(bid, "votes")) ?? bad("votes"), sent: big(own(bid, "sent")),
        least: big(own(bid, "least")), score: score === null ? null : fraction(score),
        tier: or(own(bid, "tier"), null), theme: or(own(bid, "theme"), null), team: or(own(bid, "team"), null), community: or(own(bid, "community"), null),
      };
    });
    const tiers = new Map(list(own(limits, "tiers"), "tiers").map(tier => [str(own(tier, "key")), { cap: big(own(tier, "cap")), money: big(own(tier, "money")), places: big(own(tier, "places")) }]));
    const min = own(limits, "min_score"), groups = new Map();
    list(own(limits, "exclusive"), "exclusive").forEach((group, i) => { for (const key of list(group)) { if (!groups.has(key)) groups.set(key, []); groups.get(key).push(i); } });
    return {
      bids: bids.sort((a, b) => a.key - b.key), method: str(own(kase, "method"), "method"), rule: str(own(kase, "rule"), "rule"),
      utility: own(kase, "utility"), completion: own(kase, "completion"), normaliser: own(kase, "normaliser"), ballots: big(own(kase, "ballots")) ?? bad("ballots"),
      expert: big(own(kase, "expert")) ?? bad("expert"), public: big(own(kase, "public")) ?? bad("public"), ties: list(own(kase, "ties"), "ties"), tiers, tiered: tiers.size > 0,
      lot: new Map(list(own(kase, "lot"), "lot").map((key, i) => [key, BigInt(i + 1)])),
      budget: big(own(limits, "budget")) ?? bad("budget"), themes: new Map(list(own(limits, "theme_caps"), "theme_caps").map(([key, cap]) => [key, big(cap)])),
      communityCap: big(own(limits, "community_cap")), teamCap: big(own(limits, "team_cap")), projectCap: big(own(limits, "project_cap")),
      groups, floors: list(own(limits, "floors"), "floors"),
      minScore: min === null ? null : fraction(min), minVotes: big(own(limits, "min_votes")), onePerTeam: flag(own(limits, "one_per_team"), "one_per_team"),
      ownShare: big(own(limits, "own_share")) ?? bad("own_share"), partial: flag(own(limits, "partial"), "partial"), reserve: natural(own(limits, "reserve"), "reserve"), topup: big(own(limits, "topup")) ?? bad("topup"),
    };
  }

  function standings(c) { // 6.2, by the method; Map key → fraction or null
    const out = new Map(), votes = c.bids.map(bid => bid.votes), places = new Map();
    const most = votes.reduce((a, b) => (b > a ? b : a), votes[0] ?? 0n), fewest = votes.reduce((a, b) => (b < a ? b : a), votes[0] ?? 0n);
    const leader = bid => (most === 0n ? ZERO : Q(bid.votes, most));
    const share = bid => {
      if (c.normaliser === "share_of_ballots") return c.ballots === 0n ? leader(bid) : Q(bid.votes, c.ballots);
      if (c.normaliser === "share_of_leader") return leader(bid);
      if (c.normaliser === "min_max") return most === fewest ? ZERO : Q(bid.votes - fewest, most - fewest);
      if (c.normaliser === "rank") {
        if (!places.size) { // votes → 2 × place
          const down = votes.slice().sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
          for (let i = 0, j; i < down.length; i = j) { for (j = i; j < down.length && down[j] === down[i];) j++; places.set(down[i], BigInt(2 * i + (j - i) + 1)); }
        }
        const twice = places.get(bid.votes), n = BigInt(votes.length);
        return Q(2n * (n + 1n) - twice, 2n * n);
      }
      return bad("normaliser");
    };
    for (const bid of c.bids) {
      let value;
      if (c.method === "score") value = bid.score;
      else if (c.method === "votes") value = Q(bid.votes);
      else if (c.method === "blend") {
        value = bid.score === null && c.expert > 0n ? null
          : div(add(mul(Q(c.expert), bid.score ?? ZERO), mul(Q(c.public * 100n), share(bid))), Q(1000));
      } else value = bad("method");
      out.set(bid.key, value);
    }
    return out;
  }

  function part(c, level, names = c.ties) { // 6.3: {order, ties}
    if (level.length < 2) return { order: level, ties: [] };
    need(names.length, "并列无法分出先后，结果不存在", "a tie that nothing parts: there is no outcome");
    const [name, ...rest] = names;
    const value = {
      votes: bid => Q(bid.votes), score: bid => bid.score, cheaper: bid => Q(-bid.cost), dearer: bid => Q(bid.cost),
      own_funds: bid => Q(bid.own, bid.cost + bid.own > 1n ? bid.cost + bid.own : 1n), earlier: bid => (bid.sent === null ? null : Q(-bid.sent)),
      lot: bid => (c.lot.has(bid.key) ? Q(-c.lot.get(bid.key)) : null),
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

  const smallest = (c, bid, whole) => (c.partial && bid.least !== null && !whole ? bid.least : bid.cost);
  function aside(c, bid, standing, whole = false) { // 6.4 before the count: a code or ""
    const tier = c.tiers.get(bid.tier), least = smallest(c, bid, whole);
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

  class Books { // what was granted so far, pot by pot
    constructor(c) { this.c = c; this.spent = new Map(); this.keys = new Set(); this.teams = new Set(); this.places = new Map(); this.taken = new Set(); this.total = 0n; }
    pots(bid) {
      const c = this.c, pots = [], tier = c.tiers.get(bid.tier);
      if (tier && tier.money !== null) pots.push(["tier_money", tier.money, `tier ${bid.tier}`]);
      if (c.communityCap !== null && bid.community !== null) pots.push(["community_cap", c.communityCap, `community ${bid.community}`]);
      if (c.teamCap !== null && bid.team !== null) pots.push(["team_cap", c.teamCap, `team ${bid.team}`]);
      if (bid.theme !== null && (c.themes.get(bid.theme) ?? null) !== null) pots.push(["theme_cap", c.themes.get(bid.theme), `theme ${bid.theme}`]);
      pots.push(["budget", c.budget, "budget"]);
      return pots.map(([code, limit, name]) => [code, limit - (this.spent.get(name) ?? 0n)]);
    }
    barred(bid) { // step 2
      const c = this.c, tier = c.tiers.get(bid.tier);
      if ((c.groups.get(bid.key) ?? []).some(group => this.taken.has(group))) return "exclusive"; // asked only of bids not yet funded
      if (c.onePerTeam && bid.team !== null && this.teams.has(bid.team)) return "team_taken";
      if (tier && tier.places !== null && BigInt(this.places.get(bid.tier) ?? 0) >= tier.places) return "places";
      return "";
    }
    room(bid) {
      const c = this.c, tier = c.tiers.get(bid.tier), rooms = this.pots(bid).map(pot => pot[1]);
      if (tier && tier.cap !== null) rooms.push(tier.cap);
      if (c.projectCap !== null) rooms.push(c.projectCap);
      return rooms.reduce((a, b) => (b < a ? b : a));
    }
    refused(bid) { return this.barred(bid) !== "" || this.pots(bid).some(([code, room]) => code !== "budget" && room < bid.cost); } // 6.6
    enter(bid, grant) {
      const names = [`tier ${bid.tier}`, `community ${bid.community}`, `team ${bid.team}`, `theme ${bid.theme}`, "budget"];
      for (const name of names) this.spent.set(name, (this.spent.get(name) ?? 0n) + grant);
      this.keys.add(bid.key);
      for (const group of this.c.groups.get(bid.key) ?? []) this.taken.add(group);
      if (bid.team !== null) this.teams.add(bid.team);
      this.places.set(bid.tier, (this.places.get(bid.tier) ?? 0) + 1);
      this.total += grant;
    }
    get left() { return this.c.budget - this.total; }
  }

  function greedy(c, standing, { rule = c.rule, floored = new Set(), whole = false, bids = c.bids } = {}) { // 6.4
    need(["skip", "stop", "threshold", "topup"].includes(rule), "不认识的规则", "an unknown rule");
    const books = new Books(c), steps = [], grants = [], reserve = [], up = [], closed = new Set(), reserved = new Map();
    let ended = false, extra = 0n;
    const step = (bid, grant, left, code) => steps.push({ key: bid.key, funded: grant !== null, grant: grant ?? 0n, left, code });
    for (const bid of bids) {
      const code = aside(c, bid, standing.get(bid.key), whole);
      if (code) step(bid, null, c.budget, code); else up.push(bid);
    }
    const { order, ties } = ranked(c, up, bid => standing.get(bid.key));
    for (const bid of order) {
      const least = smallest(c, bid, whole);
      let code, grant = null;
      if (ended || closed.has(bid.tier)) code = "stopped";
      else if (!(code = books.barred(bid))) {
        const room = books.room(bid);
        if (room >= least) {
          if (floored.has(bid.key)) code = "floor";
          else { grant = room < bid.cost ? room : bid.cost; code = grant < bid.cost ? "funded_partly" : "funded"; }
        } else code = (books.pots(bid).find(pot => pot[1] < least) ?? bad("limits"))[0];
        if (grant === null && (rule === "stop" || rule === "topup")) {
          if (code === "budget") {
            const left = c.budget + extra - books.total;
            if (rule === "topup" && left * 1000n >= bid.cost * c.topup) { grant = bid.cost; extra += bid.cost - left; code = "topped_up"; }
            ended = true;
          } else if (code === "tier_money") closed.add(bid.tier);
        }
      }
      if (grant !== null) { books.enter(bid, grant); grants.push([bid.key, grant]); } else {
        const of = c.tiered ? bid.tier : null, count = reserved.get(of) ?? 0;
        if (count < c.reserve) { reserve.push(bid.key); reserved.set(of, count + 1); }
      }
      step(bid, grant, c.budget + extra - books.total, code);
    }
    for (const tie of ties) { const n = tie.keys.filter(key => books.keys.has(key)).length; tie.split = n > 0 && n < tie.keys.length; }
    return { extra, funded: grants.map(one => one[0]), grants, left: c.budget + extra - books.total, reserve, steps, ties };
  }

  function voters(c, ballots) { // [{times, choices: Map}], and the classes that support each bid
    const all = ballots.map(({ choices, times }) => ({ times: BigInt(natural(times)), choices: new Map(choices.map(([key, weight]) => [key, BigInt(natural(weight))])) }));
    const supporters = new Map(c.bids.map(bid => [bid.key, []]));
    all.forEach((ballot, i) => { for (const key of ballot.choices.keys()) supporters.get(key)?.push(i); });
    return { all, supporters, n: sum(all.map(one => one.times)) };
  }

  async function equalShares(c, ballots, clock) { // 6.6
    const { all, supporters, n } = voters(c, ballots);
    const into = c.bids.filter(bid => !aside(c, bid, Q(bid.votes), true));
    const utility = {
      cost: bid => (bid.cost > 1n ? bid.cost : 1n), cardinality: () => 1n, approval: () => 1n,
      points: (bid, i) => all[i].choices.get(bid.key), borda: (bid, i) => all[i].choices.get(bid.key),
    };
    need(Object.hasOwn(utility, c.utility), "不认识的效用", "an unknown utility");
    const u = utility[c.utility];
    const backed = into.filter(bid => supporters.get(bid.key).length);
    for (const bid of backed) bid.backers = supporters.get(bid.key).map(i => ({ i, u: u(bid, i), times: all[i].times }));
    const level = new Map(backed.map(bid => [bid, bid.backers.every(one => one.u === bid.backers[0].u)]));

    async function run(each, share) {
      // The money of every class is money[i] / L, all over one denominator.
      let L = each.d;
      const money = all.map(() => each.n), books = new Books(c), bought = [], seen = new Map();
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
        need(U > 0n, "选票的权重不对", "a weight of a ballot is wrong");
        return { n: D, d: L * U, D, U };
      };
      let open = backed.slice();
      for (;;) {
        // Prices only rise within a run: one that was above the best before need not be looked at again.
        const hopeful = open.filter(bid => !books.refused(bid)).sort((a, b) => {
          const x = seen.get(a), y = seen.get(b);
          return x && y ? cmp(x, y) : x ? 1 : y ? -1 : 0;
        });
        let best = null, first = [];
        const gone = new Set();
        for (const bid of hopeful) {
          const before = seen.get(bid);
          if (best && before && cmp(before, best) > 0) break;
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
        bought.push(winner);
        open = open.filter(bid => bid !== winner && !gone.has(bid));
      }
      const poor = backed.filter(bid => !books.keys.has(bid.key) && !books.refused(bid));
      return { each, books, bought, poor };
    }

    let standing = await run(n ? Q(c.budget, n) : ZERO, null), raises = 0, stopped = "";
    if (["add1", "add1u", "comparison", "add1-exhaustive"].includes(c.completion)) {
      for (;;) {
        const fits = bid => !standing.books.keys.has(bid.key) && !standing.books.refused(bid) && bid.cost <= standing.books.left;
        if (c.completion === "add1-exhaustive" && !into.some(fits)) { stopped = "exhausted"; break; }
        if (!standing.poor.length) { stopped = "served"; break; }
        const next = await run(add(standing.each, Q(100)), raises);
        if (next.books.total > c.budget) { stopped = "overshoot"; break; }
        standing = next; raises += 1;
        await clock.tick(1000, raises);
      }
    } else need(["none", "utilitarian"].includes(c.completion), "不认识的补足方法", "an unknown completion");
    const { books } = standing, funded = standing.bought.slice(), completed = [];
    if (["utilitarian", "add1u", "comparison"].includes(c.completion)) {
      const worth = bid => Q(sum((bid.backers ?? []).map(one => one.u * one.times)), bid.cost > 1n ? bid.cost : 1n);
      for (const bid of ranked(c, into.filter(bid => !books.keys.has(bid.key)), worth).order) {
        if (books.refused(bid) || bid.cost > books.left) continue;
        books.enter(bid, bid.cost); completed.push(bid.key); funded.push(bid);
      }
    }
    const shares = { each: show(standing.each), raises, stopped, completed };
    const outcome = { funded: funded.map(bid => bid.key), grants: funded.map(bid => [bid.key, bid.cost]), left: books.left, shares };
    if (c.completion === "comparison") {
      const other = greedy(c, new Map(c.bids.map(bid => [bid.key, Q(bid.votes)])), { rule: "skip", whole: true, bids: into });
      const worth = keys => {
        const out = all.map(() => 0n), has = new Set(keys);
        for (const bid of backed) if (has.has(bid.key)) for (const one of bid.backers) out[one.i] += one.u;
        return out;
      };
      const here = worth(outcome.funded), there = worth(other.funded);
      const more = (a, b) => sum(all.filter((_, i) => a[i] > b[i]).map(one => one.times));
      if (more(there, here) > more(here, there)) return { ...outcome, funded: other.funded, grants: other.grants, left: other.left };
    }
    return outcome;
  }

  async function phragmen(c, ballots, clock) { // 6.6
    const { all, supporters } = voters(c, ballots), books = new Books(c), funded = [], skip = c.rule === "skip";
    let open = c.bids.filter(bid => !aside(c, bid, Q(bid.votes), true) && supporters.get(bid.key).length), L = 1n;
    const load = all.map(() => 0n), count = new Map(open.map(bid => [bid, sum(supporters.get(bid.key).map(i => all[i].times))]));
    for (;;) {
      open = open.filter(bid => !books.refused(bid));
      let best = null, first = [];
      for (const bid of open) {
        if (bid.cost > (skip ? books.left : c.budget)) continue;
        let n = bid.cost * L;
        for (const i of supporters.get(bid.key)) n += load[i] * all[i].times;
        await clock.tick(supporters.get(bid.key).length * 3);
        const due = { n, d: count.get(bid) }, order = best ? cmp(due, best) : -1;
        if (order < 0) { best = due; first = [bid]; } else if (order === 0) first.push(bid);
      }
      if (!first.length || first.some(bid => bid.cost > books.left)) break;
      const winner = part(c, first).order[0], g = gcd(best.n, best.d), n = best.n / g, d = best.d / g;
      for (let i = 0; i < load.length; i++) load[i] *= d;
      L *= d;
      for (const i of supporters.get(winner.key)) load[i] = n;
      books.enter(winner, winner.cost); funded.push(winner);
      open = open.filter(bid => bid !== winner);
    }
    return { funded: funded.map(bid => bid.key), grants: funded.map(bid => [bid.key, bid.cost]), left: books.left };
  }

  function welfare(c, outcome) { // 6.6: raises where a check fails
    const worth = {
      cost: bid => Q(bid.votes * bid.cost), cardinality: bid => Q(bid.votes), points: bid => Q(bid.votes), borda: bid => Q(bid.votes), score: bid => bid.score,
    };
    need(Object.hasOwn(worth, c.utility), "不认识的效用", "an unknown utility");
    const standing = new Map(c.bids.map(bid => [bid.key, worth[c.utility](bid)]));
    const part = new Map(c.bids.filter(bid => !aside(c, bid, standing.get(bid.key))).map(bid => [bid.key, bid])), books = new Books(c);
    const funded = list(own(outcome, "funded"), "funded"), grants = list(own(outcome, "grants"), "grants");
    need(same(grants.map(one => one[0]), funded) && new Set(funded).size === funded.length, "入选名单与金额不一致", "funded and grants do not agree");
    let total = ZERO;
    for (const [key, fen] of grants) {
      const bid = part.get(key), grant = BigInt(natural(fen, "grant"));
      need(bid, `提案${key}本不能入选`, `bid ${key} could not take part`);
      const room = books.room(bid);
      need(!books.barred(bid) && smallest(c, bid) <= grant && grant <= (room < bid.cost ? room : bid.cost) && (c.partial || grant === bid.cost),
        `提案${key}的金额超出限额`, `the grant of ${key} breaks a limit`);
      books.enter(bid, grant);
      total = add(total, standing.get(key));
    }
    need(BigInt(int(own(outcome, "left"), "left")) === books.left, "余额不对", "left is wrong");
    if (c.floors.length) return;
    for (const bid of part.values()) {
      if (!books.keys.has(bid.key)) need(books.barred(bid) || books.room(bid) < smallest(c, bid), `提案${bid.key}还能入选`, `bid ${bid.key} could still be funded`);
    }
    const other = greedy(c, standing, { rule: "skip" }).funded.reduce((all, key) => add(all, standing.get(key)), ZERO);
    need(cmp(total, other) >= 0, "逐个入选的结果更好", "the greedy count has more welfare");
  }

  const plain = value => (typeof value === "bigint" ? (need(Number.isSafeInteger(Number(value)), "数字过大", "a number is too large"), Number(value)) : Array.isArray(value) ? value.map(plain) : value);
  /** Compares an outcome with the count of a case. ballots: [{choices, times}]. Throws where they differ. */
  async function count(kase, ballots, outcome, clock = new Clock()) {
    const c = read(kase), steps = or(own(outcome, "steps"), []);
    const compare = (name, value) => need(own(outcome, name) !== undefined && same(own(outcome, name), plain(value)), `${name}与重算的不同`, `${name} is not what the count gives`);
    if (["score", "votes", "blend"].includes(c.method)) {
      if (c.floors.length && c.partial) return; // 6.4: who comes up twice is not laid down
      const about = list(steps, "steps").map(one => ({
        key: own(one, "key"), funded: own(one, "funded"), grant: own(one, "grant"), left: own(one, "left"), code: own(own(one, "reason"), "code"),
      }));
      const floored = new Set(c.floors.length ? about.filter(one => one.code === "floor").map(one => one.key) : []);
      const found = greedy(c, standings(c), { floored });
      for (const name of ["extra", "funded", "grants", "left", "reserve"]) compare(name, found[name]);
      compare("rule", c.rule); compare("unit", c.method);
      const mine = found.steps.map(one => [one.key, one.funded, one.grant, one.left, one.code]);
      need(same(plain(mine), about.map(one => [one.key, one.funded, one.grant, one.left, one.code].map(x => or(x, null)))), "逐步的经过与重算的不同", "the steps are not those of the count");
      need(same(found.ties, list(own(outcome, "ties"), "ties").map(one => ({ keys: or(own(one, "keys"), null), settled_by: or(own(one, "settled_by"), null), split: or(own(one, "split"), null) }))), "并列的处理与重算的不同", "the ties are not those of the count");
      return;
    }
    need(["equal_shares", "phragmen", "welfare"].includes(c.method), "不认识的方法", "an unknown method");
    need(or(own(outcome, "extra"), 0) === 0, "这个方法没有预算外的钱", "this method has no extra money");
    if (c.method === "welfare") { welfare(c, outcome); return; }
    if (c.floors.length) return;
    const found = c.method === "equal_shares" ? await equalShares(c, ballots, clock) : await phragmen(c, ballots, clock);
    for (const name of ["funded", "grants", "left"]) compare(name, found[name]);
    if (found.shares) for (const name of ["each", "raises", "stopped", "completed"]) need(same(or(own(own(outcome, "shares"), name), null), found.shares[name]), `shares.${name}与重算的不同`, `shares.${name} is not what the count gives`);
  }

  const lot = (seed, keys) => keys.map(key => [digest(`${seed}:${key}`), key]).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)).map(one => one[1]);

  // ---------------------------------------------------------------- the verifier (section 4)
  const CHECKS = [
    ["Z1", "压缩包的每个字节都合规定", "the archive is byte for byte what its files make it"],
    ["Z2", "该有的文件都在，没有别的文件", "exactly the files of a record are there"],
    ["M1", "清单与各文件一致", "the manifest is what the other files make it"],
    ["F1", "各文件写法规范，格式为第1版", "every file has its one form, and the format is 1"],
    ["L1", "台账的指纹与清单一致", "the log has the root that the manifest names"],
    ["L2", "指纹就是公示上印的那个", "the root is the printed one"],
    ["L3", "以前公布的校验点都对得上", "every published checkpoint fits the log"],
    ["L4", "封存行写的就是这些文件", "the seal names these files and no others"],
    ["L5", "历次封存没有换过结果", "no seal ever changed the ballots or the decision"],
    ["L6", "以前下载的账本或校验点对得上", "what was kept from earlier fits this log"],
    ["R1", "办法就是开始征集时定下的办法", "the rules are those that were fixed at the opening"],
    ["B1", "回执码与台账一致", "the receipts are what the log says of codes"],
    ["B2", "票数对得上", "the numbers of ballots agree"],
    ["B4", "得票数与选票相符", "the totals are what ballots can give"],
    ["P1", "纸质选票的账平，与台账一致", "the accounts of paper ballots add up and are those of the log"],
    ["P2", "纸票抽样由骰子定出，风险算得对", "the sample of paper is the one that the dice drew, and its risk is right"],
    ["S1", "评委的打分合规定", "the marks are marks"],
    ["A1", "计票的依据就是办法、提案、打分和得票", "the case is what rules, proposals, marks and totals make it"],
    ["A2", "抽签的顺序由事先封好的种子定出", "the lot follows from a seed that was committed to"],
    ["A3", "重新计算得到同样的结果", "counting again gives the same outcome"],
    ["A4", "决定的指纹正确，并写在台账上", "the fingerprint of the decision is right and stands in the log"],
    ["N1", "资助名单由结果和更正得出", "the awards follow from the outcome and its changes"],
    ["K1", "账目借贷平衡，编号不缺", "the books balance, without gaps"],
    ["K2", "没有多付一分钱", "nobody was paid more than was awarded"],
    ["O1", "异议与台账一致", "the objections are those of the log"],
    ["C1", "您的选票计入了", "your ballot is counted"],
    ["C2", "这是一张当场作废查看的选票", "this is the opening of a ballot that was given up on purpose"],
  ];
  const KEYS = { // the keys of the objects, 5.1 to 5.15
    manifest: ["files", "format", "root", "round", "size"], file: ["bytes", "path", "sha256"],
    round: ["ballots", "exclusive", "format", "handed_in", "name", "origin", "overflow", "roll", "round", "source", "street", "windows", "year"],
    roll: ["cast", "day", "size"], window: ["closes", "opens", "stage"],
    proposal: ["community", "community_name", "cost", "events", "key", "number", "own_funds", "team", "team_name", "theme", "tier", "title"],
    totals: ["ballots", "channels", "opinions", "votes"], channel: ["ballots", "name", "votes"], ballot: ["choices", "times"], keys: ["public"],
    paper: ["booths", "sample"], booth: ["batches", "discrepancy", "in_box", "issued", "name", "number", "received", "spoiled", "unused"],
    batch: ["blank", "clerks", "differences", "invalid", "number", "serials", "third", "valid"], clerk: ["hand", "post"],
    sample: ["differences", "digits", "draws", "full", "limit", "looks", "margin", "risk", "root", "size", "stage"], allocation: ["case", "fingerprint", "outcome"],
    awards: ["awards", "changes"], award: ["grant", "key", "stage"], change: ["grant", "key", "notice"],
    voucher: ["at", "number", "postings", "reverses"], objection: ["answered", "filed", "key", "notice", "number", "stage"],
  };
  const CODES = new Set(["ballot.cast", "ballot.recast", "ballot.override", "ballot.spoil"]);
  const ascending = (all, order) => all.every((one, i) => i === 0 || order(all[i - 1], one) < 0);
  const byNumber = (a, b) => a - b;
  const unsure = name => wrong(`${name}缺失或读不出`, `${name} is missing or cannot be read`);

  class Record { // one archive, read once; a getter throws where a file cannot be read
    constructor(bytes, clock) { this.bytes = bytes; this.clock = clock; this.read = new Map(); this.known = new Map(); }
    async open() { Object.assign(this, unpack(this.bytes)); if (this.raw("log.jsonl", false)) this.lines = linesOf(this.raw("log.jsonl")); return this; }
    raw(name, must = true) { return this.files.get(name) ?? (must ? unsure(name) : null); }
    once(name, make) {
      if (!this.read.has(name)) { let value; try { value = { value: make() }; } catch { value = null; } this.read.set(name, value); }
      return (this.read.get(name) ?? unsure(name)).value;
    }
    text(name) {
      return this.once(`text ${name}`, () => {
        const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.raw(name));
        need(!text.startsWith("\ufeff") && !text.includes("\r") && (text === "" || text.endsWith("\n")) && text.normalize("NFC") === text, "写法不规范", "not in its form");
        return text;
      });
    }
    json(name) { return this.once(name, () => { const text = this.text(name); need(text.endsWith("\n"), "", ""); return parse(text.slice(0, -1)); }); }
    jsonl(name) { return this.once(name, () => this.text(name).split("\n").slice(0, -1).map(parse)); }
    async log() { await this.clock.tick(1); return this.jsonl("log.jsonl"); }
    get round() { return obj(this.json("round.json"), "round.json"); }
    get rules() { return obj(this.json("rules.json"), "rules.json"); }
    rule(path, ...other) {
      const value = path.split(".").reduce((thing, key) => own(thing, key), this.rules);
      return value === undefined ? (other.length ? other[0] : bad(path)) : value;
    }
    get source() { const source = this.round.source; return source === "here" || source === "entered" ? source : bad("source"); }
    get voted() { return this.round.ballots === "totals" || this.round.ballots === "whole" ? true : this.round.ballots === "none" ? false : bad("ballots"); }
    get proposals() { return list(this.json("proposals.json"), "proposals.json"); }
    get kase() { return obj(own(this.json("allocation.json"), "case"), "case"); }
    get outcome() { return obj(own(this.json("allocation.json"), "outcome"), "outcome"); }
    get logLines() { return this.lines ?? unsure("log.jsonl"); }
    async root(size) {
      if (!this.known.has(size)) for (const [n, root] of await roots(this.logLines, new Set([size]), this.clock)) this.known.set(n, root);
      return this.known.get(size);
    }
    async know(sizes) { for (const [n, root] of await roots(this.logLines, new Set(sizes), this.clock)) this.known.set(n, root); }
    deeds(log, deed) { return log.map((line, i) => ({ i, deed: own(line, "deed"), data: own(line, "data") })).filter(one => one.deed === deed); }
  }

  // paper (5.11)
  const open = acts => acts.reduce((n, one) => n + (one.deed === "batch.register") - (one.deed === "batch.drop"), 0);
  function serialOf(text, round, booth, received) {
    const found = /^([0-9]+)-([0-9]+)-([0-9]{4,6})-([0-9]{2})$/.exec(text);
    if (!found || found[1] !== String(round) || found[2] !== String(booth)) return false;
    const sheet = BigInt(found[3]), digits = String(round).padStart(9, "0") + String(booth).padStart(4, "0") + String(sheet).padStart(6, "0");
    return sheet >= 1n && sheet <= received && found[3] === String(sheet).padStart(4, "0") && BigInt(found[4]) === 98n - (BigInt(digits) * 100n) % 97n;
  }
  function checkBatch(batch, acts, corrected, differences) {
    const keyed = acts.filter(one => one.deed === "batch.key").sort((a, b) => a.i - b.i), settled = acts.filter(one => one.deed === "batch.settle");
    need(open(acts) === 1 && keyed.length === 2, "一批没有登记，或不是录了两遍", "a batch was not registered, or not keyed twice");
    const clerks = list(batch.clerks, "clerks").map(one => [str(own(one, "hand")), str(own(one, "post"))]);
    const told = keyed.map(one => [own(one.data, "place"), own(one.data, "hand"), own(one.data, "post")]).sort((a, b) => a[0] - b[0]);
    need(same(told.map(row => row.map(one => one ?? null)), clerks.map((one, i) => [i + 1, ...one])), "录入的人与台账不符", "the clerks are not those of the log");
    need(clerks.length === 2 && clerks[0][0] !== clerks[1][0] && clerks.every(one => /^[0-9a-f]{12}$/.test(one[0])), "录入的两人不对", "the two clerks are wrong");
    need(own(keyed[1].data, "differences") === batch.differences, "差异的张数与台账不符", "the differences are not those of the log");
    need((batch.third === null) === (differences === 0n) && settled.length === (differences === 0n ? 0 : 1), "第三人不对", "the third clerk is wrong");
    let last = keyed[1];
    if (batch.third !== null) {
      last = settled[0];
      const { hand, post } = batch.third;
      need(last.i > keyed[1].i && clerks.every(one => one[0] !== hand) && own(last.data, "hand") === str(hand) && own(last.data, "post") === str(post) && own(last.data, "differences") === batch.differences, "裁定与台账不符", "the settlement is not that of the log");
    }
    const figures = ["valid", "blank", "invalid"].map(name => BigInt(natural(own(last.data, name), name))), own2 = ["valid", "blank", "invalid"].map(name => BigInt(batch[name]));
    need(figures.every((n, i) => n === own2[i]) || corrected && sum(figures) === sum(own2), "一批的数目与台账不符", "the figures of a batch are not those of the log");
  }

  const checks = {
    async Z1(r) { need(r.zip && r.files.size === r.names.length, "不是原来的文件，可能被解开后重新压缩过", "it is not the file as it was published; it may have been packed anew"); need(equalBytes(pack(r.files), r.bytes), "字节与规定的不同", "its bytes are not those of section 2"); },
    async Z2(r) {
      const whole = r.round.ballots === "whole", wanted = CONTENT.filter(name => whole || name !== "ballots.jsonl");
      const missing = wanted.filter(name => !r.files.has(name)), other = r.names.filter(name => !wanted.includes(name));
      need(!missing.length && !other.length && r.names.length === wanted.length, `缺少或多出：${[...missing, ...other].slice(0, 5).join(" ")}`, `missing or too many: ${[...missing, ...other].slice(0, 5).join(" ")}`);
    },
    async M1(r) {
      const names = [...r.files.keys()].filter(name => name !== "manifest.json").sort(byText), files = [];
      for (const name of names) { files.push({ bytes: r.raw(name).length, path: name, sha256: digest(r.raw(name)) }); await r.clock.tick(r.raw(name).length / 50); }
      const made = { files, format: 1, root: await r.root(r.logLines.length), round: int(r.round.round, "round"), size: r.logLines.length };
      need(equalBytes(utf8(`${canonical(made)}\n`), r.raw("manifest.json")), "清单与文件不符", "the manifest does not fit the files");
    },
    async F1(r) {
      const faults = new Set();
      const fits = (name, thing, keys) => { if (!(thing !== null && typeof thing === "object" && !Array.isArray(thing) && same(Object.keys(thing).sort(), keys))) faults.add(name); };
      const many = (name, things, keys) => { if (Array.isArray(things)) things.forEach(thing => fits(name, thing, keys)); else faults.add(name); };
      const wanted = CONTENT.filter(name => name !== "verify.py" && (name !== "ballots.jsonl" || r.files.has(name)));
      for (const name of new Set([...wanted, ...r.files.keys()])) {
        await r.clock.tick(2000);
        try {
          if (name.endsWith(".json")) r.json(name);
          else if (name.endsWith(".jsonl")) r.jsonl(name);
          else if (name.endsWith(".csv")) {
            const rows = r.text(name).split("\n").slice(0, -1);
            need(rows.length && rows.every(row => /^[\x20-\x7e]*$/.test(row) && !row.includes('"') && row.split(",").length === rows[0].split(",").length), "", "");
          } else if (/\.(txt|md)$/.test(name)) r.text(name);
        } catch { faults.add(name); }
      }
      const about = (name, look) => { if (!faults.has(name)) try { look(name.endsWith("l") ? r.jsonl(name) : r.json(name), name); } catch { faults.add(name); } };
      about("manifest.json", (all, name) => { fits(name, all, KEYS.manifest); many(name, all.files, KEYS.file); });
      about("round.json", (all, name) => { fits(name, all, KEYS.round); if (all.roll !== null) fits(name, all.roll, KEYS.roll); many(name, all.windows, KEYS.window); need(all.format === 1, "", ""); });
      about("proposals.json", (all, name) => many(name, all, KEYS.proposal));
      about("totals.json", (all, name) => { fits(name, all, KEYS.totals); many(name, all.channels, KEYS.channel); });
      if (r.files.has("ballots.jsonl")) about("ballots.jsonl", (all, name) => many(name, all, KEYS.ballot));
      about("keys.json", (all, name) => { fits(name, all, KEYS.keys); need(all.public === null || HEX64.test(str(all.public)), "", ""); });
      about("paper.json", (all, name) => {
        fits(name, all, KEYS.paper);
        if (all.sample !== null) fits(name, all.sample, KEYS.sample);
        many(name, all.booths, KEYS.booth);
        for (const booth of all.booths) {
          many(name, booth.batches, KEYS.batch);
          for (const batch of booth.batches) { many(name, batch.clerks, KEYS.clerk); if (batch.third !== null) fits(name, batch.third, KEYS.clerk); }
        }
      });
      about("allocation.json", (all, name) => fits(name, all, KEYS.allocation));
      about("awards.json", (all, name) => { fits(name, all, KEYS.awards); many(name, all.awards, KEYS.award); many(name, all.changes, KEYS.change); });
      about("ledger.jsonl", (all, name) => many(name, all, KEYS.voucher));
      about("objections.json", (all, name) => many(name, all, KEYS.objection));
      need(!faults.size, `写法不规范：${[...faults].slice(0, 5).join(" ")}`, `not in its form: ${[...faults].slice(0, 5).join(" ")}`);
    },
    async L1(r) { need(await r.root(r.logLines.length) === own(r.json("manifest.json"), "root"), "台账与清单的指纹不同", "the log has another root than the manifest"); },
    async L2(r, { root }) {
      const plainText = root.replace(/[\s\-]/g, "").toLowerCase(), given = HEX64.test(plainText) ? plainText : fromBase64(root.trim());
      need(given, "这不是指纹：应为64位十六进制，或44位base64", "this is no root: it has 64 hexadecimal digits, or 44 of base64");
      if (given === await r.root(r.logLines.length)) return null;
      const sizes = r.deeds(await r.log(), "record.seal").map(one => one.i + 1).filter(size => size < r.logLines.length);
      await r.know(sizes);
      need(sizes.some(size => r.known.get(size) === given), "这份账本的指纹不是给出的那个", "the root of this record is another one");
      return ["这是较早一次封存的指纹；此后账目、异议和资助名单可能有新的内容", "this is the root of an earlier seal; books, objections and awards may be newer than it"];
    },
    async L3(r) {
      const text = r.text("checkpoints.txt");
      const all = text === "" ? [] : text.slice(0, -1).split("\n\n").map(checkpoint), n = r.logLines.length, origin = str(r.round.origin, "origin");
      need(ascending(all.map(one => one.size), byNumber) && all.every(one => one.origin === origin && one.size <= n - 1), "校验点的次序或来源不对", "the order or origin of checkpoints is wrong");
      await r.know(all.map(one => one.size));
      for (const one of all) need(r.known.get(one.size) === one.root, `第${one.size}行的校验点对不上`, `the checkpoint at ${one.size} does not fit`);
    },
    async L4(r) {
      const last = r.logLines[r.logLines.length - 1] ?? unsure("log.jsonl");
      const line = parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(last)), data = own(line, "data"), files = obj(own(data, "files"), "files");
      need(own(line, "deed") === "record.seal" && own(data, "format") === 1, "最后一行不是封存", "the last line is no seal");
      const names = [...r.files.keys()].filter(name => name !== "manifest.json").sort(byText);
      need(same(Object.keys(files).sort(byText), names) && r.names.length === r.files.size, "封存的文件名不同", "the seal names other files");
      const log = r.raw("log.jsonl"), before = log.subarray(0, last.byteOffset - log.byteOffset);
      for (const name of names) { need(digest(name === "log.jsonl" ? before : r.raw(name)) === files[name], `${name}被改动过`, `${name} was changed`); await r.clock.tick(r.raw(name).length / 50); }
    },
    async L5(r) {
      const seals = r.deeds(await r.log(), "record.seal").map(one => obj(own(one.data, "files"), "files")), last = seals[seals.length - 1];
      for (const seal of seals) for (const name of FIXED) need(own(seal, name) === own(last, name), `${name}在封存之间被换过`, `${name} was exchanged between seals`);
    },
    async L6(r, { old }) {
      if (old[0] !== 0x50 || old[1] !== 0x4b) {
        let text = "";
        try { text = new TextDecoder("utf-8", { fatal: true }).decode(old).replace(/\r\n/g, "\n").trim(); } catch { text = ""; }
        const kept = checkpoint(text);
        need(kept.origin === r.round.origin && kept.size <= r.logLines.length, "校验点不属于这份台账", "the checkpoint is not of this log");
        need(await r.root(kept.size) === kept.root, "校验点对不上：此前的台账被改过", "the checkpoint does not fit: the log before it was changed");
        return;
      }
      const earlier = await new Record(old, r.clock).open();
      for (const code of ["Z1", "M1", "L1", "L4"]) {
        try { await checks[code](earlier); } catch (no) { if (no instanceof Wrong) wrong(`旧账本本身有误（${code}）`, `the old record is itself wrong (${code})`); throw no; }
      }
      need(same(earlier.round.round ?? null, r.round.round ?? null) && same(earlier.round.origin ?? null, r.round.origin ?? null), "旧账本是另一轮的", "the old record is of another round");
      const before = earlier.raw("log.jsonl"), log = r.raw("log.jsonl");
      need(before.length <= log.length && equalBytes(before, log.subarray(0, before.length)), "以前公布的台账被改过", "the log that was published before was changed");
    },
    async R1(r) {
      const [deed, name] = r.source === "here" ? ["round.open_call", "fingerprint"] : ["round.enter", "rules"], found = r.deeds(await r.log(), deed);
      need(found.length === 1, `台账里应当正好有一行${deed}`, `the log should have one line ${deed}`);
      need(own(found[0].data, name) === digest(canonical(r.json("rules.json"))), "办法与当时定下的不同", "the rules are not those that were fixed");
    },
    async B1(r) {
      const { counted } = codesOf(await r.log());
      need([...counted].sort().map(code => `${code}\n`).join("") === r.text("receipts.txt"), "回执码与台账不符", "the receipts are not what the log says");
    },
    async B2(r) {
      const receipts = r.text("receipts.txt").split("\n").length - 1, totals = obj(r.json("totals.json"), "totals.json"), log = await r.log(), ballots = natural(totals.ballots, "ballots");
      const channels = list(totals.channels, "channels"), roll = r.round.roll;
      if (!r.voted) {
        need(roll === null && !receipts && same(totals, { ballots: 0, channels: [], opinions: [], votes: [] }), "没有投票，却有票数", "there was no vote, but there are numbers");
        return;
      }
      const cast = natural(own(roll, "cast"), "roll.cast"), size = natural(own(roll, "size"), "roll.size");
      need(cast <= size, "票数多于选民", "more ballots than voters");
      if (r.source === "here") {
        const closes = r.deeds(log, "vote.close"), opens = r.deeds(log, "box.open"), booths = list(own(r.json("paper.json"), "booths"), "booths");
        const marked = sum(booths.map(one => natural(one.issued, "issued"))) - sum(booths.map(one => natural(one.spoiled, "spoiled")));
        const counted = sum(booths.flatMap(one => list(one.batches, "batches").flatMap(batch => [natural(batch.valid, "valid"), natural(batch.blank, "blank")])));
        need(closes.length === 1 && own(closes[0].data, "cast") === cast && own(closes[0].data, "size") === size, "截止时的人数与台账不符", "the close of the vote says other numbers");
        need(opens.length === 1 && opens[0].i > closes[0].i, "开箱不在截止之后", "the box was not opened once, after the close");
        const opened = BigInt(natural(own(opens[0].data, "counted"), "counted")), broken = BigInt(natural(own(opens[0].data, "broken"), "broken"));
        need(opened + broken === BigInt(receipts), "开箱的票数与回执不符", "the box and the receipts differ in number");
        need(BigInt(cast) === BigInt(receipts) + marked, "投票人数与回执、纸票不符", "voters, receipts and paper do not agree");
        need(BigInt(ballots) === opened + counted, "计入的票数不符", "the ballots counted do not agree");
        for (const one of channels) if (one.name === "paper") need(BigInt(natural(one.ballots)) === counted, "纸票的票数不符", "the ballots on paper do not agree");
      } else need(!receipts && ballots === cast, "票数与名册不符", "ballots and roll do not agree");
      need(ascending(channels.map(one => str(one.name)), byText), "投票方式的次序不对", "the channels are out of order");
      need(sum(channels.map(one => natural(one.ballots))) === BigInt(ballots), "各方式票数之和不是总数", "the channels do not sum up to the whole");
      if (r.rule("vote.kind") === "stance") return;
      const add2 = new Map();
      for (const one of channels) for (const [key, votes] of list(one.votes)) add2.set(int(key), (add2.get(key) ?? 0n) + BigInt(natural(votes)));
      const whole = list(totals.votes, "votes");
      need(whole.every(([key, votes]) => (add2.get(key) ?? 0n) === BigInt(natural(votes))) && [...add2.keys()].every(key => whole.some(one => one[0] === key)), "各方式得票之和不是总数", "the votes of the channels do not sum up to the whole");
    },
    async B4(r) {
      const totals = obj(r.json("totals.json"), "totals.json"), votes = list(totals.votes, "votes"), opinions = list(totals.opinions, "opinions");
      if (!r.voted) { need(!votes.length && !opinions.length, "没有投票，却有得票", "there was no vote, but there are votes"); return; }
      const kind = r.rule("vote.kind"), k = BigInt(natural(r.rule("vote.k", 0))), points = BigInt(natural(r.rule("vote.points", 0))), n = BigInt(natural(totals.ballots, "ballots"));
      const keys = r.proposals.map(one => int(own(one, "key"), "key"));
      need(same(votes.map(one => one[0]), keys), "得票的提案与名单不同", "votes and proposals do not agree");
      for (const channel of list(totals.channels, "channels")) for (const one of list(own(channel, "votes"))) natural(one[1], "votes");
      const all = votes.map(([, v]) => BigInt(natural(v, "votes"))), total = sum(all);
      const limits = {
        approve_k: () => all.every(v => v <= n) && total <= k * n, knapsack: () => all.every(v => v <= n), stance: () => all.every(v => v <= n),
        points: () => total <= points * n, rank: () => all.every(v => v <= k * n) && 2n * total <= n * k * (k + 1n),
      };
      need(Object.hasOwn(limits, kind), "不认识的投票方式", "an unknown kind of ballot");
      need(limits[kind](), "得票多于选票所能给的", "more votes than ballots can hold");
      if (kind === "stance") {
        need(same(opinions.map(one => one[0]), keys), "意见的提案与名单不同", "opinions and proposals do not agree");
        opinions.forEach(([, ...row], i) => {
          need(row.length === 5 && sum(row.map(x => natural(x, "opinions"))) <= n, "意见多于选票", "more opinions than ballots");
          const [support, against, , follow, silent] = row.map(BigInt), moving = follow + (r.rule("vote.silence") === "follow" ? silent : 0n);
          need(all[i] === (support > against ? support + moving : support), "得票与意见不符", "votes do not follow from opinions");
        });
      } else need(!opinions.length, "不该有意见", "there should be no opinions");
      if (!r.files.has("ballots.jsonl")) { need(r.round.ballots !== "whole", "缺少ballots.jsonl", "ballots.jsonl is missing"); return; }
      const ballots = r.jsonl("ballots.jsonl"), found = new Map(keys.map(key => [key, 0n])), lines = r.text("ballots.jsonl").split("\n").slice(0, -1);
      need(kind !== "stance", "这种选票不能逐张公布", "ballots of this kind are not published whole");
      need(ascending(lines, byText) && new Set(ballots.map(one => canonical(own(one, "choices") ?? null))).size === ballots.length, "选票的次序不对或有重复", "ballots are out of order or doubled");
      let many = 0n;
      for (const ballot of ballots) {
        const choices = list(own(ballot, "choices"), "choices"), times = natural(own(ballot, "times"), "times");
        await r.clock.tick(10 + choices.length);
        need(times > 0 && choices.every(one => list(one).length === 2 && found.has(one[0]) && natural(one[1], "weight") > 0) && ascending(choices.map(one => one[0]), byNumber), "有一张选票写得不对", "a ballot is wrong");
        const weights = choices.map(one => one[1]), size = BigInt(weights.length);
        const allowed = {
          approve_k: () => weights.every(w => w === 1) && size <= k, knapsack: () => weights.every(w => w === 1), points: () => sum(weights) <= points,
          rank: () => size <= k && weights.slice().sort((a, b) => b - a).every((w, i) => BigInt(w) === k - BigInt(i)),
        };
        need(allowed[kind](), "有一张选票超出规定", "a ballot is not allowed");
        many += BigInt(times);
        for (const [key, w] of choices) found.set(key, found.get(key) + BigInt(w) * BigInt(times));
      }
      need(many === n && keys.every((key, i) => found.get(key) === all[i]), "选票加起来不是公布的得票", "the ballots do not sum up to the totals");
    },
    async P1(r) {
      const { booths, sample } = obj(r.json("paper.json"), "paper.json"), log = await r.log(), corrected = sample !== null && str(own(sample, "stage")) === "corrected";
      const lines = deed => r.deeds(log, deed), seen = new Set(), closes = new Map(), said = new Map(), acts = new Map();
      for (const { data } of lines("booth.close")) closes.set(own(data, "number"), data);
      for (const { data } of lines("paper.explain")) said.set(own(data, "booth"), own(data, "sheets"));
      for (const deed of ["batch.register", "batch.drop", "batch.key", "batch.settle"]) for (const { i, data } of lines(deed)) {
        const which = `${own(data, "booth")}/${own(data, "batch")}`;
        if (!acts.has(which)) acts.set(which, []);
        acts.get(which).push({ i, deed, data });
      }
      need(ascending(list(booths, "booths").map(one => int(own(one, "number"), "number")), byNumber), "投票站的次序不对", "the booths are out of order");
      need(closes.size === booths.length && booths.every(one => closes.has(one.number)), "投票站与台账不符", "the booths are not those of the log");
      let marked = 0n, spoils = 0n, counted = 0n;
      for (const booth of booths) {
        const names = ["received", "issued", "spoiled", "unused", "in_box"], [received, issued, spoiled, unused, inBox] = names.map(name => BigInt(natural(booth[name], name)));
        need(names.every(name => own(closes.get(booth.number), name) === booth[name]), "票站的账与台账不符", "the account of a booth is not that of the log");
        need(received >= issued + unused && issued >= spoiled + inBox, "纸票的数目不平", "the numbers of papers do not add up");
        const gap = int(booth.discrepancy, "discrepancy"), batches = list(booth.batches, "batches");
        need(gap === 0 || said.get(booth.number) === gap, "有没说明的差异", "a difference was not explained");
        need(ascending(batches.map(one => int(own(one, "number"), "number")), byNumber), "批次的次序不对", "the batches are out of order");
        let whole = 0n;
        for (const batch of batches) {
          const [valid, blank, invalid, differences] = ["valid", "blank", "invalid", "differences"].map(name => BigInt(natural(batch[name], name)));
          const size = valid + blank + invalid, strange = size - BigInt(list(batch.serials, "serials").length);
          need(size > 0n && strange >= 0n && strange <= invalid, "一批的张数不对", "the sheets of a batch do not add up");
          need(ascending(batch.serials.map(one => str(one, "serial")), byText), "票号的次序不对", "the serials are out of order");
          for (const serial of batch.serials) {
            need(!seen.has(serial), "一个票号计了两次", "a serial is counted twice");
            seen.add(serial);
            need(serialOf(serial, r.round.round, booth.number, received), "不是这个投票站的票号", "no serial of this booth");
          }
          checkBatch(batch, acts.get(`${booth.number}/${batch.number}`) ?? [], corrected, differences);
          acts.delete(`${booth.number}/${batch.number}`);
          whole += size; counted += valid + blank;
        }
        need(whole === inBox + BigInt(gap), "各批之和不是箱内张数", "the batches do not add up to the box");
        marked += issued - spoiled; spoils += spoiled;
        await r.clock.tick(batches.length + 1);
      }
      for (const own2 of acts.values()) need(own2.every(one => one.deed === "batch.register" || one.deed === "batch.drop") && open(own2) === 0, "台账里还有别的批次", "the log has other batches");
      need(BigInt(lines("vote.paper").length - lines("vote.unmark").length) === marked, "发出的纸票与台账不符", "the voters marked on paper are not those of the log");
      need(BigInt(lines("booth.spoil").length) === spoils, "作废的纸票与台账不符", "the spoiled papers are not those of the log");
      if (!booths.length) return;
      const opened = lines("box.open");
      need(opened.length === 1, "没有开箱或开了几次", "the box was not opened once");
      need(corrected || own(opened[0].data, "paper") !== undefined && BigInt(natural(opened[0].data.paper, "paper")) === counted, "开箱时的纸票数不符", "the opening counted other papers");
      for (const deed of ["batch.register", "batch.key", "batch.settle", "paper.explain", "booth.close"]) need(lines(deed).every(one => one.i < opened[0].i), "开箱以后还在录票", "paper was keyed after the opening");
    },
    async P2(r) {
      const { booths, sample } = obj(r.json("paper.json"), "paper.json"), log = await r.log(), draws = r.deeds(log, "sample.draw");
      const serials = list(booths, "booths").flatMap(booth => list(booth.batches, "batches").flatMap(batch => list(batch.serials, "serials"))).sort(byText);
      need((sample === null) === (serials.length === 0) && (sample === null) === (draws.length === 0), "该有的样本没有", "a sample is missing, or there is one too many");
      if (sample === null) return;
      const opened = r.deeds(log, "box.open"), one = draws[0];
      need(draws.length === 1 && opened.length === 1, "没有抽样或开箱，或有几次", "there was not one draw and one opening");
      for (const name of ["digits", "root", "size", "margin", "limit"]) need(own(one.data, name) !== undefined && same(one.data[name], sample[name]), "抽样与台账不符", "the draw is not that of the log");
      const { digits, root, size, margin, limit, full, looks, stage } = sample, many = natural(sample.draws, "draws");
      need(/^[0-9]{6,40}$/.test(str(digits)) && natural(margin, "margin") > 0 && natural(limit, "limit") > 0 && limit < 1000 && many <= serials.length, "骰子、票差或次数不对", "the dice, the margin or the draws are wrong");
      need(natural(size, "size") > opened[0].i && size <= one.i && await r.root(size) === root, "抽样用的指纹不对", "the draw has another root than the log");
      const times = new Map();
      if (flag(full, "full")) for (const serial of serials) times.set(serial, 1);
      else for (let i = 1; i <= many; i++) {
        const place = BigInt(`0x${digest(`${root}/${digits},${i}`)}`) % BigInt(serials.length), serial = serials[Number(place)];
        times.set(serial, (times.get(serial) ?? 0) + 1);
        await r.clock.tick(20);
      }
      need(same(list(looks, "looks").map(look => look[0]), [...times.keys()].sort(byText)), "核对的不是抽中的票", "the sheets that were looked at are not those that were drawn");
      const told = r.deeds(log, "sample.look").map(({ data }) => canonical([own(data, "serial") ?? null, own(data, "differs") ?? null, own(data, "overstated") ?? null]));
      need(same(told.sort(byText), looks.map(canonical).sort(byText)), "核对与台账不符", "the looks are not those of the log");
      const kind = r.rule("vote.kind"), weight = BigInt((kind === "rank" ? natural(r.rule("vote.k", 0)) : kind === "points" ? natural(r.rule("vote.points", 0)) : 1) || 1);
      let differing = 0, top = 1n, bottom = 1n;
      const all = weight * BigInt(serials.length), m = BigInt(margin), most = 2n * weight;
      for (const look of looks) {
        const over = BigInt(natural(look[2], "overstated"));
        need(look.length === 3 && typeof look[1] === "boolean" && over <= most && (look[1] || over === 0n), "核对的数字不对", "a look is wrong");
        differing += look[1];
        if (over > 0n) { const n = BigInt(times.get(look[0])); top *= (52n * weight) ** n; bottom *= (52n * weight - 25n * over) ** n; }
      }
      need(natural(sample.differences, "differences") === differing, "不符的张数不对", "the number of differences is wrong");
      let risk = 0n;
      if (!full && m <= 2n * all) {
        top *= (52n * all - 25n * m) ** BigInt(many); bottom *= (52n * all) ** BigInt(many);
        risk = top >= bottom ? 1000n : (1000n * top + bottom - 1n) / bottom;
      }
      need(BigInt(natural(sample.risk, "risk")) === risk, "风险算得不对", "the risk is wrong");
      need(stage === "confirmed" || full && stage === "corrected", "结论不对", "the conclusion is wrong");
      need(full || sample.risk <= limit, "没有抽够", "too few sheets were drawn");
      const last = r.deeds(log, "sample.finish").at(-1), decided = r.deeds(log, "awards.decide")[0];
      need(last && own(last.data, "stands") === stage && ["draws", "full", "differences", "risk"].every(name => own(last.data, name) !== undefined && same(last.data[name], sample[name])), "结论与台账不符", "the conclusion is not that of the log");
      need(!decided || last.i < decided.i, "评定以后才抽样", "the sample came after the decision");
    },
    async S1(r) {
      const { rows, order } = scores(r), criteria = new Map(list(r.rule("criteria", [])).map(one => [str(own(one, "key")), natural(own(one, "max"), "max")]));
      need(order, "打分的次序不对或有重复", "the marks are out of order or doubled");
      need(list(r.rule("stages")).includes("review") || !rows.length, "没有评审，却有打分", "there was no review, but there are marks");
      const aside = new Set(rows.filter(one => one.criterion === "-").map(one => `${one.proposal},${one.juror}`));
      for (const one of rows) {
        await r.clock.tick(1);
        if (one.criterion === "-") { need(one.halves === "", "回避的一行写得不对", "a recusal is not well written"); continue; }
        need(criteria.has(one.criterion), "有不认识的评分项", "an unknown criterion");
        need(/^(0|[1-9][0-9]{0,15})$/.test(one.halves) && Number(one.halves) <= 2 * criteria.get(one.criterion), "有超出范围的打分", "a mark is out of range");
        need(!aside.has(`${one.proposal},${one.juror}`), "回避的评委打了分", "a juror who stepped aside gave a mark");
      }
    },
    async A1(r) {
      const kase = r.kase, made = await caseOf(r, kase), log = await r.log();
      const empty = value => value === null || value === false || value === 0 || value === "" || (Array.isArray(value) && !value.length);
      const fits = (name, given, wanted, inner = []) => {
        obj(given, name);
        for (const key of Object.keys(wanted)) if (!inner.includes(key)) need(own(given, key) !== undefined && same(given[key], wanted[key]), `${name}.${key}不是由各文件得出的`, `${name}.${key} does not follow from the files`);
        for (const key of Object.keys(given)) need(Object.hasOwn(wanted, key) || empty(given[key]), `${name}.${key}多出`, `${name}.${key} is more than there should be`);
      };
      fits("case", kase, made, ["bids", "limits", "lot", "seed"]);
      fits("limits", own(kase, "limits"), made.limits);
      const bids = list(own(kase, "bids"), "bids");
      need(bids.length === made.bids.length, "提案的个数不同", "there are more or fewer bids");
      bids.forEach((bid, i) => fits(`bid ${made.bids[i].key}`, bid, made.bids[i]));
      need(own(kase, "seed") !== undefined && own(kase, "lot") !== undefined, "缺少抽签", "the lot is missing");
      const events = new Map();
      log.forEach((line, i) => { const subject = own(line, "subject"); if (typeof subject === "string" && subject.startsWith("proposals.Proposal:")) { if (!events.has(subject)) events.set(subject, []); events.get(subject).push([i, or(own(line, "deed"), null)]); } });
      for (const one of r.proposals) need(same(own(one, "events") ?? null, events.get(`proposals.Proposal:${one.key}`) ?? []), `提案${one.key}的经过与台账不同`, `the events of proposal ${one.key} are not those of the log`);
    },
    async A2(r) {
      const seed = str(own(r.kase, "seed"), "seed"), keys = list(own(r.kase, "bids"), "bids").map(bid => int(own(bid, "key"), "key")), log = await r.log();
      need(ASCII.test(seed) && same(lot(seed, keys), own(r.kase, "lot") ?? null), "抽签的顺序不是种子定出的", "the lot is not what the seed draws");
      const opened = r.deeds(log, r.source === "here" ? "round.open_call" : "round.enter"), numbers = r.deeds(log, "round.enter_number"), [secret, ...rest] = seed.split("/");
      need(opened.length === 1 && own(opened[0].data, "lot") === digest(secret), "种子不是事先封好的", "the seed is not the one that was committed to");
      need(numbers.length <= 1, "公布的数字不止一个", "more than one public number");
      need(numbers.length ? rest.length > 0 && rest.join("/") === own(numbers[0].data, "number") : !rest.length, "种子与公布的数字不符", "the seed does not end in the public number");
    },
    async A3(r) {
      const kase = r.kase, method = own(kase, "method");
      await count(kase, method === "equal_shares" || method === "phragmen" ? ballotsOf(r) : [], r.outcome, r.clock);
    },
    async A4(r) {
      const fingerprint = own(r.json("allocation.json"), "fingerprint");
      need(fingerprint === digest(canonical(r.kase) + canonical(r.outcome)), "决定的指纹不对", "the fingerprint of the decision is wrong");
      const found = r.deeds(await r.log(), r.source === "here" ? "awards.publish" : "awards.enter_election");
      need(found.length && own(found[found.length - 1].data, "fingerprint") === fingerprint, "台账公布的是另一个决定", "the log published another decision");
    },
    async N1(r) {
      const bids = list(own(r.kase, "bids"), "bids"), costs = new Map(bids.map(bid => [int(own(bid, "key")), int(own(bid, "cost"))])), reserve = new Set(list(own(r.outcome, "reserve"), "reserve"));
      const grants = new Map(list(own(r.outcome, "grants"), "grants").map(one => [one[0], int(one[1], "grant")])), now = new Map(), funded = new Set(list(own(r.outcome, "funded"), "funded"));
      need([...funded].every(key => grants.has(key)) && [...funded, ...reserve].every(key => costs.has(key)), "结果里有不认识的提案", "the outcome names other bids");
      for (const key of costs.keys()) now.set(key, funded.has(key) ? ["standing", grants.get(key)] : [reserve.has(key) ? "reserve" : "out", 0]);
      const awards = r.json("awards.json");
      for (const change of list(own(awards, "changes"), "changes")) {
        const [stage, before] = now.get(own(change, "key")) ?? [], grant = natural(own(change, "grant"), "grant");
        str(own(change, "notice"), "notice");
        need((stage === "standing" && grant < before) || (stage === "reserve" && grant === costs.get(change.key)), "有一处更正不合规定", "a change is not allowed");
        now.set(change.key, grant > 0 || stage === "reserve" ? ["standing", grant] : ["cancelled", 0]);
      }
      const made = [...now].sort((a, b) => a[0] - b[0]).map(([key, [stage, grant]]) => ({ grant, key, stage }));
      need(same(made, list(own(awards, "awards"), "awards")), "资助名单与结果不符", "the awards do not follow from the outcome");
      need(sum(made.map(one => one.grant)) <= BigInt(int(r.rule("budget"), "budget")) + BigInt(int(or(own(r.outcome, "extra"), 0))), "资助总额超出预算", "the grants are more than the budget");
    },
    async K1(r) {
      const balance = new Map(), reversed = new Set(), vouchers = r.jsonl("ledger.jsonl");
      const form = (postings, sign) => postings.map(([account, amount]) => canonical([account, sign * amount])).sort();
      for (let i = 0; i < vouchers.length; i++) {
        const one = vouchers[i], postings = list(own(one, "postings"), "postings");
        await r.clock.tick(postings.length);
        need(one.number === i + 1, "凭证编号有缺", "a voucher is missing");
        need(postings.length !== 1 && postings.every(posting => list(posting).length === 2 && int(posting[1], "amount") !== 0) && sum(postings.map(posting => posting[1])) === 0n, `第${i + 1}号凭证不平`, `voucher ${i + 1} does not balance`);
        for (const [account, amount] of postings) { need(/^(cash|running|given|other|source|(source|cost|owed)\/[1-9][0-9]*)$/.test(str(account)), "有不认识的科目", "an unknown account"); balance.set(account, (balance.get(account) ?? 0n) + BigInt(amount)); }
        for (const [account] of postings) need(account === "cash" ? balance.get(account) >= 0n : account.startsWith("owed/") ? balance.get(account) <= 0n : true, `第${i + 1}号凭证后${account}的余额不对`, `after voucher ${i + 1} the balance of ${account} is wrong`);
        if (one.reverses === null) continue;
        const n = natural(one.reverses, "reverses");
        need(n >= 1 && n <= i && !reversed.has(n) && same(form(postings, 1), form(vouchers[n - 1].postings, -1)), `第${i + 1}号冲销不对`, `the reversal ${i + 1} is wrong`);
        reversed.add(n);
      }
    },
    async K2(r) {
      const grants = new Map(list(own(r.json("awards.json"), "awards"), "awards").filter(one => own(one, "stage") === "standing").map(one => [String(one.key), BigInt(natural(one.grant, "grant"))])), balance = new Map();
      for (const one of r.jsonl("ledger.jsonl")) {
        const postings = list(own(one, "postings"), "postings"), touched = new Set();
        for (const [account, amount] of postings) {
          balance.set(str(account), (balance.get(account) ?? 0n) + BigInt(int(amount, "amount")));
          if (/^(cost|owed)\//.test(account)) touched.add(account.slice(5));
        }
        await r.clock.tick(postings.length);
        for (const key of touched) {
          const cost = balance.get(`cost/${key}`) ?? 0n, owed = balance.get(`owed/${key}`) ?? 0n;
          need(grants.has(key), `${key}没有获得资助`, `${key} was awarded nothing`);
          need(cost >= 0n && cost <= grants.get(key) && cost + owed >= 0n, `提案${key}的账超出资助额`, `the books of ${key} go beyond its grant`);
        }
      }
    },
    async O1(r) {
      const all = list(r.json("objections.json"), "objections.json"), log = await r.log(), notices = new Map();
      const number = stage => all.filter(one => own(one, "stage") === stage).length, deeds = deed => r.deeds(log, deed).length;
      need(all.every(one => ["open", "upheld", "rejected"].includes(own(one, "stage")) && (own(one, "answered") === null) === (one.stage === "open")), "异议的答复写得不对", "an objection is not well written");
      need(all.length === deeds("awards.object") && number("upheld") === deeds("awards.uphold") && number("rejected") === deeds("awards.reject"), "异议的件数与台账不符", "the numbers of objections are not those of the log");
      for (const one of all) { const notice = str(one.notice, "notice"); if (!notices.has(notice)) notices.set(notice, []); notices.get(notice).push(natural(one.number)); }
      for (const numbers of notices.values()) need(numbers.sort(byNumber).every((n, i) => n === i + 1), "异议的编号有缺", "an objection is missing");
      need(ascending(all, (a, b) => byText(str(a.filed), str(b.filed)) || byText(a.notice, b.notice) || a.number - b.number), "异议的次序不对", "the objections are out of order");
    },
    async C1(r, { receipt }) {
      const wanted = asked(receipt) ?? wrong("这不是回执码", "this is no receipt"), fits = code => (wanted.code ? code === wanted.code : HEX64.test(code) && receiptOf(code) === wanted.receipt);
      if (r.text("receipts.txt").split("\n").some(fits)) return null;
      const log = await r.log();
      for (const line of log) {
        const data = own(line, "data"), deed = own(line, "deed"), code = own(data, "code"), replaced = own(data, "replaces");
        if (deed === "ballot.recast" && typeof replaced === "string" && fits(replaced)) wrong("这张选票后来改投，换成了另一张，所以不计入", "this ballot was replaced by a later one of its voter");
        if (deed === "ballot.override" && typeof code === "string" && fits(code)) wrong("本人后来投了纸质选票，所以网上这张不计入", "its voter voted on paper later, so this one does not count");
        if (deed === "ballot.spoil" && typeof code === "string" && fits(code)) wrong("这张选票当场作废查看过，所以不计入", "this ballot was given up on purpose, to look at it");
      }
      return wrong("计入的选票里没有这个回执码", "no counted ballot has this receipt");
    },
    async C2(r, { opening }) {
      const code = digest(opening), spoiled = r.deeds(await r.log(), "ballot.spoil").some(one => own(one.data, "code") === code);
      need(opening.startsWith(`sanlin-ballot-2:${int(r.round.round, "round")}:`), "这不是本轮选票的原文", "this is no opening of this round");
      need(spoiled, "台账里没有这样一张当场作废的选票", "the log names no such ballot as given up");
    },
  };

  function codesOf(log) { // B1
    const accepted = new Set(), counted = new Set(), spoiled = new Set();
    let closed = false;
    for (const line of log) {
      const deed = own(line, "deed"), data = own(line, "data");
      if (deed === "vote.close") closed = true;
      if (!CODES.has(deed)) continue;
      need(!closed, "截止以后还有选票", "a ballot after the close");
      const code = own(data, "code");
      need(typeof code === "string" && HEX64.test(code), "有一个码写得不对", "a code is not well written");
      const ends = deed === "ballot.override" ? code : deed === "ballot.recast" ? own(data, "replaces") : null;
      if (ends !== null) need(counted.delete(ends), "有一个码还没有计入就被取消", "a code stops counting that did not count");
      if (deed === "ballot.spoil") { need(!spoiled.has(code) && !accepted.has(code), "作废的码又出现", "a spoiled code comes again"); spoiled.add(code); }
      if (deed === "ballot.cast" || deed === "ballot.recast") {
        need(!accepted.has(code) && !spoiled.has(code), "同一个码计入两次", "a code is accepted twice");
        accepted.add(code); counted.add(code);
      }
    }
    return { counted, spoiled };
  }
  function scores(r) {
    const [header, ...rest] = r.text("scores.csv").split("\n");
    need(header === "proposal,juror,criterion,halves", "打分文件的表头不对", "the header of the marks is wrong");
    const rows = rest.slice(0, -1).map(line => {
      const found = /^([1-9][0-9]{0,14}),([1-9][0-9]{0,14}),([^,"]+),([^,"]*)$/.exec(line) ?? wrong("打分文件有一行写得不对", "a row of the marks is wrong");
      return { proposal: Number(found[1]), juror: Number(found[2]), criterion: found[3], halves: found[4] };
    });
    return { rows, order: ascending(rows, (a, b) => a.proposal - b.proposal || a.juror - b.juror || byText(a.criterion, b.criterion)) };
  }
  function sheetsOf(r) { // 5.6: Map juror → Map proposal → fraction
    const criteria = list(r.rule("criteria", [])).map(one => ({ key: str(own(one, "key")), weight: BigInt(natural(own(one, "weight"), "weight")), max: BigInt(natural(own(one, "max"), "max")) }));
    const given = new Map(), sheets = new Map(), blank = r.rule("scoring.blank");
    for (const row of scores(r).rows) {
      if (row.criterion === "-") continue;
      if (!given.has(row.juror)) given.set(row.juror, new Map());
      const of = given.get(row.juror);
      if (!of.has(row.proposal)) of.set(row.proposal, new Map());
      of.get(row.proposal).set(row.criterion, BigInt(row.halves));
    }
    for (const [juror, of] of given) for (const [proposal, halves] of of) {
      const marked = criteria.filter(one => halves.has(one.key));
      if (!marked.length || (marked.length < criteria.length && blank !== "scale")) continue;
      const top = marked.map(one => Q(one.weight * halves.get(one.key), 2n * one.max)).reduce(add, ZERO);
      if (!sheets.has(juror)) sheets.set(juror, new Map());
      sheets.get(juror).set(proposal, div(mul(Q(100), top), Q(sum(marked.map(one => one.weight)))));
    }
    return sheets;
  }
  const ballotsOf = r => r.jsonl("ballots.jsonl").map(one => ({ choices: list(own(one, "choices"), "choices"), times: natural(own(one, "times"), "times") }));
  async function caseOf(r, kase) { // 6.1
    const here = r.source === "here", method = r.rule("award.method"), whole = method === "equal_shares" || method === "phragmen", proposals = r.proposals, reviewed = list(r.rule("stages")).includes("review");
    need(["score", "votes", "blend", "equal_shares", "phragmen", "welfare"].includes(method), "不认识的方法", "an unknown method");
    need(whole === (r.round.ballots === "whole"), "这个方法与公布选票的方式不符", "the method and the way in which ballots are published do not agree");
    need(ascending(proposals.map(one => int(own(one, "key"), "key")), byNumber) && proposals.every(one => one.key > 0) && new Set(proposals.map(one => int(own(one, "number"), "number"))).size === proposals.length, "提案的次序或编号不对", "proposals are out of order or doubled");
    if (here) need(r.round.overflow === r.rule("award.overflow"), "办法的规则与本轮的不同", "the rule of the round is not that of its rules");
    const totals = obj(r.json("totals.json"), "totals.json"), votes = new Map(r.voted ? list(totals.votes, "votes") : []), cast = r.voted ? natural(own(r.round.roll, "cast"), "roll.cast") : 0;
    let carried = () => true;
    if (r.voted && r.rule("vote.kind", "") === "stance") {
      const of = new Map(list(totals.opinions, "opinions").map(([key, ...row]) => [key, row.map(x => BigInt(natural(x)))])), rule = r.rule("vote.carried");
      need(["any", "more_for", "half_of_cast"].includes(rule), "不认识的通过规则", "an unknown rule of what is carried");
      carried = key => {
        const [support, against, , follow, silent] = of.get(key) ?? bad("opinions"), moving = follow + (r.rule("vote.silence") === "follow" ? silent : 0n), agree = BigInt(natural(votes.get(key), "votes"));
        return rule === "any" || (rule === "more_for" ? agree > against + (against > support ? moving : 0n) : 2n * agree > BigInt(cast));
      };
    }
    const found = here && reviewed ? await marks(sheetsOf(r), r.rule("scoring.mean"), r.clock) : new Map();
    const partial = here && r.rule("award.partial") === "remainder", least = cost => { const n = (BigInt(cost) * BigInt(natural(r.rule("award.partial_min", 0))) + 999n) / 1000n; return Number(n > 1n ? n : 1n); };
    const bids = proposals.filter(one => carried(one.key)).map(one => ({
      community: here ? own(one, "community") : null, cost: int(own(one, "cost"), "cost"), key: one.key, least: partial ? least(one.cost) : null, own_funds: here ? own(one, "own_funds") : 0,
      score: found.has(one.key) ? show(found.get(one.key)) : null, sent: one.number, team: here ? own(one, "team") : null, theme: here ? own(one, "theme") : null, tier: here ? own(one, "tier") : null,
      votes: r.voted ? natural(votes.get(one.key), "votes") : 0,
    }));
    const in_ = new Set(bids.map(bid => bid.key)), tiers = here ? list(r.rule("tiers", [])) : [], themes = here ? list(r.rule("themes", [])) : [], floors = [];
    const floor = (kind, name, projects, money) => { if (projects || money) floors.push({ kind, money: money ?? 0, name, projects }); };
    for (const one of tiers) floor("tier", own(one, "key"), or(own(one, "least"), 0), or(own(one, "floor"), null));
    for (const one of themes) floor("theme", own(one, "key"), or(own(one, "least"), 0), or(own(one, "floor"), null));
    if (here) for (const name of [...new Set(bids.map(bid => bid.community))].filter(name => name !== null).sort(byNumber)) floor("community", name, r.rule("community_least", 0), r.rule("community_floor", null));
    const min = r.rule("award.min_score", null);
    const limits = {
      budget: r.rule("budget"), community_cap: here ? r.rule("community_cap", null) : null, project_cap: here ? r.rule("project_cap", null) : null, team_cap: here ? r.rule("team_cap", null) : null,
      exclusive: here ? list(r.round.exclusive, "exclusive").map(group => list(group).filter(key => in_.has(key))).filter(group => group.length > 1) : [],
      min_score: here && min !== null ? show(Q(int(min))) : null, floors, min_votes: r.rule("award.min_votes", null), own_share: here ? r.rule("own_funds_min", 0) : 0,
      one_per_team: here ? r.rule("award.one_per_team") : false, partial, reserve: here ? r.rule("award.reserve") : 0,
      theme_caps: themes.filter(one => or(own(one, "cap"), null) !== null).map(one => [own(one, "key"), own(one, "cap")]),
      tiers: tiers.map(one => ({ cap: or(own(one, "cap"), null), key: own(one, "key"), money: or(own(one, "money"), null), places: or(own(one, "places"), null) })), topup: 800,
    };
    const order = (a, b) => {
      for (let i = 0; i < a[0].length && i < b[0].length; i++) { const by = a[0][i][0] - b[0][i][0] || a[0][i][1] - b[0][i][1]; if (by) return by; }
      return a[0].length - b[0].length;
    };
    return {
      ballots: cast, bids, choices: whole ? ballotsOf(r).map(one => [one.choices, one.times]).sort(order) : [], climb: false, completion: here ? r.rule("award.completion", "none") : "none",
      expert: r.rule("award.expert", 0), limits, lot: null, method, normaliser: r.rule("award.normaliser", "share_of_ballots"), public: r.rule("award.public", 0), rule: r.round.overflow,
      rules: digest(canonical(r.rules)), seed: null, ties: r.rule("award.ties"), utility: here ? r.rule("award.utility", "cost") : "",
    };
  }

  /** All checks of one archive. See the top of this file. */
  async function verify(bytes, options = {}) {
    const clock = new Clock(options), lines = [], given = { L2: "root", L6: "old", C1: "receipt", C2: "opening" };
    let record = new Record(bytes, clock);
    try { await record.open(); } catch { Object.assign(record, { zip: false, names: [], files: new Map() }); }
    for (const [code, zh, en] of CHECKS) {
      if (given[code] && !options[given[code]]) continue;
      clock.begin(code);
      let line;
      try {
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
    return { lines, ok: lines.every(line => line.ok) };
  }

  return {
    verify, CHECKS,
    Wrong, wrong, need, Clock, sha256, digest, hex, utf8, joined, equalBytes, canonical, parse, isCanonical, same, own, bad, int, natural, str, list, obj, flag, or, sum,
    HEX64, Q, add, mul, div, fraction, show, ZERO, CONTENT, FIXED, pack, unpack, roots, linesOf, fromBase64, checkpoint, receiptOf, asked, marks, count, lot, byText,
  };
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
  const sum = (ok, compared) => {
    total.className = `alert ${ok ? "done" : "wrong"}`;
    const head = document.createElement("strong");
    head.textContent = `总计 ${passed(ok)}`;
    total.replaceChildren(head, both(ok ? "这份公开账本的每一项检查都通过。" : "这份公开账本有检查没有通过，请看上面标出的几行。", ok ? "Every check of this record passed." : "Not every check passed; see the lines above."));
    if (ok && !compared) total.append(both("您没有填公示上的指纹，所以还不知道它是不是公示的那一份。", "You gave no printed root, so you do not yet know that it is the record of the notice."));
    total.dataset.ok = ok ? "yes" : "no"; total.hidden = false;
  };
  async function bytesOf(file) { return new Uint8Array(await file.arrayBuffer()); }

  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (busy) return;
    found.replaceChildren(); total.hidden = true; delete total.dataset.ok;
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
      const { lines, ok } = await SanlinVerifier.verify(await bytesOf(file), options), wrong = lines.filter(line => !line.ok).length;
      say(`核对完毕：${lines.length}项，${wrong}项不通过。`, `Done: ${lines.length} checks, ${wrong} failed.`);
      sum(ok, options.root !== "");
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
