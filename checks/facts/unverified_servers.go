package facts

import (
	"regexp"
	"strings"
)

// Servers that ask clients for no certificate, as nearly all do: the switch is about
// those who come, and nobody's name is left unchecked.

var (
	pythonContext = lazy(`([A-Za-z_][\w.]*)\.$`)
	sideOfServer  = lazy(`\bserver_side\s*=\s*True\b`)
	luaServer     = lazy(`\bmode["'\]]*\s*=\s*["']server["']|["']cipher_server_preference["']|\bcipher_server_preference\s*=`)
	nodeServer    = lazy(`(?:\bcreate(?:Secure)?Server|\bnew\s+(?:https|tls)\.Server|\.createSecureServer)\s*\(\s*$`)
	asksClient    = lazy(`\brequestCert['"]?\s*:\s*(?:[^f\s]|f[^a])`)
	looksAtClient = lazy(`\.authorized\b`)
)

// maxContextMade is how far before a switch it is looked for where its context is made.
const maxContextMade = 16 << 10

// ofServerSide reports whether a switch at a place of a program is that of a server.
func ofServerSide(rule unverifiedRule, code programCode, at int) bool {
	text := code.text
	from, to := max(0, at-maxSectionSide), min(len(text), at+maxSectionSide)
	switch {
	case code.language == "Python" && rule.literal == "CERT_NONE":
		return contextOfServer(text, at)
	case code.language == "Lua" && rule.literal == "verify":
		return luaServer.Get().MatchString(objectAround(text[from:to], at-from))
	case code.language == "JavaScript" && rule.literal == "rejectUnauthorized":
		options := objectAround(text[from:to], at-from)
		before := text[from : from+strings.LastIndex(text[from:min(to, at+len(options))], options)]
		return nodeServer.Get().MatchString(before) &&
			(!asksClient.Get().MatchString(options) || looksAtClient.Get().MatchString(text))
	}
	return false
}

// contextOfServer reports whether CERT_NONE is set of a context that was made for the side of
// a server last (Python's ssl: such a context opens no connection), or handed to a call
// with server_side=True.
func contextOfServer(text string, at int) bool {
	line, _, _ := strings.Cut(text[at:], "\n")
	start := strings.LastIndexByte(text[:at], '\n') + 1
	if sideOfServer.Get().MatchString(text[start : at+len(line)]) {
		return true
	}
	name := pythonContext.Get().FindStringSubmatch(text[start:at])
	if name == nil {
		return false
	}
	made := regexp.MustCompile(`(?m)(?:^|[^\w.])`+regexp.QuoteMeta(name[1])+`\s*=\s*([^=\n(][^\n(]*(?:\(\s*[^\n]*)?)`).FindAllStringSubmatch(text[max(0, at-maxContextMade):at], -1)
	if len(made) == 0 {
		return false
	}
	last := made[len(made)-1][1]
	return strings.Contains(last, "Purpose.CLIENT_AUTH") || strings.Contains(last, "PROTOCOL_TLS_SERVER")
}
