package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// Comments that stand behind code, and names of hosts that stand where people put their
// own.

// luaComments finds the comments of Lua (Reference Manual, 3.1), whole lines and behind
// code, long ones too; what a string says is none.
func luaComments(content []byte, found func(from, to int)) {
	if !bytes.Contains(content, []byte("--")) {
		return
	}
	var endless [maxBracket]bool // by its length: a long bracket of that kind has no end
	long := func(rest []byte) int {
		mark := longBracket(string(rest[:min(len(rest), maxBracket)]))
		if mark == "" || endless[len(mark)] {
			return 0
		}
		i := bytes.Index(rest, []byte(mark))
		if endless[len(mark)] = i < 0; i < 0 {
			return 0
		}
		return i + len(mark)
	}
	for at := 0; at < len(content); {
		i := bytes.IndexAny(content[at:], "-\"'[")
		if i < 0 {
			return
		}
		at += i
		rest := content[at:]
		switch {
		case bytes.HasPrefix(rest, []byte("--")):
			end := long(rest[2:]) + 2
			if end == 2 {
				line, _, _ := bytes.Cut(rest, []byte("\n"))
				end = len(line)
			}
			found(at, at+end)
			at += end
		case rest[0] == '"' || rest[0] == '\'':
			end, _ := quotedEnd(rest)
			at += end
		case rest[0] == '[':
			at += max(1, long(rest))
		default:
			at++
		}
	}
}

// maxBracket bounds the opening and the end of a long bracket of Lua, in bytes.
const maxBracket = 16

// quotedEnd is where a string of one line ends that begins here, and whether it does: if
// not, where the line ends.
func quotedEnd(b []byte) (end int, ok bool) {
	i := 1
	for ; i < len(b) && b[i] != '\n'; i++ {
		switch b[i] {
		case '\\':
			i++
		case b[0]:
			return i + 1, true
		}
	}
	return min(i, len(b)), false
}

// behindCode reports whether an address of a program in JavaScript or PHP stands in a
// comment of its line, behind code.
func behindCode(name string, content []byte, at int) bool {
	if !slices.Contains([]string{".js", ".mjs", ".cjs", ".ts", ".php", ".phtml"}, path.Ext(name)) {
		return false
	}
	before := content[max(0, at-maxLead):at]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	if !bytes.Contains(before, []byte("//")) && !bytes.Contains(before, []byte("/*")) {
		return false
	}
	for i := 0; i < len(before); {
		rest := before[i:]
		switch {
		case rest[0] == '"' || rest[0] == '\'' || rest[0] == '`':
			end, ok := quotedEnd(rest)
			if !ok {
				return false
			}
			i += end
		case bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest, []byte("*/"))
			if end < 0 {
				return true
			}
			i += end + 2
		case bytes.HasPrefix(rest, []byte("//")) && i > 0 && strings.IndexByte(" \t;,(){}", before[i-1]) >= 0:
			return true
		default:
			i++
		}
	}
	return false
}

// logged reports whether what ends here is the page that a line of a web server's log
// names, in front of the browser: a sample of a log.
func logged(content []byte, to int) bool {
	rest := bytes.ReplaceAll(content[to:min(len(content), to+len(`\" \"Mozilla/`))], []byte("\\"), nil)
	return bytes.HasPrefix(rest, []byte(`" "Mozilla/`))
}

// Labels of names that say what belongs there: the first ones as the first label, the
// second ones anywhere, the last ones as the last label, which no registry gives out.
var (
	firstFilling = []string{"your", "some"}
	anyFilling   = []string{"your", "yourdomain", "your-domain", "yourhost", "your-host", "yourserver", "yourcompany", "your-company", "yoursite", "your-site", "yourorg", "yourname"}
	lastFilling  = []string{"domain", "url", "tld", "hostname"}
	noneAtAll    = []string{"disabled", "none", "unused", "invalid", "null", "nowhere", "dummy", "placeholder"} // below .invalid (RFC 6761, 6.4)
)

// toFillIn reports whether a name of a host stands where people put their own.
func toFillIn(host string) bool {
	labels := strings.Split(host, ".")
	if len(labels) < 2 || host[0] <= '9' {
		return false
	}
	last := labels[len(labels)-1]
	return slices.Contains(firstFilling, labels[0]) || slices.Contains(lastFilling, last) || last == "invalid" && slices.Contains(noneAtAll, labels[0]) ||
		slices.ContainsFunc(labels[:len(labels)-1], func(l string) bool {
			return slices.Contains(anyFilling, l) || len(l) >= 4 && strings.Trim(l, "x") == ""
		})
}

// isLicence reports whether an address is that of the text of a licence.
func isLicence(url string) bool {
	return strings.Contains(url, "/licen") && slices.Contains([]string{".txt", ".html", ".htm"}, path.Ext(url))
}
