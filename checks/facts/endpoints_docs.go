package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// withoutDocs gives a program text with blanks where it holds documentation for
// people who read it: POD in Perl (perlpod), docstrings in Python (PEP 257),
// comments of Vim's scripts and of Lua, and the example that OpenSSL's
// own settings carry. Offsets and lines stay.
func withoutDocs(name string, content []byte) []byte {
	first, _, _ := bytes.Cut(content[:min(len(content), 256)], []byte("\n"))
	runs := bytes.HasPrefix(first, []byte("#!"))
	switch ext := path.Ext(name); {
	case ext == ".pm" || ext == ".pl" || ext == ".t" || runs && bytes.Contains(first, []byte("perl")):
		return blanked(content, podRanges)
	case ext == ".py" || runs && bytes.Contains(first, []byte("python")):
		return blanked(content, docstringRanges)
	case ext == ".vim":
		return blanked(content, vimComments)
	case ext == ".lua" || runs && bytes.Contains(first, []byte("lua")):
		return blanked(content, luaComments)
	case path.Base(name) == "openssl.cnf":
		return blanked(content, opensslExample)
	case isManifest(name):
		return blanked(content, manifestPages)
	case ext != ".sh" && (!runs || shellOf(string(first)) == ""):
		return blanked(content, blockComments)
	}
	return content
}

// manifestPage is a member of a package's manifest that names a page for people.
var manifestPage = lazy(`"(?:homepage|web|bugs|issues|source|docs|forum|wiki|repository|repo|licen[cs]es?|funding|authors?|maintainers|contributors|support|chat|rss)"\s*:\s*(?:"[^"]*"|\{[^{}]*\}|\[[^\[\]]*\])`)

func manifestPages(content []byte, found func(from, to int)) {
	for _, m := range manifestPage.Get().FindAllIndex(content, 100) {
		found(m[0], m[1])
	}
}

// blockComments finds comments of several lines: those of XML, and those of C that begin
// their line.
func blockComments(content []byte, found func(from, to int)) {
	for _, mark := range [][2]string{{"<!--", "-->"}, {"/*", "*/"}} {
		for at := 0; ; {
			i := bytes.Index(content[at:], []byte(mark[0]))
			if i < 0 {
				break
			}
			start := at + i
			at = start + len(mark[0])
			if mark[0] != "<!--" && !beginsLine(content, start) {
				continue
			}
			n := bytes.Index(content[at:], []byte(mark[1]))
			if n < 0 {
				break
			}
			at += n + len(mark[1])
			found(start, at)
		}
	}
}

// beginsLine reports whether nothing but blanks stands before the offset in its line. It
// looks at no more than those, as a line may be all of a file.
func beginsLine(content []byte, at int) bool {
	for at > 0 && (content[at-1] == ' ' || content[at-1] == '\t') {
		at--
	}
	return at == 0 || content[at-1] == '\n'
}

// vimComments finds the lines that begin with a double quote (":help :quote").
func vimComments(content []byte, found func(from, to int)) {
	for at := 0; at < len(content); {
		line, _, _ := bytes.Cut(content[at:], []byte("\n"))
		if bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte(`"`)) {
			found(at, at+len(line))
		}
		at += len(line) + 1
	}
}

// opensslExample finds the section [insta] of OpenSSL's apps/openssl.cnf: a server to
// try "openssl cmp" with, which reads the section only where it is asked for by name.
func opensslExample(content []byte, found func(from, to int)) {
	const head = "\n[insta]"
	start := bytes.Index(content, []byte(head))
	if start < 0 {
		return
	}
	end := len(content)
	if next := bytes.Index(content[start+len(head):], []byte("\n[")); next >= 0 {
		end = start + len(head) + next
	}
	found(start, end)
}

var (
	sendsPeople = lazy(`(?i)\b(?:see|visit|please|bugs?|for example|instructions|more information|documentation|copyright)\b[^=]*$|\b(?:found|available|obtained|downloaded)\s+(?:at|from|on)\s+$|\b(?:at|from)\s+%s["']\s*,\s*["']$|\{\s*["'](?-i:Source|Homepage|Website|Documentation)["']\s*,\s*["']$`)
	shownSet    = lazy(`^(?:echo|print|printf)\s+["'] {2,}$`)
)

// shown reports whether an address of a script is only printed: it stands in a
// sentence that sends people there, or is set in by blanks in what is written to the
// terminal. What fetches, writes elsewhere or keeps a value is none.
func shown(content []byte, from, to int) bool {
	before := content[max(0, from-maxLead):from]
	before = bytes.TrimLeft(before[bytes.LastIndexByte(before, '\n')+1:], " \t")
	after, _, _ := bytes.Cut(content[to:min(len(content), to+maxLead)], []byte("\n"))
	for _, word := range []string{"curl", "wget", "|", "$(", "`", "open(", "get(", "post("} {
		if bytes.Contains(before, []byte(word)) || bytes.Contains(after, []byte(word)) {
			return false
		}
	}
	if bytes.Contains(bytes.TrimPrefix(after, []byte(">")), []byte(">")) {
		return false // written to a file
	}
	return sendsPeople.Get().Match(before) || shownSet.Get().Match(before)
}

// sentenceBefore is a message in a script that goes on in the next line: a string that
// ends in a word and a blank, and the start of the next one.
var sentenceBefore = lazy(`["'][^"'\n]* [^"'\n]*[a-z]:? ["']\s*(?:\.\.|\+|\.)?\s*\n\s*["']$`)

// endsSentence reports whether an address in a script is the end of a message.
func endsSentence(content []byte, at int) bool {
	return sentenceBefore.Get().Match(content[max(0, at-maxLead):at])
}

// greetings are files that a console or a login shows people.
var greetings = []string{"/etc/banner", "/etc/banner.failsafe", "/etc/motd", "/etc/issue", "/etc/issue.net"}

// forReaders reports whether a string of a program names a page that people are told to
// read: a bug tracker, a list of questions and answers, a place within a page, which no
// client sends to a server (RFC 9110, 4.2.5).
func forReaders(e Endpoint, address string) bool {
	return strings.HasPrefix(e.Host, "bugs.") || strings.HasPrefix(e.Host, "bugzilla.") || strings.Contains(e.URL, e.Host+"/faq/") || pagePlace.Get().MatchString(address)
}

// pagePlace is the place in a page by its name: no "#/", by which programs in pages route.
var pagePlace = lazy(`^https?://[^#]+/[^#]*#[A-Za-z][A-Za-z0-9_.-]+$`)

// inAngles reports whether an address stands in angle brackets, as in text for
// people (RFC 3986, appendix C).
func inAngles(content []byte, from, to int) bool {
	return from > 0 && content[from-1] == '<' && to < len(content) && content[to] == '>'
}

// blanked gives a copy with blanks in the ranges; the content itself if there
// are none.
func blanked(content []byte, ranges func([]byte, func(from, to int))) []byte {
	copied := false
	ranges(content, func(from, to int) {
		if !copied {
			content, copied = slices.Clone(content), true
		}
		for i := from; i < to; i++ {
			if content[i] != '\n' {
				content[i] = ' '
			}
		}
	})
	return content
}

// podRanges finds "=word" at the start of a line up to "=cut"; after "__END__"
// there is nothing else.
func podRanges(content []byte, found func(from, to int)) {
	start := -1
	for at := 0; at < len(content); {
		line, _, _ := bytes.Cut(content[at:], []byte("\n"))
		next := min(at+len(line)+1, len(content))
		switch {
		case start < 0 && bytes.Equal(bytes.TrimSpace(line), []byte("__END__")):
			found(at, len(content))
			return
		case start < 0 && len(line) > 1 && line[0] == '=' && isLetter(line[1]):
			start = at
		case start >= 0 && bytes.HasPrefix(line, []byte("=cut")):
			found(start, next)
			start = -1
		}
		at = next
	}
	if start >= 0 {
		found(start, len(content))
	}
}

// docstringRanges finds strings in three quotes that begin their line.
func docstringRanges(content []byte, found func(from, to int)) {
	eachTripleQuoted(content, func(start, end int) {
		if _, ok := lineOfString(content[:start]); ok {
			found(start, end)
		}
	})
}

// isAddressValue reports whether an address is a value in JSON that a program holds as a
// string, under a name that says that it is one to talk to ("ota_url":"http://…").
func isAddressValue(content []byte, at int) bool {
	before, ok := bytes.CutSuffix(content[max(0, at-maxNamespaceName):at], []byte(`"`))
	if !ok {
		return false
	}
	before, ok = bytes.CutSuffix(bytes.TrimRight(bytes.TrimRight(before, `\`), " \t"), []byte(":"))
	if !ok {
		return false
	}
	name, ok := bytes.CutSuffix(bytes.TrimRight(before, " \t"), []byte(`"`))
	if !ok {
		return false
	}
	name = bytes.TrimRight(name, `\`)
	word := strings.ToLower(string(name[bytes.LastIndexByte(name, '"')+1:]))
	return slices.ContainsFunc(addressEnds, func(end string) bool { return strings.HasSuffix(word, end) }) && !holdsAny(word, readersWords)
}

// addressEnds end the names of values that are addresses, readersWords stand in those that
// are for people.
var (
	addressEnds  = []string{"url", "uri", "server", "host", "broker", "endpoint", "addr", "address", "ota", "cloud"}
	readersWords = []string{"home", "doc", "help", "bug", "issue", "licen", "schema", "project", "support", "info", "repo", "manufacturer", "vendor", "model"}
)
