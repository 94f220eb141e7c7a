// The verifier: bytes and keys in, an answer out. It knows no page and no
// network, so that node can run it as a browser does. What it accepts is what
// the Go packages cose, compact and status accept.

// need refuses what is not so. The code says why, where the page has words for it; without
// one it is the usual reason of whoever asked.
const need = (ok, code) => { if (!ok) throw {code}; };

// CBOR, deterministic encoding only (RFC 8949, section 4.2.1): integers that
// JavaScript keeps exact, bytes, texts, arrays, maps, true, false, null. A map
// becomes a Map, bytes a Uint8Array.
const utf8 = new TextDecoder("utf-8", {fatal: true, ignoreBOM: true});

function decode(bytes) {
	let at = 0;
	const length = info => {
		if (info < 24) return info;
		need(info < 28);
		const size = 1 << (info - 24);
		need(at + size <= bytes.length);
		let n = 0;
		for (let i = 0; i < size; i++) n = n * 256 + bytes[at++];
		need(n >= [24, 256, 65536, 4294967296][info - 24] && Number.isSafeInteger(n));
		return n;
	};
	const take = n => {
		need(n <= bytes.length - at);
		at += n;
		return bytes.subarray(at - n, at);
	};
	const item = depth => {
		need(depth < 8 && at < bytes.length);
		const first = bytes[at++], info = first & 31, n = length(info);
		switch (first >> 5) {
		case 0: return n;
		case 1: need(n < Number.MAX_SAFE_INTEGER); return -1 - n;
		case 2: return take(n);
		case 3: try { return utf8.decode(take(n)); } catch { return need(); }
		case 4: {
			need(n <= bytes.length - at);
			const list = [];
			for (let i = 0; i < n; i++) list.push(item(depth + 1));
			return list;
		}
		case 5: {
			need(n <= bytes.length - at);
			const map = new Map();
			let before = "";
			for (let i = 0; i < n; i++) {
				const start = at, key = item(depth + 1), written = hex(bytes.subarray(start, at));
				need(typeof key == "number" || typeof key == "string");
				need(before < written);
				before = written;
				map.set(key, item(depth + 1));
			}
			return map;
		}
		case 7:
			need(info >= 20 && info <= 22);
			return [false, true, null][info - 20];
		}
		return need();
	};
	const value = item(0);
	need(at == bytes.length);
	return value;
}

// fields takes a map apart: every key must be known, and every value of its
// kind. A kind that begins with "?" may be missing.
const kinds = {
	int: Number.isSafeInteger,
	count: v => Number.isSafeInteger(v) && v > 0,
	text: v => typeof v == "string",
	name: v => isPlain(v) && !boasts(v),
	bytes: v => v instanceof Uint8Array,
	list: Array.isArray,
	full: v => Array.isArray(v) && v.length > 0,
	map: v => v instanceof Map,
	true: v => v === true,
};

// characters matches what a label is written in: CHARACTERS, as the Go package labels has it.
let end = 0, length = 0, ranges = "", inside = 1;
for (const c of CHARACTERS) {
	const digit = c.charCodeAt();
	length = length * 29 + digit - (digit < 97 ? 63 : 97);
	if (digit < 97) continue;
	end += length;
	length = 0;
	ranges += (inside ^= 1) ? `-\\u{${(end - 1).toString(16)}}` : `\\u{${end.toString(16)}}`;
}
const characters = RegExp(`^[${ranges}]+$`, "u");

// withoutJoiners takes away those characters that join letters or keep them apart where they may stand
// (see the Go function mayJoin): between two Arabic letters, or a letter and a virama of one Indic script.
const script = n => n > 0x61f && n < 0x64b || n > 0x66d && n < 0x6d4 || n > 0x6f9 && n < 0x6fd ? 1 : n >> 7 > 17 && n >> 7 < 28 ? n >> 7 : 0;
const isVirama = n => (n & 127) == (n >> 7 == 27 ? 74 : 77);
const isIndic = n => (n & 127) > 4 && (n & 127) < (n >> 7 == 27 ? 71 : 58);
const mayJoin = (a, b) => script(a) && script(a) == script(b) && (script(a) == 1 || isVirama(a) && isIndic(b) || isIndic(a) && isVirama(b));
const withoutJoiners = v => v.replace(/(.)[\u200c\u200d](?=(.))/gsu, (all, a, b) => mayJoin(a.codePointAt(), b.codePointAt()) ? a : all);

// isPlain is what may stand on a label: nothing that is not seen, no blank at an end.
const isPlain = v => kinds.text(v) && characters.test(withoutJoiners(v)) && v == v.trim();

// Put before this script when a page is built: CHARACTERS, above; LOOKS, Latin letters each before those of
// other scripts that look like it; NEVER, phrases in the form of face by the scheme
// that may be called so, with "|" between, "*" before those that may stand inside of
// longer words, "#" for a digit of LEVELS and "!" before what may not follow and then
// before what may not stand in front, with "/" between several; DENIALS
// and BEHIND, which make them the opposite; RATED, for STARS as they are drawn; EDITIONS, those that are
// known, each behind the id of its scheme; EDITION, the form of all, and NOEDITION, what has it
// and is none; NUMBERS, what names a scheme in an edition, by its id.
const looks = Object.fromEntries(LOOKS.split(" ").flatMap(([to, ...from]) => from.map(c => [c, to])));
const rated = RegExp(RATED.replace(/S/g, `[${STARS}]`), "u");
const phrases = Object.fromEntries(Object.entries(NEVER).map(([scheme, list]) =>
	[scheme, list.split("|").flatMap(p => p.includes("#") ? [...LEVELS].map(d => p.replace("#", d)) : p)]));
const [denials, behind] = [DENIALS, BEHIND].map(list => list.split("|"));
const alike = {i: "l", 1: "l", "|": "l", 0: "o", "\u2212": "-"};
const latin = c => (looks[c] || looks[c.toLowerCase()] || c.toLowerCase()).slice(0, c.length);
const through = (text, f) => [...text].map(f).join("");

// face is what people see of a text: one form for all that look the same.
function face(text) {
	const plain = through(text.trim().split(/\s+/).join(" "), latin).normalize("NFKD").replace(/[\p{Cf}\p{DI}\u2800]/gu, "");
	return through(plain.replace(/\p{Pd}/gu, "-").replace(/[\u2018\u2019\u02bc\u02b9\u2032`\u00b4]/g, "'"), c => alike[latin(c)] || latin(c));
}

// joined is face, with the letters together that look like one.
const joined = text => face(text).replace(/rn/g, "m").replace(/vv/g, "w");
const begins = (name, beginning) => [face, joined].some(f => f(name).startsWith(f(beginning)));
const sameName = (a, b) => joined(a) == joined(b) || a.normalize().toLowerCase() == b.normalize().toLowerCase();

// denied reports whether words end in a denial that is not denied itself.
const denied = before => denials.some(d => before.endsWith(" " + d) && !denied(before.slice(0, -d.length - 1)));

function boasts(text, ...schemes) {
	const parts = face(text).replace(/\p{M}/gu, "").split(/[^\p{L}\p{Nd}]+/u).filter(part => part), letters = parts.join(""), before = new Map([[0, " "]]);
	let at = 0;
	parts.forEach((part, i) => before.set(at += part.length, " " + parts.slice(0, i + 1).join(" ")));
	const says = phrase => {
		const [form, unless, after] = phrase.replace("*", "").split("!");
		for (let i = -1; (i = letters.indexOf(form, i + 1)) >= 0;) {
			const end = i + form.length, rest = letters.slice(end);
			if ((phrase[0] == "*" || before.has(i) && before.has(end)) && !(unless && unless.split("/").some(u => rest.startsWith(u))) &&
				!(after && after.split("/").some(a => letters.slice(0, i).endsWith(a))) &&
				!denied(before.get(i) || "") && !behind.some(d => rest.startsWith(d))) return true;
		}
	};
	return Object.entries(phrases).some(([id, list]) => !schemes.includes(id) && list.some(says)) || rated.test(text);
}

// isEdition reports whether a text says which edition of a scheme it is, and nothing else.
const isEdition = (id, text) => text.length <= 100 && RegExp(EDITION, "i").test(text) && !RegExp(NOEDITION, "i").test(text) &&
	!Object.entries(NUMBERS).some(([other, number]) => other != id && RegExp(number).test(text));

// isNewer reports whether the page knows a scheme, and not in this edition.
const isNewer = s => EDITIONS.some(e => e.startsWith(s.id + " ")) && !EDITIONS.includes(s.id + " " + s.edition);

// isGTIN reports whether the last of 14 digits is right.
const isGTIN = text => [...text].reduce((sum, d, i) => sum + d * (i % 2 ? 1 : 3), 0) % 10 == 0;

// isOlder compares versions that are numbers with dots between them.
const numbers = version => /^v?V?\d+(\.\d+){0,7}$/.test(version) && version.replace(/^v?V?/, "").split(".").map(BigInt);

function isOlder(a, b) {
	const [x, y] = [a, b].map(numbers);
	for (let i = 0; x && y && i < 8; i++) if ((x[i] || 0n) != (y[i] || 0n)) return (x[i] || 0n) < (y[i] || 0n);
	return false;
}

function fields(map, pairs) {
	const known = new Map(pairs);
	need(map instanceof Map);
	for (const key of map.keys()) need(known.has(key));
	return pairs.map(([key, kind]) => {
		const value = map.get(key);
		if (value === undefined && kind[0] == "?") return undefined;
		need(kinds[kind.replace("?", "")](value));
		return value;
	});
}

// COSE_Sign1 (RFC 9052). The key says which algorithm it is for.
const algorithms = {
	"-7": [{name: "ECDSA", namedCurve: "P-256"}, {name: "ECDSA", hash: "SHA-256"}, 64],
	"-35": [{name: "ECDSA", namedCurve: "P-384"}, {name: "ECDSA", hash: "SHA-384"}, 96],
	"-8": [{name: "Ed25519"}, {name: "Ed25519"}, 64],
};

function parse(bytes) {
	need(bytes[0] == 0xD2);
	const parts = decode(bytes.subarray(1));
	need(Array.isArray(parts) && parts.length == 4);
	const [head, open, payload, signature] = parts;
	need(kinds.bytes(head) && open instanceof Map && open.size == 0 && kinds.bytes(payload) && kinds.bytes(signature));
	const [alg, key, type] = fields(decode(head), [[1, "int"], [4, "?bytes"], [16, "?text"]]);
	need(algorithms[alg] && (!key || key.length > 0) && type !== "");
	return {alg, key, type, head, payload, signature};
}

function bstr(bytes) {
	const n = bytes.length;
	const head = n < 24 ? [64 + n] : n < 256 ? [88, n] : n < 65536 ? [89, n >> 8, n & 255] : [90, n >>> 24, n >> 16 & 255, n >> 8 & 255, n & 255];
	return [...head, ...bytes];
}

// verifySignature checks a signature with a key {alg, spki}.
async function verifySignature(alg, spki, message, signature) {
	const [kind, how, size] = algorithms[alg];
	if (signature.length != size) return false;
	const key = await crypto.subtle.importKey("spki", spki, kind, false, ["verify"]);
	return crypto.subtle.verify(how, key, signature, message);
}

async function verify(message, key) {
	if (message.alg != key.alg) return false;
	const context = [...new TextEncoder().encode("Signature1")];
	const signed = new Uint8Array([0x84, 0x60 + context.length, ...context, ...bstr(message.head), 0x40, ...bstr(message.payload)]);
	return verifySignature(key.alg, fromBase64(key.spki), signed, message.signature);
}

const fromBase64 = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const hex = bytes => [...bytes].map(b => b.toString(16).padStart(2, "0")).join("");

// The text of a QR code: behind "#" a number in base 43 between A and Z.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:";

function fromText(text) {
	text = text.trim();
	need(text.length <= 3072, "other");
	const code = text.slice(text.indexOf("#") + 1);
	need(text.includes("#") && code != "", "other");
	need(!/^sha256:[0-9a-f]{64}$/.test(code), "address"); // of a label, on a box
	need(code[0] == "A", "other");
	need(code.length > 1 && code.endsWith("Z"), "cut");
	need(code.length > 2 && code[1] != "0");
	let n = 0n;
	for (const c of code.slice(1, -1)) {
		const digit = alphabet.indexOf(c);
		need(digit >= 0);
		n = n * 43n + BigInt(digit);
	}
	const digits = n.toString(16);
	const bytes = (digits.length % 2 ? "0" + digits : digits).match(/../g).map(b => parseInt(b, 16));
	need(bytes.length <= 1024);
	return new Uint8Array(bytes);
}

// The claims of a compact label: see the Go package compact.
const daySeconds = 86400, lastDay = 2932896;
const address = /^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:([1-9][0-9]{0,4}))?(\/[A-Za-z0-9._~:/?!$&'()*+,;=%@-]*)?$/;
const isAddress = s => s.length <= 120 && address.test(s) && !/\/(?:\.|%2e){1,2}(?:[/?]|$)/i.test(s) && !(address.exec(s)[3] > 65535);
const asked = s => s.replace(/^(https:..[^/]*):443(?![^/])/, "$1"); // the port that https has anyway
const isDay = s => s >= 0 && s <= lastDay * daySeconds && s % daySeconds == 0;
const within = (n, low, high) => n >= low && n <= high;

function readLabel(payload) {
	const claims = decode(payload);
	const version = claims instanceof Map && claims.get(-65537) instanceof Map && claims.get(-65537).get(1);
	need(!(version > 1), "version");
	const [issuer, expires, issued, id, status, body] =
		fields(claims, [[1, "text"], [4, "int"], [6, "int"], [7, "bytes"], [65535, "?map"], [-65537, "map"]]);
	const [v, maker, product, models = [], moreModels = 0, gtin = 0, support, schemes, moreSchemes = 0, firmware, minimum, standing = 0, demo = false, shortened = []] =
		fields(body, [[1, "int"], [2, "name"], [3, "name"], [4, "?full"], [5, "?count"], [6, "?count"], [7, "int"], [8, "full"], [9, "?count"],
			[10, "?name"], [11, "?name"], [12, "?count"], [13, "?true"], [14, "?full"]]);
	need(v == 1 && id.length == 32 && !issuer.includes("/") && isAddress("https://" + issuer) &&
		isDay(issued) && isDay(expires - daySeconds) && within(support, 0, lastDay) && expires > issued && expires - daySeconds <= support * daySeconds &&
		gtin <= 99999999999999 && isGTIN(String(gtin).padStart(14, "0")) && standing <= 2 && moreModels <= 1000 && moreSchemes <= 1000 && models.length <= 64 && schemes.length <= 64 &&
		models.every(kinds.name));
	let last = 0;
	for (const f of shortened) {
		// No shorter text is cut; of one letter anybody's name could be the whole.
		const text = [maker, product, models[0], , , , , , firmware, minimum][f - 2];
		need(kinds.int(f) && f > last && f <= 32 && !(text && new TextEncoder().encode(text).length < 8));
		last = f;
	}
	const label = {
		issuer, issued, expires, id, maker, product, models, moreModels, gtin: gtin ? String(gtin).padStart(14, "0") : "", support: support * daySeconds,
		schemes: schemes.map(s => {
			need(Array.isArray(s) && s.length == 3 && isPlain(s[0]) && !boasts(s[0], s[0]) && isPlain(s[1]) && !boasts(s[1], s[0]) &&
				isEdition(s[0], s[1]) && kinds.int(s[2]) && within(s[2], 0, 1000));
			return {id: s[0], edition: s[1], level: s[2]};
		}),
		moreSchemes, firmware, minimum, standing, demo, shortened,
	};
	need(label.schemes.every((s, i) => label.schemes.every((other, j) => j >= i || !sameName(s.id, other.id))) &&
		(shortened.includes(10) || shortened.includes(11) || !isOlder(firmware, minimum)));
	if (status) {
		const [place] = fields(status, [["status_list", "map"]]);
		const [index, list] = fields(place, [["idx", "int"], ["uri", "text"]]);
		need(within(index, 0, 16777215) && isAddress(list) && !boasts(list.replace(/^https:..[^/]*/, ""), ...label.schemes.map(s => s.id)));
		label.status = {index, list};
	}
	return label;
}

// A status list: see the Go package status.
const maxEntries = 16777216, revoked = 1;

async function readList(payload) {
	const [issuer, list, expires, issued, entries, ttl = 0, changes = []] =
		fields(decode(payload), [[1, "text"], [2, "text"], [4, "int"], [6, "int"], [65533, "map"], [65534, "?count"], [-65538, "?full"]]);
	const [bits, packed] = fields(entries, [["bits", "int"], ["lst", "bytes"]]);
	need(issuer != "" && isAddress(list) && issued >= 0 && expires <= 253402300799 && within(expires - issued, 1, 400 * daySeconds) && within(ttl, 0, 400 * daySeconds));
	need([1, 2, 4, 8].includes(bits) && changes.length <= 65536);
	const content = await inflate(packed, maxEntries / 8 * bits), size = content.length * 8 / bits;
	need(size > 0);
	const value = index => content[index * bits >> 3] >> index * bits % 8 & (1 << bits) - 1;
	const last = new Map();
	let day = 0;
	for (const change of changes) {
		need(Array.isArray(change) && change.length == 3 && change.every(kinds.int));
		const [index, on, to] = change;
		need(within(index, 0, size - 1) && within(on, day, Math.floor(issued / daySeconds)) && within(to, 0, (1 << bits) - 1));
		need(last.get(index) != revoked || to == revoked);
		day = on;
		last.set(index, to);
	}
	for (let i = 0; i < size; i++) need(value(i) == (last.get(i) || 0));
	return {issuer, list, issued, end: ttl ? Math.min(expires, issued + ttl) : expires, size, value, changes};
}

async function inflate(packed, limit) {
	const out = [];
	let size = 0;
	const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
	for (let part; !(part = await reader.read()).done;) {
		size += part.value.length;
		need(size <= limit);
		out.push(part.value);
	}
	const all = new Uint8Array(size);
	let at = 0;
	for (const part of out) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}

// canSign reports whether a key may sign at a time, in seconds.
const canSign = (key, at) => at >= (key.from || 0) && at < (key.until || Infinity);

// isAt reports whether the list of a label lies below one of the addresses.
const isAt = (label, places) => places.some(p => asked(label.status.list).startsWith(asked(p)));

// statusOf asks the list that an authentic label names. It gives {value, asOf},
// or {unknown: why}; anything that is not a fresh list of this issuer is unknown.
// A revocation is for good: it is remembered, and an old list tells of it too. So are
// the label's other changes: an issuer only adds to what it has said, and of a list
// that has lost one, whenever it was signed, nobody knows what to believe.
async function statusOf(label, issuer, now, fetchList, seen) {
	if (!label.status) return issuer.maxAge ? {unknown: "nolist"} : {unlisted: true};
	const id = hex(label.id), gone = "revoked " + id, said = "said " + id;
	try {
		need(isAt(label, issuer.lists), "foreign");
		const bytes = await fetchList(label.status.list);
		need(bytes, "offline");
		need(bytes.length <= 2097152);
		const message = parse(bytes);
		need(message.type == "application/statuslist+cwt" && message.key);
		let signed = false;
		let list;
		for (const key of issuer.keys) {
			if (key.id != hex(message.key) || !await verify(message, key)) continue;
			signed = true;
			list ||= await readList(message.payload);
			need(canSign(key, list.issued) && canSign(key, now), "foreign");
		}
		need(signed, "foreign");
		need(list.list == label.status.list && list.issuer == label.issuer, "foreign");
		need(list.issued <= now + 300, "clock");
		need(label.status.index < list.size);
		const newest = seen("list " + list.list, list.issued), value = list.value(label.status.index);
		const all = list.changes.filter(change => change[0] == label.status.index).map((change, n) => [said, n, ...change].join(" "));
		const known = seen(said, 0), whole = all.length >= known && all.slice(0, known).every(name => seen(name, 0));
		if (whole) for (const name of all) seen(name, 1);
		if (whole) seen(said, all.length);
		if (value == revoked) seen(gone, list.issued);
		else {
			need(whole && !seen(gone, 0), "old");
			need(now < list.end && !(issuer.maxAge && now - list.issued > issuer.maxAge), "stale");
			need(list.issued >= newest, "old");
		}
		return {value, asOf: list.issued};
	} catch (e) {
		const before = seen(gone, 0);
		return before ? {value: revoked, asOf: before} : {unknown: e.code || "list"};
	}
}

// judge answers for the text of a QR code. trust is what the page was built
// with; now is in seconds; fetchList gives bytes or nothing; seen keeps the latest
// time of a name, and gives the one it had before.
async function judge(text, trust, now, fetchList, seen = () => 0) {
	let message;
	try {
		const bytes = fromText(text);
		message = parse(bytes);
		need(!message.type && message.key && message.key.length == 4);
	} catch (e) {
		return e.code == "address" ? {state: "address"} : {state: "unreadable", why: e.code || "form"};
	}
	const id = hex(message.key);
	let known = false;
	for (const issuer of trust.issuers) {
		for (const key of issuer.keys) {
			if (key.id != id) continue;
			known = true;
			try {
				if (!await verify(message, key)) continue;
			} catch {
				return {state: "unable"};
			}
			return judgeSigned(message, issuer, key, now, fetchList, seen, trust);
		}
	}
	return {state: known ? "forged" : "unknown", key: id};
}

async function judgeSigned(message, issuer, key, now, fetchList, seen, trust) {
	let label;
	try {
		label = readLabel(message.payload);
	} catch (e) {
		return {state: e.code == "version" ? "version" : "forged"};
	}
	if (!label.demo != !key.demo || label.issuer != issuer.id) return {state: "forged"};
	const entitled = label.schemes.every(s => issuer.schemes.some(a => (a.id == "*" || a.id == s.id) && s.level <= a.level)) &&
		(issuer.schemes[0].id == "*" || label.schemes.length + label.moreSchemes <= issuer.schemes.length) &&
		issuer.prefixes.some(p => label.gtin.startsWith(p));
	// Of a name that is shortened the beginning tells.
	const own = sameName(issuer.name, label.maker);
	if (!entitled || (label.standing == 1 ? !own && !(label.shortened.includes(2) && begins(issuer.name, label.maker)) : own)) return {state: "unentitled", issuer};
	// No list lies at the address of another issuer.
	if (label.status && !isAt(label, issuer.lists) && isAt(label, trust.issuers.map(other => `https://${other.id}/`))) return {state: "unentitled", issuer};
	// Whoever holds an old key can write any date, so it must be valid today too.
	const day = now - now % daySeconds;
	if (label.issued + daySeconds < (key.from || 0) || Math.max(label.issued, day) >= (key.until || Infinity)) return {state: "unentitled", why: "key", issuer};
	const list = await statusOf(label, issuer, now, fetchList, seen);
	const answer = {label, issuer, key: key.id, list};
	answer.state = label.demo ? "demo"
		: list.value ? ["", "revoked", "suspended", "superseded"][list.value] || "revoked"
		: now >= label.support + daySeconds ? "supportended"
		: now >= label.expires ? "expired"
		: now < label.issued ? "notyet"
		: day >= (trust.until || Infinity) ? "overdue"
		: now + daySeconds < Date.parse(trust.date) / 1000 ? "early"
		: label.schemes.some(isNewer) ? "newer"
		: list.unknown ? "fresh"
		: "valid";
	if (answer.state == "valid" && list.unlisted) answer.why = "nolist";
	return answer;
}
