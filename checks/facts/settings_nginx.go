package facts

import (
	"slices"
	"strconv"
	"strings"
)

// parseNginx reads nginx.conf: words ended by ";" and blocks in braces.
func parseNginx(t Text) []statement {
	var all []statement
	var blocks, words []string
	servers := 0
	s := t.Content
	line, start, startLine := 1, 0, 1
	var word strings.Builder
	open, quote := false, byte(0)
	end := func() {
		if open && len(words) < 256 {
			words = append(words, word.String())
		}
		word.Reset()
		open = false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\n' {
			line++
		}
		if quote != 0 {
			if c == quote {
				quote = 0
			} else if word.Len() < maxWord {
				word.WriteByte(c)
			}
			continue
		}
		if !open && len(words) == 0 && c > ' ' {
			start, startLine = i, line
		}
		switch {
		case c == '#' && !open:
			for i+1 < len(s) && s[i+1] != '\n' {
				i++
			}
		case (c == '"' || c == '\'') && !open:
			quote, open = c, true
		case c <= ' ':
			end()
		case c == ';' || c == '{':
			end()
			if c == '{' {
				name := strings.Join(words, " ")
				if name == "server" {
					servers++
					name += " " + strconv.Itoa(servers)
				}
				if len(blocks) < maxBlockDepth {
					blocks = append(blocks, name)
				}
			} else if len(words) > 0 && len(all) < maxStatements {
				at := AtLine(t.File, startLine, int64(start), int64(i-start))
				all = append(all, statement{slices.Clone(blocks), words[0], strings.Join(words[1:], " "), at})
			}
			words = nil
		case c == '}':
			end()
			words = nil
			if len(blocks) > 0 {
				blocks = blocks[:len(blocks)-1]
			}
		default:
			open = true
			if word.Len() < maxWord {
				word.WriteByte(c)
			}
		}
	}
	return all
}

// settleNginx reads the listen lines of each server, and whether it only
// redirects.
func settleNginx(g *boot, s *Service) {
	t, ok := g.settingsOf(s, flagValues(s.Args, "-c"), "etc/nginx/nginx.conf")
	if !ok {
		g.settleDefault(s)
		return
	}
	left := maxInclude
	all := g.included(s, t, nginxForm, nil, &left)
	redirects := map[string]bool{}
	tls := map[string]bool{}
	places := map[string][]string{} // locations of each server
	refuses := map[string]bool{}    // servers that refuse what they do not redirect
	for _, st := range all {
		s, last := nginxServer(st.blocks), lastOf(st.blocks)
		if s != "" && strings.HasPrefix(last, "location ") && !isChallenge(last) && !slices.Contains(places[s], last) {
			places[s] = append(places[s], last)
		}
		refuses[s] = refuses[s] || st.key == "return" && strings.HasPrefix(st.value, "4") && last == s
	}
	whole := func(st statement, server string) bool {
		switch last := lastOf(st.blocks); {
		case strings.HasPrefix(last, "if "): // as certbot writes it, or for all that came without TLS
			inServer := len(st.blocks) > 1 && st.blocks[len(st.blocks)-2] == server
			return inServer && (refuses[server] && len(places[server]) == 0 || strings.HasPrefix(last, "if ($scheme = http)") || strings.HasPrefix(last, "if ( $scheme = http )"))
		case last == "location /":
			return len(places[server]) == 1
		default:
			return last == server
		}
	}
	for _, st := range all {
		server := nginxServer(st.blocks)
		switch {
		case st.key == "return" && strings.HasPrefix(st.value, "30") && strings.Contains(st.value, "https://") && whole(st, server):
			redirects[server] = true
		case st.key == "rewrite" && strings.Contains(st.value, "https://") && whole(st, server):
			redirects[server] = true
		case st.key == "ssl" && st.value == "on":
			tls[server] = true
		}
	}
	for _, st := range all {
		server := nginxServer(st.blocks)
		f := strings.Fields(st.value)
		if st.key != "listen" || server == "" || len(f) == 0 || strings.HasPrefix(f[0], "unix:") {
			continue
		}
		address, port := parseAddress(f[0])
		if port == 0 {
			port = 80
		}
		l := Listen{Address: address, Port: port, Protocol: "tcp", TLS: KnownOf(slices.Contains(f, "ssl") || tls[server]), Redirect: redirects[server], Location: st.at}
		s.Listens = append(s.Listens, l)
		s.Places = append(s.Places, st.at)
	}
	if len(s.Listens) == 0 {
		s.Places = append(s.Places, At(t.File))
	}
}

// isChallenge reports a location in which the answers to a certificate authority lie (RFC
// 8555, section 8.3: over port 80, without TLS), or all that everybody may know of a host
// (RFC 8615).
func isChallenge(location string) bool {
	words := strings.Fields(location)
	name := strings.TrimPrefix(strings.ReplaceAll(lastOf(words), `\.`, "."), "^")
	return name == "/.well-known" || strings.HasPrefix(name, "/.well-known/")
}

// nginxServer gives the server block around a statement.
func nginxServer(blocks []string) string {
	for _, b := range blocks {
		if strings.HasPrefix(b, "server ") {
			return b
		}
	}
	return ""
}

// nginxServers parses a file; its servers stay apart from those of others.
func nginxServers(t Text) []statement {
	all := parseNginx(t)
	for _, st := range all {
		for i, b := range st.blocks {
			if strings.HasPrefix(b, "server ") && !strings.Contains(b, ":") {
				st.blocks[i] = b + ":" + t.File.Name
			}
		}
	}
	return all
}
