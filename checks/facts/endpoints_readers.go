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
	name := bytes.TrimRight(before[:open], " \t\r\n\\")
	name, ok := bytes.CutSuffix(name, []byte("="))
	if !ok {
		return false
	}
	name = bytes.TrimRight(name, " \t\r\n")
	for _, n := range []string{"schemaLocation", "SchemaLocation", "targetNamespace"} {
		if bytes.HasSuffix(name, []byte(n)) {
			return true
		}
	}
	word := name[bytes.LastIndexAny(name, " \t\r\n<")+1:]
	return string(word) == "xmlns" || bytes.HasPrefix(word, []byte("xmlns:"))
}

// tellsReaders reports whether an address stands in a sentence of a text for people that
// sends them there.
func tellsReaders(name string, content []byte, at int) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".txt", ".text", ".md", ".rst":
	default:
		return false
	}
	before := content[max(0, at-maxLead):at]
	return sendsPeople.Get().Match(before[bytes.LastIndexByte(before, '\n')+1:])
}

// isLegal knows the folder of licences that each Java runtime has.
func isLegal(name string) bool {
	_, inside, found := strings.Cut("/"+name, "/legal/java.")
	if !found {
		_, inside, found = strings.Cut("/"+name, "/legal/jdk.")
	}
	return found && strings.Contains(inside, "/")
}
