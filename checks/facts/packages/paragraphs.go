package packages

import (
	"bytes"
	"strings"

	"github.com/assay-iot/assay"
)

// readParagraphs reads paragraphs of fields: "Package: busybox" (Debian Policy
// 5.1, also opkg) or "P:busybox" (apk). Places are those inside the content.
func readParagraphs(kind string, content []byte) []Entry {
	var all []Entry
	p := Entry{Database: kind}
	gone := false
	end := func() {
		if p.Name != "" && p.Version != "" && !gone && len(all) < maxPackages {
			all = append(all, p)
		}
		p, gone = Entry{Database: kind}, false
	}
	line, offset := 0, int64(0)
	for len(content) > 0 {
		raw, rest, _ := bytes.Cut(content, []byte("\n"))
		content, line = rest, line+1
		start := offset
		offset += int64(len(raw)) + 1
		if len(bytes.TrimSpace(raw)) == 0 {
			end()
			continue
		}
		key, val, ok := strings.Cut(string(raw[:min(len(raw), maxField)]), ":")
		if !ok {
			continue
		}
		val = strings.TrimSpace(val)
		switch key {
		case "Package", "P":
			p.Name, p.Location = val, assay.Location{Line: line, Offset: start, Length: int64(len(raw))}
		case "Version", "V":
			p.Version = val
		case "Architecture", "A":
			p.Arch = val
		case "Source", "o":
			p.Source, _, _ = strings.Cut(val, " ")
		case "License", "L":
			p.Licence = val
		case "Depends":
			p.Depends = dependsOn(strings.Split(val, ","))
		case "D":
			p.Depends = dependsOn(strings.Fields(val))
		case "Status": // desired, flags, state: "install ok installed"
			words := strings.Fields(val)
			gone = len(words) == 0 || words[len(words)-1] != "installed"
		}
	}
	end()
	return all
}

// maxDepends bounds the packages that one is said to need.
const maxDepends = 256

// dependsOn gives the names of the packages that one needs: of alternatives the
// first, without the versions that will do. What apk needs by the name of a
// file or a library is left out.
func dependsOn(list []string) []string {
	var names []string
	for _, d := range list[:min(len(list), maxDepends)] {
		d, _, _ = strings.Cut(d, "|")
		d, _, _ = strings.Cut(strings.TrimSpace(d), ":")
		if at := strings.IndexAny(d, " (<>=~"); at >= 0 {
			d = d[:at]
		}
		if d != "" && d != "so" && d != "cmd" && d != "pc" && !strings.ContainsAny(d, "/!") {
			names = append(names, d)
		}
	}
	return names
}
