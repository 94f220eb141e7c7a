package signing

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/xml"
	"io"
	"path"
	"strings"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// listed is a file that an index lists with its SHA-256, and that is there.
type listed struct {
	file *firmware.File
	ok   bool
}

func (l listed) entry(c *firmware.Container) HashEntry {
	h := firmware.Hash{Name: l.file.Name, Algorithm: "sha256", OK: l.ok, Span: firmware.Span{Path: l.file.Name, Length: l.file.Size}}
	return HashEntry{Hash: h, Container: c.Path, Outermost: outermost(c) && !facts.IsRoot(c), Location: facts.At(l.file)}
}

// Limits of what is followed from an index.
const (
	maxIndex  = 16 << 20 // unpacked bytes of one
	maxListed = 1 << 16  // files
	maxFollow = 64       // indexes that one index leads to
)

// follow compares what an index lists, and goes on into the indexes that it lists.
func follow(c *firmware.Container, name string, text []byte) (all []listed) {
	type index struct {
		name string
		text []byte
	}
	seen := map[*firmware.File]bool{}
	queue := []index{{name, text}}
	for n := 0; n < len(queue) && n < maxFollow; n++ {
		for _, e := range entriesOf(queue[n].name, queue[n].text) {
			f := lookBeside(c, queue[n].name, e.name)
			if f == nil || seen[f] || len(all) == maxListed {
				continue
			}
			seen[f] = true
			l := listed{f, strings.EqualFold(e.sum, hex.EncodeToString(f.Digest[:]))}
			all = append(all, l)
			if !l.ok || f.Size > maxIndex || !isIndex(f.Name, indexNames) && !strings.Contains(path.Base(f.Name), "primary.xml") {
				continue
			}
			if inner, err := f.ReadFile(); err == nil {
				queue = append(queue, index{f.Name, inner})
			}
		}
	}
	return all
}

// lookBeside finds what an index lists: by its path from the folder of the index,
// or from one further out, where the root of the repository may be.
func lookBeside(c *firmware.Container, index, name string) *firmware.File {
	for dir := path.Dir(index); ; dir = path.Dir(dir) {
		if f, ok := c.Lookup(path.Join(dir, name)); ok && f.Kind == firmware.Regular && name != "" {
			return f
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

type indexEntry struct{ name, sum string }

// entriesOf reads the list of an index, by its name.
func entriesOf(name string, text []byte) []indexEntry {
	base := path.Base(name)
	if strings.HasSuffix(base, ".gz") {
		r, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return nil
		}
		if text, err = io.ReadAll(io.LimitReader(r, maxIndex)); err != nil {
			return nil
		}
		base = strings.TrimSuffix(base, ".gz")
	}
	switch {
	case strings.HasSuffix(base, "Packages"):
		return packagesEntries(string(text))
	case strings.HasSuffix(base, "Release"):
		return releaseEntries(string(text))
	case strings.HasSuffix(base, ".xml"):
		return repodataEntries(text)
	}
	return nil
}

// packagesEntries reads the stanzas of opkg and of deb: Filename, and SHA256 or
// SHA256sum.
func packagesEntries(text string) (all []indexEntry) {
	var e indexEntry
	flush := func() {
		if e.name != "" && e.sum != "" && len(all) < maxListed {
			all = append(all, e)
		}
		e = indexEntry{}
	}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.TrimSpace(key) {
		case "":
			flush()
		case "Filename":
			e.name = value
		case "SHA256", "SHA256sum":
			e.sum = value
		}
	}
	flush()
	return all
}

// releaseEntries reads the lines below "SHA256:", each of digest, size and path.
func releaseEntries(text string) (all []indexEntry) {
	inside := false
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, " ") {
			inside = strings.TrimSpace(line) == "SHA256:"
			continue
		}
		if f := strings.Fields(line); inside && len(f) == 3 && len(all) < maxListed {
			all = append(all, indexEntry{f[2], f[0]})
		}
	}
	return all
}

// repodataEntries reads repomd.xml, which lists indexes, and primary.xml, which
// lists packages.
func repodataEntries(text []byte) (all []indexEntry) {
	type item struct {
		Checksum struct {
			Type  string `xml:"type,attr"`
			Value string `xml:",chardata"`
		} `xml:"checksum"`
		Location struct {
			Href string `xml:"href,attr"`
		} `xml:"location"`
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	for len(all) < maxListed {
		t, err := d.Token()
		if err != nil {
			return all
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "data" && start.Name.Local != "package" {
			continue
		}
		var i item
		if err := d.DecodeElement(&i, &start); err != nil {
			return all
		}
		if i.Checksum.Type == "sha256" && i.Location.Href != "" {
			all = append(all, indexEntry{i.Location.Href, strings.TrimSpace(i.Checksum.Value)})
		}
	}
	return all
}
