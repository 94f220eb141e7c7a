// The page: what the verifier answers, in words. It takes no key, no address
// and no word from the URL; the fragment is judged, nothing else.

// WORDS are those of each language by their names. TEXTS has the names once, then the
// words of each language in that order.
const [names, ...texts] = TEXTS.map(list => list.split("|"));
const WORDS = Object.fromEntries(texts.map(([tag, ...list]) => [tag, Object.fromEntries(list.map((text, i) => [names[i], text]))]));
const languages = Object.keys(WORDS);

const $ = id => document.getElementById(id);
let words, language, result;

// memory survives a visit where the browser allows it.
const memory = {
	get(key) { try { return localStorage.getItem(key); } catch { return null; } },
	set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window */ } },
};

// seen gives the latest time that a name had before, and keeps a later one.
function seen(name, time) {
	const before = Number(memory.get(name)) || 0;
	if (time > before) memory.set(name, time);
	return before;
}

async function fetchList(list) {
	const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 10000);
	try {
		const answer = await fetch(list, {
			credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", redirect: "error", signal: stop.signal,
			headers: {accept: "application/statuslist+cwt"},
		});
		return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
	} catch {
		return null;
	} finally {
		clearTimeout(timer);
	}
}

const say = (key, ...values) => words[key].replace(/\{(\d)\}/g, (_, n) => values[n]);
const format = (second, how) => {
	const text = new Intl.DateTimeFormat(words.locale, how).format(second * 1000);
	return (language == "fr" ? text.replace(/^1 /, "1er ") : text).replace(/ /g, "\u00a0"); // a date stays on one line
};
const date = second => format(second, {dateStyle: "long", timeZone: "UTC"});
const moment = second => format(second, {dateStyle: "long", timeStyle: "short"});

function put(id, text) {
	$(id).replaceChildren(...(Array.isArray(text) ? text : [text]));
}

function element(name, ...content) {
	const e = document.createElement(name);
	e.append(...content);
	return e;
}

// alien is a text that others wrote: its direction is its own.
const alien = text => element("bdi", text);

const cut = (field, text) => result.label.shortened.includes(field) ? text + "…" : text;

function row(list, key, ...value) {
	$(list).append(element("dt", words[key]), element("dd", ...value));
}

// tone is how an answer looks.
const tone = state => state == "valid" ? "good" : state == "wait" ? "wait" : /^(revoked|forged|unentitled)$/.test(state) ? "bad"
	: /^(un|address|version|empty)/.test(state) ? "none" : "care";

const signs = {
	good: "M5 12.5l4.5 4.5L19 7.5", bad: "M7 7l10 10M17 7L7 17", care: "M12 6v7M12 17v.5", none: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.5", wait: "M12 7v5l3 2",
};

function draw() {
	document.documentElement.lang = language;
	document.documentElement.dir = words.dir;
	for (const e of document.querySelectorAll("[data-w]")) e.textContent = words[e.dataset.w];
	$("language").value = language;
	const {state, label, list} = result, look = tone(state);
	const made = Date.parse(TRUST.date) / 1000, {expires, support, issued} = label || {};
	const day = {expired: expires - daySeconds, supportended: support, notyet: issued, overdue: TRUST.until - 1, early: made}[state];
	const why = state == "unreadable" ? "unreadable_" + (words["unreadable_" + result.why] ? result.why : "form") : state == "newer" ? "version_s" : state + (result.why ? "_" + result.why : "_s");
	const headline = result.why == "nolist" ? words.genuine : words[state] || words.fresh;
	$("verdict").dataset.tone = look;
	$("path").setAttribute("d", signs[look]);
	put("headline", headline);
	put("sentence", [state == "wait" ? "" : say(why, day ? date(day) : ""), state == "fresh" ? " " + (words["fresh_" + list.unknown] || words[list.unknown] || words.fresh_list) : ""]);
	document.title = headline + " – " + words.title;
	$("main").setAttribute("aria-busy", state == "wait");
	$("product").hidden = $("facts").hidden = !label;
	$("entertitle").hidden = state == "empty";
	$("rows").replaceChildren();
	$("technical").replaceChildren();
	if (label) drawLabel(label, list);
	put("where", location.host ? [words.where, alien(location.host)] : ""); // a file has no host
	put("trust", say("trust", TRUST.issuers.length, date(made)));
}

function drawLabel(label, list) {
	put("maker", alien(cut(2, label.maker)));
	put("name", alien(cut(3, label.product)));
	const models = label.models.map((m, i) => i == 0 ? cut(4, m) : m);
	if (label.moreModels) models.push(say("more", label.moreModels));
	put("models", models.length ? [words.model + " ", ...models.flatMap((m, i) => i ? [words.comma, alien(m)] : [alien(m)])] : "");
	put("gtin", label.gtin ? alien("GTIN " + label.gtin) : "");
	row("rows", "support", date(label.support));
	row("rows", "issuer", alien(result.issuer.name), ...label.standing == 1 ? [element("br"), words.self] : []);
	row("rows", "against", ...label.schemes.flatMap((s, i) => [i ? element("br") : "", ...schemeText(s, label)]),
		label.moreSchemes ? words.comma + say("more", label.moreSchemes) : "");
	row("rows", "period", say("from", date(label.issued), date(label.expires - daySeconds)));
	row("rows", "withdrawn", list.unlisted ? words.nolist : list.unknown ? words.notknown : say("asof", words["value" + Math.min(list.value, 3)], moment(list.asOf)));
	if (label.minimum) row("rows", "minimum", alien(cut(11, label.minimum)));
	if (label.shortened.length) row("rows", "shortened", words.shortened_s);
	for (const [key, value] of [["digest", hex(label.id)], ["host", label.issuer], ["key", result.key], ["list", label.status && label.status.list + " [" + label.status.index + "]"]]) {
		if (!value) continue;
		row("technical", key, element("code", value));
	}
}

// schemeText names a level only where the page's list says that the issuer may
// give one. Brackets and level are the page's, in its direction of writing.
function schemeText(s, label) {
	const title = new Map(Object.entries(TRUST.names)).get(s.id) || s.id;
	const holds = result.issuer.schemes.some(a => a.id == s.id);
	return [
		alien(title), " (", alien(s.edition.replace(/-/g, "\u2011")), ")", // no line ends at such a hyphen
		s.level && label.standing == 2 && holds ? words.comma + say("level", s.level) : "",
	];
}

function answer(yes) {
	$("yes").setAttribute("aria-pressed", yes);
	$("no").setAttribute("aria-pressed", !yes);
	$("question").dataset.answer = yes ? "yes" : "no";
	put("reply", words[yes ? "yes_s" : "no_s"]);
}

let run = 0;

async function check(text) {
	const mine = ++run;
	$("question").dataset.answer = "";
	put("reply", "");
	for (const id of ["yes", "no"]) $(id).setAttribute("aria-pressed", false);
	result = {state: text ? "wait" : "empty"};
	draw();
	if (!text) return;
	const found = await judge(text, TRUST, Date.now() / 1000, fetchList, seen);
	if (mine != run) return;
	result = found;
	draw();
	document.body.dataset.state = result.state;
}

function choose(name) {
	language = languages.includes(name) ? name : languages[0];
	words = WORDS[language];
}

choose([memory.get("language"), ...(navigator.languages || [])].filter(Boolean).map(l => l.slice(0, 2)).find(l => languages.includes(l)));
for (const l of languages) {
	const option = new Option(WORDS[l].name, l);
	option.lang = l;
	$("language").append(option);
}
$("language").hidden = document.querySelector("[for=language]").hidden = languages.length == 1;
$("language").onchange = () => {
	choose($("language").value);
	memory.set("language", language);
	draw();
	if ($("question").dataset.answer) answer($("question").dataset.answer == "yes");
};
$("yes").onclick = () => answer(true);
$("no").onclick = () => answer(false);
$("form").onsubmit = e => {
	e.preventDefault();
	const text = $("code").value.trim();
	check(text && !text.includes("#") ? "#" + text : text).then(() => $("headline").focus());
};
addEventListener("hashchange", () => check(location.hash));
check(location.hash);
