package facts

import (
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
)

// Limits of a configuration in braces.
const (
	maxBlockDepth = 32
	maxStatements = 16384
)

// statement is one setting of a configuration whose blocks are in braces.
type statement struct {
	blocks []string // conditions or names of the blocks around it, outermost first
	key    string
	value  string
	at     assay.Location
}

// parseLighttpd reads lighttpd.conf: "key = value", conditional blocks, else
// branches, comments. Arrays stay text. A block with nothing in it is a statement
// without a key: a condition on a socket alone opens that socket.
func parseLighttpd(t Text) []statement {
	var all []statement
	var blocks []string
	s := t.Content
	line := 1
	var head strings.Builder
	place := func(start, startLine, end int) assay.Location {
		return AtLine(t.File, startLine, int64(start), int64(end-start))
	}
	start, startLine, depth, quote := 0, 1, 0, byte(0)
	var opened []lighttpdOpening // of each block
	flush := func(end int) {
		text := strings.TrimSpace(head.String())
		head.Reset()
		if text == "" || len(all) >= maxStatements {
			return
		}
		key, value := cutStatement(text)
		all = append(all, statement{slices.Clone(blocks), key, value, place(start, startLine, end)})
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\n' {
			line++
		}
		if quote != 0 {
			if c == '\\' && i+1 < len(s) {
				head.WriteByte(c)
				i++
				c = s[i]
			} else if c == quote {
				quote = 0
			}
			head.WriteByte(c)
			continue
		}
		if strings.TrimSpace(head.String()) == "" && c > ' ' {
			start, startLine = i, line
			head.Reset()
		}
		switch c {
		case '#':
			for i+1 < len(s) && s[i+1] != '\n' {
				i++
			}
		case '"', '\'':
			quote = c
			head.WriteByte(c)
		case '(':
			depth++
			head.WriteByte(c)
		case ')':
			depth--
			head.WriteByte(c)
		case '{':
			if len(blocks) < maxBlockDepth {
				blocks = append(blocks, strings.TrimSpace(head.String()))
				opened = append(opened, lighttpdOpening{start, startLine, len(all)})
			}
			head.Reset()
		case '}':
			flush(i)
			if len(blocks) > 0 {
				if o := opened[len(opened)-1]; o.before == len(all) && len(all) < maxStatements {
					all = append(all, statement{blocks: slices.Clone(blocks), at: place(o.start, o.line, i+1)})
				}
				blocks, opened = blocks[:len(blocks)-1], opened[:len(opened)-1]
			}
		case '\n', ';':
			if depth <= 0 && complete(head.String()) {
				flush(i)
			} else {
				head.WriteByte(' ')
			}
		default:
			if head.Len() < maxWord {
				head.WriteByte(c)
			}
			// two settings may stand on one line: ssl.engine = "enable" ssl.pemfile = "x"
			if c == '=' && depth <= 0 {
				splitRun(&head, func(text string) {
					key, value := cutStatement(text)
					if len(all) < maxStatements {
						all = append(all, statement{slices.Clone(blocks), key, value, place(start, startLine, i)})
					}
				})
			}
		}
	}
	flush(len(s))
	return all
}

// lighttpdOpening is where a block begins, and how many statements came before it.
type lighttpdOpening struct{ start, line, before int }

// complete reports whether a statement may end with its line.
func complete(text string) bool {
	text = strings.TrimSpace(text)
	return text != "" && !strings.HasSuffix(text, "=") && !strings.HasSuffix(text, "==") && !strings.HasSuffix(text, ",")
}

// cutStatement splits "key = value", "key += value" and "include value".
func cutStatement(text string) (key, value string) {
	if i := strings.IndexByte(text, '='); i > 0 {
		return strings.TrimSpace(strings.TrimRight(text[:i], "+: ")), strings.Trim(strings.TrimSpace(text[i+1:]), `"`)
	}
	key, value, _ = strings.Cut(text, " ")
	return key, strings.Trim(strings.TrimSpace(value), `"`)
}

// splitRun gives off the first of two settings when the = of the second came.
func splitRun(head *strings.Builder, give func(string)) {
	text := head.String()
	first := strings.IndexByte(text, '=')
	if first < 0 || first == len(text)-1 || strings.HasPrefix(strings.TrimSpace(text), "$") || strings.HasPrefix(strings.TrimSpace(text), "else") {
		return
	}
	body := strings.TrimRight(text[:len(text)-1], "+: \t")
	i := strings.LastIndexAny(body, " \t\"")
	if i <= first || text[first+1] == '=' || text[first+1] == '~' {
		return
	}
	give(strings.TrimSpace(body[:i+1]))
	rest := text[i+1:]
	head.Reset()
	head.WriteString(rest)
}

// lighttpdSocket is a socket of lighttpd while its settings are read.
type lighttpdSocket struct {
	listen Listen
	said   bool // TLS was set for it
}

// settleLighttpd reads server.port, server.bind, ssl.engine, sockets, redirects
// and included files.
func settleLighttpd(g *boot, s *Service) {
	t, ok := g.settingsOf(s, flagValues(s.Args, "-f"), "etc/lighttpd/lighttpd.conf")
	if !ok {
		g.settleDefault(s)
		return
	}
	left := maxInclude
	all := g.included(s, t, lighttpdForm, nil, &left)
	main := lighttpdSocket{listen: Listen{Port: 80, Protocol: "tcp", TLS: No, Location: At(t.File)}}
	sockets := []lighttpdSocket{}
	redirects := false
	for _, st := range all {
		socket, scheme := lighttpdBlock(st.blocks)
		switch {
		case st.key == "url.redirect" && scheme != "https" && strings.Contains(st.value, "https://"):
			redirects = redirects || redirectsAll(st.value)
		case socket != "":
			i := slices.IndexFunc(sockets, func(k lighttpdSocket) bool { return k.listen.Address+"|"+strconv.Itoa(k.listen.Port) == socket })
			if i < 0 {
				address, port := cutSocket(socket)
				sockets = append(sockets, lighttpdSocket{listen: Listen{Address: address, Port: port, Protocol: "tcp", TLS: Unknown, Location: st.at}})
				i = len(sockets) - 1
			}
			if st.key == "ssl.engine" {
				sockets[i].listen.TLS, sockets[i].said, sockets[i].listen.Location = KnownOf(st.value == "enable"), true, st.at
			}
		case len(st.blocks) > 0:
		case st.key == "server.port":
			main.listen.Port, _ = portNumber(st.value)
			main.listen.Location = st.at
		case st.key == "server.bind":
			main.listen.Address = anyAddress(st.value)
		case st.key == "server.username" && s.User == "": // it starts as root, and becomes this one
			s.User = st.value
		case st.key == "ssl.engine":
			main.listen.TLS, main.said = KnownOf(st.value == "enable"), true
		}
	}
	for i := range sockets { // a socket without a word of its own takes the one of the whole
		if !sockets[i].said {
			sockets[i].listen.TLS = main.listen.TLS
			if main.listen.TLS == Yes {
				sockets[i].listen.TLS = Unknown
			}
		}
	}
	for _, k := range append([]lighttpdSocket{main}, sockets...) {
		k.listen.Redirect = redirects && k.listen.TLS == No
		if k.listen.TLS == Yes && !g.tlsLibrary() {
			k.listen.TLS = No
		}
		s.Listens = append(s.Listens, k.listen)
		s.Places = append(s.Places, k.listen.Location)
	}
}

// lighttpdBlock gives the socket ("address|port") and the scheme that the
// blocks around a setting name.
func lighttpdBlock(blocks []string) (socket, scheme string) {
	for _, b := range blocks {
		left, right, ok := strings.Cut(b, "==")
		if !ok {
			continue
		}
		right = strings.Trim(strings.TrimSpace(right), `"`)
		switch {
		case strings.Contains(left, `SERVER["socket"]`):
			address, port := parseAddress(strings.TrimPrefix(right, "*"))
			if p, found := strings.CutPrefix(right, ":"); found {
				address, port = parseAddress(p)
			}
			socket = address + "|" + strconv.Itoa(port)
		case strings.Contains(left, `HTTP["scheme"]`):
			scheme = right
		}
	}
	return socket, scheme
}

func cutSocket(s string) (string, int) {
	address, port, _ := strings.Cut(s, "|")
	n, _ := portNumber(port)
	return address, n
}

// redirectsAll reports whether a redirect covers every path.
func redirectsAll(value string) bool {
	for _, all := range []string{`".*"`, `"^/(.*)"`, `"^(.*)$"`, `"^/(.*)$"`, `"^.*"`, `"^/"`, `""`, `"(.*)"`, `"^/.*"`} {
		if strings.Contains(value, all) {
			return true
		}
	}
	return false
}
