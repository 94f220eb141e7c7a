package facts

import (
	"bytes"
	"path"
	"strings"
)

// maxSchemas is how far before an address the attribute is looked for in which it stands:
// one lists several name spaces.
const maxSchemas = 2048

// namesSchema reports whether an address stands in an attribute of XML that names name
// spaces and where their schemas are (XML Schema part 1, 2.6.3), also over several lines:
// nobody fetches them.
func namesSchema(content []byte, at int) bool {
	before := content[max(0, at-maxSchemas):at]
	open := bytes.LastIndexByte(before, '"')
	if single := bytes.LastIndexByte(before, '\''); single > open {
		open = single
	}
	if open < 0 {
		return false
	}
	if open == len(before)-1 && namespaceCode.Get().Match(before[max(0, open-maxNamespaceName):]) {
		return true
	}
	name := bytes.TrimRight(before[:open], " \t\r\n\\")
	name, ok := bytes.CutSuffix(name, []byte("="))
	if !ok {
		return false
	}
	name = bytes.TrimRight(name, " \t\r\n")
	for _, n := range []string{"schemaLocation", "SchemaLocation", "targetNamespace", "namespaceURI", "namespace"} {
		if bytes.HasSuffix(name, []byte(n)) {
			return true
		}
	}
	word := name[bytes.LastIndexAny(name, " \t\r\n<")+1:]
	return string(word) == "xmlns" || bytes.HasPrefix(word, []byte("xmlns:"))
}

// namespaceCode is what stands before a name space in a program: a constant that is called
// so (RSS_NAMESPACE = "…", define('NS_X', …) is too short to say it), or the methods of the
// Document Object Model that take one (DOM Level 2 Core, createElementNS and its kin).
var namespaceCode = lazy(`(?i)(?:[a-z0-9_]*namespace[a-z0-9_]*["']?\s*(?:,|=>|=|:)\s*|\b(?:create|get|set|has|remove)[a-z]*NS\(\s*)["']$`)

// maxNamespaceName is how far before an address its name is looked for, in bytes.
const maxNamespaceName = 96

// linkBefore is what stands before the address of a link in a piece of a page: it is
// followed by who reads the page, if at all. Forms are not among them: they send.
var linkBefore = lazy(`(?i)(?:<(?:a|area|link|object|embed)\b[^<>]*?\s(?:href|codebase|pluginspage|cite)\s*=\s*\\?["']?|\s(?:codebase|pluginspage)\s*=\s*\\?["']?)$`)

// linked reports whether an address is that of a link in a piece of a page.
func linked(content []byte, at int) bool {
	before := bytes.TrimRight(content[max(0, at-maxLead):at], "\"'\\ \t")
	if !bytes.HasSuffix(before, []byte("=")) { // dear to ask of most
		return false
	}
	return linkBefore.Get().Match(content[max(0, at-maxLead):at])
}

// percentComment reports whether a line is a comment of PostScript, Erlang or TeX: "%" and
// a blank, another "%", or nothing.
func percentComment(line string) bool {
	return strings.HasPrefix(line, "%") && (len(line) == 1 || strings.IndexByte("% \t", line[1]) >= 0)
}

// remark begins a text for people that a setting of XML or JSON holds.
var remark = lazy(`(?i)(?:<(?:comment|description|summary|remark|forum|website|homepage|disclaimer|news)>[^<]*|["'](?:_?comments?|description|summary|remark)["']\s*:\s*(?:"(?:[^"\\]|\\.)*|'[^']*))$`)

// inRemark reports whether what stands before an address begins such a text.
func inRemark(line string) bool {
	return strings.ContainsAny(line, `>:`) && holdsAny(line, remarkWords) && remark.Get().MatchString(line)
}

// remarkWords are literals of which each such name holds one.
var remarkWords = []string{"omment", "escription", "ummary", "emark", "OMMENT", "ESCRIPTION", "orum", "ebsite", "omepage", "isclaimer", "news"}

// tellsReaders reports whether an address stands in a sentence of a text for people that
// sends them there.
func tellsReaders(name string, content []byte, at int) bool {
	before := content[max(0, at-maxLead):at]
	switch path.Ext(name) {
	case ".txt", ".text", ".md", ".rst", ".TXT":
	case ".app": // what an application of Erlang says of itself
		return bytes.Contains(content[:min(len(content), maxLead)], []byte("{application"))
	case ".sql":
		return path.Base(name) == "fill_help_tables.sql" // the manual of MySQL
	case ".py":
		return path.Base(name) == "setup.py" && bytes.Contains(before[bytes.LastIndexByte(before, '\n')+1:], []byte("url"))
	case ".conf", ".local":
		return strings.Contains(name, "fail2ban/action.d/") && isMailText(content, at)
	default:
		return false
	}
	return sendsPeople.Get().Match(before[bytes.LastIndexByte(before, '\n')+1:])
}

// isMailText reports whether the line of an action of fail2ban fetches nothing: what else
// names an address there stands in the mail that it sends.
func isMailText(content []byte, at int) bool {
	start := bytes.LastIndexByte(content[:at], '\n') + 1
	line, _, _ := bytes.Cut(content[start:], []byte("\n"))
	if bytes.HasSuffix(bytes.TrimRight(content[start:at], " \t"), []byte("=")) {
		return false // a value of its own, which some command asks
	}
	return !bytes.Contains(line, []byte("curl")) && !bytes.Contains(line, []byte("wget"))
}

// isLegal knows the folder of licences that each Java runtime has.
func isLegal(name string) bool {
	_, inside, found := strings.Cut("/"+name, "/legal/java.")
	if !found {
		_, inside, found = strings.Cut("/"+name, "/legal/jdk.")
	}
	return found && strings.Contains(inside, "/")
}
