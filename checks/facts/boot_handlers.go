package facts

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Servers in Python and JavaScript that the boot starts: their handlers may run what
// those who ask write, as pages do; what a message says that a broker hands on comes from
// whoever may write to the broker, of which nobody here knows.

// handlerLanguage is how the handlers of a language come by what others wrote.
type handlerLanguage struct {
	page   pageLanguage
	serves *literals // of which one stands in a server
	params *pattern  // names of what a handler is given: those that hold a request, or its parts
	told   *pattern  // what came from elsewhere than a visitor
}

var handlerLanguages = map[string]handlerLanguage{
	"Python": {
		page: pageLanguage{
			source:   lazy(`\bself\.(?:path\b|rfile\.read\w*\([^)]*\)|get_(?:query_|body_)?arguments?\([^)]*\))|\brequest\.(?:args|form|values|json|data|query|params|forms|GET|POST|body|query_params|query_string|match_info|get_json\([^)]*\)|get_data\([^)]*\))`),
			assigned: lazy(`(?m)^[ \t]*(\w+)\s*=\s*([^=\n][^\n]*)`),
			clean:    lazy(`\b(?:(?:shlex|pipes)\.quote|int|float|len|ip_address|IPv4Address)\s*\(`),
			doubtful: lazy(`\bre\.\w+\s*\(|\.replace\(|\bshlex\.split\s*\(|\b[A-Z][A-Z_]+(?:\.get\(|\[)|\w\[\s*(?:self|request)\b`),
			code:     lazy(`(?:^|[^\w.])(?:eval|exec)\s*\(`), marks: `"'`,
		},
		serves: newLiterals([]string{"HTTPServer", "http.server", "socketserver", "Flask", "flask", "bottle", "tornado", "aiohttp", "FastAPI", "fastapi", "cherrypy", "websockets", "sanic", "on_message"}),
		params: lazy(`(?m)^[ \t]*@\w+\.(?:route|get|post|put|delete|patch)\([^\n]*\)[ \t]*\n(?:[ \t]*@[^\n]*\n)*[ \t]*(?:async[ \t]+)?def[ \t]+\w+\(([^)]*)\)`),
		told:   lazy(`\.payload\b`),
	},
	"JavaScript": {
		page: pageLanguage{
			source:   lazy(`\b(?:req|request|ctx|ctx\.request)\.(?:query|body|params|url|headers|cookies)\b`),
			assigned: lazy(`(?m)(?:^|[;{}\s])\{?\s*(\w+)\s*\}?\s*=\s*([^=;>\n][^;\n]*)`),
			clean:    lazy(`\b(?:parseInt|parseFloat|Number|shellescape|shellEscape|shellQuote|encodeURIComponent|quote)\s*\(`),
			doubtful: lazy(`\.(?:replace|match|test)\(|\b[A-Z][A-Z_]+\[|\w\[\s*(?:\w+\.)+(?:query|body|params)\b`),
			code:     lazy(`(?:^|[^\w.])(?:eval|Function)\s*\(`), marks: `"'`,
		},
		serves: newLiterals([]string{"createServer", "express", "fastify", "koa", "restify", "WebSocket", "ws'", "mqtt"}),
		params: lazy(`(?:\.(?:get|post|put|delete|patch|all|use)\s*\([^,()\n]*,\s*|\bcreateServer\s*\(\s*)(?:async\s*)?(?:function\s*\w*\s*)?\(?\s*(\w+)\s*(?:,|\)|=>)`),
		told:   lazy(`\bpayload\b|\bmessage\.toString\(|\bmsg\.toString\(`),
	},
}

// maxHandlers is from how many bytes on a server is not read.
const maxHandlers = 2 << 20

var (
	// asksWho stand in a server that may ask who is there.
	asksWho = lazy(`(?i)login|authori[sz]|authenti|basicauth|check_auth|requires_auth|passport|jwt|session|token|passw|api[_-]?key`)
	boundTo = lazy(`(?:Server\(\s*\(|\.bind\(\s*\(|\.listen\(\s*\d{1,5}\s*,\s*|\.run\([^)\n]*\bhost\s*=\s*)\s*["']([^"']*)["']`)
)

// handlers notes where a server runs what it is asked, or may.
func (g *boot) handlers(l *launch, t Text, language string) {
	rules, ok := handlerLanguages[language]
	if !ok || language == "JavaScript" && !strings.Contains(t.Content, "child_process") || !rules.serves.In(t.Content) || inPackage(t.File.Name) {
		return
	}
	m := boundTo.Get().FindStringSubmatch(t.Content)
	if m != nil && isLoopback(m[1]) || m == nil && strings.Contains(t.Content, "Flask(") && strings.Contains(t.Content, ".run(") && !strings.Contains(t.Content, "host") {
		return // nobody else reaches it
	}
	if len(t.Content) > maxHandlers {
		g.unjudge(At(t.File), path.Base(t.File.Name)+" is a server that is too long to be read")
		return
	}
	how, offset := handlerQuery(language, rules, t.Content)
	if how == asGiven && asksWho.Get().MatchString(t.Content) {
		how = maybeGiven
	}
	if how == notGiven {
		return
	}
	at := AtLine(t.File, 1+strings.Count(t.Content[:min(len(t.Content), offset+1)], "\n"), t.odd.at(int64(offset)), 1)
	if how == maybeGiven {
		g.unjudge(at, path.Base(t.File.Name)+" may run what others write to it")
		return
	}
	n := *l
	n.cmd, n.words = &Command{Conditional: true, Location: at}, []string{"/" + t.File.Name}
	n.socket = waitingAt(t.Content, &n)
	g.add(&n, Service{Name: path.Base(t.File.Name) + "'s handler", Kind: KindPipe, Program: t.File.Name, Started: true, Via: g.steps(), Shell: true, Visitor: true, Anonymous: Yes})
}

// handlerQuery says whether the handlers of a server run what those who ask write, and
// where.
func handlerQuery(language string, rules handlerLanguage, content string) (given, int) {
	code := codeOf(language, content)
	var names []string
	for _, m := range rules.params.Get().FindAllStringSubmatch(code.text, maxGiven) {
		for part := range strings.SplitSeq(m[1], ",") {
			name, _, _ := strings.Cut(strings.TrimSpace(part), ":")
			if name, _, _ = strings.Cut(name, "="); isWord(name) && name != "self" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	page := rules.page
	var asked *regexp.Regexp
	given := map[string]given{}
	if language == "Python" {
		for _, n := range names {
			given[n] = asGiven // a part of the address
		}
	} else if len(names) > 0 {
		for i := range names {
			names[i] = regexp.QuoteMeta(names[i])
		}
		asked = regexp.MustCompile(`\b(?:` + strings.Join(names, "|") + `)\.(?:query|body|params|url|headers|cookies)\b`)
	}
	if len(given) == 0 && (asked == nil || !asked.MatchString(code.text)) && page.source.Get().FindStringIndex(code.text) == nil && !rules.told.Get().MatchString(code.text) {
		return notGiven, 0
	}
	return queryOf(&pageCode{pageLanguage: page, language: language, text: code.text, given: given, asked: asked, told: rules.told}, code)
}

// isWord reports whether a text is a name in a program.
func isWord(s string) bool {
	return s != "" && !isDigit(s[0]) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// subscriber is the program by which scripts are told what others write to a broker.
const subscriber = "mosquitto_sub"

// runsMessages notes a script of the boot that runs what a broker hands on to it.
func (g *boot) runsMessages(t Text) {
	if !strings.Contains(t.Content, subscriber) {
		return
	}
	if how, line := g.shellGiven(t, true); how != notGiven {
		for l := range t.Lines() {
			if l.Number == int(line) {
				g.unjudge(t.At(l), "it runs what others write to the broker that "+subscriber+" asks")
			}
		}
	}
}
