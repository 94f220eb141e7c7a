package facts

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// pageLanguage is how pages in a language come by what their visitor wrote.
type pageLanguage struct {
	source   *pattern // what the visitor wrote
	assigned *pattern // a variable, and what it is set to
	clean    *pattern // what makes it harmless
	doubtful *pattern // what may make it harmless
	code     *pattern // what runs a text as code of the language
	marks    string   // quotes within which nothing is put in
	sigil    string   // before a variable
}

var pageLanguages = map[string]pageLanguage{
	"PHP": {
		lazy(`\$_(?:GET|POST|REQUEST|COOKIE)\s*(?:\[[^\]]*\])|file_get_contents\(\s*["']php://input["']\s*\)`),
		lazy(`\$(\w+)\s*\.?=\s*([^;=~>][^;]*)`),
		lazy(`\b(?:escapeshellarg|escapeshellcmd|intval|floatval|hexdec|md5|sha1|strlen|count|json_encode|base64_encode)\s*\(|\((?:int|integer|float|bool)\)`),
		lazy(`\b(?:preg_replace|basename|filter_var|filter_input|str_replace|htmlspecialchars|htmlentities)\s*\(`),
		lazy(`(?:^|[^\w$>:])eval\s*\(`), "'", "$",
	},
	"Perl": {
		lazy(`(?:\$\w+->)?\bparam\s*\(\s*["']?\w+["']?\s*\)|\$ENV\{\s*["']?(?:QUERY_STRING|REQUEST_URI|PATH_INFO|HTTP_\w+)["']?\s*\}|<STDIN>`),
		lazy(`\$(\w+)\s*=\s*([^;=~][^;]*)`),
		lazy(`\b(?:quotemeta|int|hex|length|shell_quote)\b`), lazy(`=~`), lazy(`\beval\s*\(?\s*\$`), "'", "$",
	},
	"Python": {
		lazy(`\b\w+\.(?:getvalue|getfirst)\s*\(\s*["'][^"')]*["'][^)]*\)|\b\w+\[["']\w+["']\]\.value\b|\bos\.(?:environ\.get\s*\(|environ\[|getenv\s*\()\s*["'](?:QUERY_STRING|REQUEST_URI|PATH_INFO|HTTP_\w+)["'][^)\]]*[)\]]|\bsys\.stdin\.(?:read|readline)\s*\([^)]*\)`),
		lazy(`(?m)^[ \t]*(\w+)\s*=\s*([^=\n][^\n]*)`),
		lazy(`\b(?:(?:shlex|pipes)\.quote|int|float|len)\s*\(`), lazy(`\bre\.\w+\s*\(|\.replace\(`), lazy(`(?:^|[^\w.])(?:eval|exec)\s*\(`), `"'`, "",
	},
	"Lua": {
		lazy(`\benv(?:\.|\[["'])(?:QUERY_STRING|REQUEST_URI|PATH_INFO|HTTP_\w+)\b(?:["']\])?|\bos\.getenv\s*\(?\s*["'](?:QUERY_STRING|REQUEST_URI|PATH_INFO|HTTP_\w+)["']\s*\)?|\bformvalue\s*\([^)]*\)|\bio\.read\s*\([^)]*\)`),
		lazy(`(?m)\b(\w+)\s*=\s*([^=\n][^\n;]*)`),
		lazy(`\b(?:tonumber|(?:util\.)?shellquote)\s*\(`), lazy(`\bg?sub\b|\bmatch\b`), lazy(`\b(?:load|loadstring)\s*\(`), `"'`, "",
	},
}

// maxGiven bounds the variables of one page.
const maxGiven = 256

// maxLooked is how many bytes of one page are searched for a look at its values; behind
// that each may be looked at.
const maxLooked = 16 << 20

// pageCode reads one page in another language.
type pageCode struct {
	pageLanguage
	language string
	text     string
	given    map[string]given
	looked   map[string]bool  // whether the code looks at a value before it goes on
	sinks    map[string]given // functions that run what they are given
	asked    *regexp.Regexp   // what is asked of a handler by a name of its own; nil if there is none
	told     *pattern         // what came from elsewhere than a visitor; nil if nothing is
}

// languageQuery says whether a page runs what its visitor wrote, and where.
func languageQuery(language, content string, sinks map[string]given) (worst given, at int) {
	rules, ok := pageLanguages[language]
	if !ok || rules.source.Get().FindStringIndex(content) == nil {
		return notGiven, 0
	}
	code := codeOf(language, content)
	return queryOf(&pageCode{pageLanguage: rules, language: language, text: code.text, given: map[string]given{}, sinks: sinks}, code)
}

// queryOf says whether code runs what its visitor wrote, and where.
func queryOf(p *pageCode, code programCode) (worst given, at int) {
	language := p.language
	type step struct {
		at  int
		do  func() given
		set bool
	}
	var steps []step
	for _, m := range p.assigned.Get().FindAllStringSubmatchIndex(p.text, maxGiven) {
		name, value := p.text[m[2]:m[3]], p.text[m[4]:m[5]]
		steps = append(steps, step{m[0], func() given { p.given[name] = p.how(value); return notGiven }, true})
	}
	p.eachSink(func(at int, arguments string, how given) {
		steps = append(steps, step{at, func() given { return min(how, p.how(arguments)) }, false})
	})
	calls := callsIn(language, p.text)
	for _, m := range p.code.Get().FindAllStringIndex(p.text, maxCalls) {
		calls = append(calls, call{m[0], m[1], "eval("})
	}
	for _, c := range calls {
		if code.inString(c.to - 1) {
			continue
		}
		steps = append(steps, step{c.from, func() given {
			if words := readCall(language, c.opening, p.text[c.to:min(len(p.text), c.to+maxCallText)]); len(words) > 1 && !slices.Contains(words, "-c") {
				return notGiven // a program and its arguments, and no shell
			}
			rest := p.text[c.to:min(len(p.text), c.to+maxCallText)]
			if language == "JavaScript" && strings.Contains(c.opening, "spawn") { // the words stand in its second argument
				return p.how(rest[:callEnd(rest)])
			}
			return p.how(argument(c.opening, rest))
		}, false})
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	for _, s := range steps {
		if how := s.do(); how > worst {
			worst, at = how, s.at
		}
	}
	return worst, at
}

// callEnd is where the arguments of a call end.
func callEnd(rest string) int {
	depth := 0
	for i := range len(rest) {
		switch rest[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return len(rest)
}

// argument is the first argument of a call.
func argument(opening, rest string) string {
	if strings.HasSuffix(opening, "`") {
		rest, _, _ = strings.Cut(rest, "`")
		return rest
	}
	depth, quote := 0, byte(0)
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			if depth--; depth < 0 {
				return rest[:i]
			}
		case (c == ',' || c == ';') && depth == 0:
			return rest[:i]
		}
	}
	return rest
}

var (
	isThere   = lazy(`\b(?:isset|empty|defined)\s*\([^)]*\)`)
	formatted = lazy(`\b[fF][rR]?(?:"[^"\n]*"|'[^'\n]*')`)
)

// how says how surely an expression holds what the visitor wrote.
func (p *pageCode) how(expression string) given {
	const mark = "\x01"
	expression = isThere.Get().ReplaceAllString(expression, "")
	if p.clean.Get().MatchString(expression) {
		return notGiven
	}
	sources := p.source.Get().FindAllString(expression, maxGiven)
	rest := p.source.Get().ReplaceAllLiteralString(expression, mark)
	if p.asked != nil {
		sources = append(sources, p.asked.FindAllString(rest, maxGiven)...)
		rest = p.asked.ReplaceAllLiteralString(rest, mark)
	}
	for _, f := range formatted.Get().FindAllString(rest, maxGiven) {
		if p.language == "Python" {
			rest = strings.Replace(rest, f, strings.NewReplacer(`"`, " ", "'", " ").Replace(f[1:]), 1)
		}
	}
	for _, q := range p.marks {
		rest = regexp.MustCompile(string(q)+`[^`+string(q)+`\n]*`+string(q)).ReplaceAllString(rest, "''")
	}
	how := notGiven
	if p.told != nil && p.told.Get().MatchString(rest) {
		how = maybeGiven
	}
	if strings.Contains(rest, mark) {
		for _, s := range sources {
			how = max(how, p.unless(s, asGiven))
		}
	}
	for name, was := range p.given {
		if was > how && regexp.MustCompile(regexp.QuoteMeta(p.sigil)+`\{?\b`+name+`\b`).MatchString(rest) {
			how = max(how, p.unless(p.sigil+name, was))
		}
	}
	if p.doubtful.Get().MatchString(expression) {
		how = min(how, maybeGiven)
	}
	return how
}

// unless lowers what the page looks at before it goes on: a list of what is allowed, an
// expression that it has to fit.
func (p *pageCode) unless(key string, how given) given {
	if looked, known := p.looked[key]; known {
		if looked {
			return min(how, maybeGiven)
		}
		return how
	}
	if len(p.looked)*len(p.text) > maxLooked {
		return min(how, maybeGiven)
	}
	k := regexp.QuoteMeta(key)
	looked := regexp.MustCompile(`(?:\b(?:in_array|preg_match|ctype_\w+|is_numeric|filter_var|array_key_exists|switch|match|fullmatch|find)\s*\([^;{}\n]*?|["']\s*===?\s*)` + k + `|` + k + `(?:\s*(?:[!=]==?|=~|~=|not in\b|in\b)|[.:](?:match|find|isalnum|isdigit|isalpha)\b)`)
	there := looked.MatchString(p.text)
	if p.looked == nil {
		p.looked = map[string]bool{}
	}
	p.looked[key] = there
	if there {
		return min(how, maybeGiven)
	}
	return how
}
