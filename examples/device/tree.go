// Package device builds the firmware images of the example products, as a
// vendor's build would: programs compiled for the device's processor, settings
// and boot scripts, packed as squashfs behind a vendor header and a kernel.
//
// A device is written down in a device.txtar: each file with its mode, owner
// and content, so that a reader sees the whole device in one place.
package device

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Entry is a file, folder or link of the device.
type Entry struct {
	Name     string
	Mode     fs.FileMode // permission and type
	UID, GID uint32
	Link     string // target of a symlink
	Program  string // name of a program to compile; "hardened" is one that the builder writes
	Key      string // name of a private key to make
	Data     []byte
}

// ParseTree reads a device.txtar. A header is the path with optional words:
// mode=0755 uid=0 gid=0 link=TARGET program=NAME key=NAME; a path that ends in
// "/" is a folder. Missing parent folders are added.
func ParseTree(src []byte) ([]Entry, error) {
	entries := map[string]Entry{}
	for _, f := range txtar.Parse(src).Files {
		e, err := parseEntry(f)
		if err != nil {
			return nil, fmt.Errorf("device: %s: %w", f.Name, err)
		}
		if _, twice := entries[e.Name]; twice {
			return nil, fmt.Errorf("device: %s stands there twice", e.Name)
		}
		entries[e.Name] = e
	}
	for name := range entries {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, ok := entries[dir]; !ok {
				entries[dir] = Entry{Name: dir, Mode: fs.ModeDir | 0o755}
			}
		}
	}
	tree := make([]Entry, 0, len(entries))
	for _, e := range entries {
		tree = append(tree, e)
	}
	slices.SortFunc(tree, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return tree, nil
}

func parseEntry(f txtar.File) (Entry, error) {
	words := strings.Fields(f.Name)
	if len(words) == 0 {
		return Entry{}, fmt.Errorf("a header has no path")
	}
	e := Entry{Name: strings.TrimSuffix(words[0], "/"), Mode: 0o644, Data: f.Data}
	if strings.HasSuffix(words[0], "/") {
		e.Mode, e.Data = fs.ModeDir|0o755, nil
	}
	if !fs.ValidPath(e.Name) {
		return Entry{}, fmt.Errorf("not a path")
	}
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "mode":
			m, err := strconv.ParseUint(value, 8, 12)
			if err != nil {
				return Entry{}, fmt.Errorf("mode %q: %w", value, err)
			}
			e.Mode = e.Mode.Type() | fs.FileMode(m&0o777)
			if m&0o1000 != 0 {
				e.Mode |= fs.ModeSticky
			}
		case "uid", "gid":
			n, err := strconv.ParseUint(value, 10, 32)
			if err != nil {
				return Entry{}, fmt.Errorf("%s %q: %w", name, value, err)
			}
			if name == "uid" {
				e.UID = uint32(n)
			} else {
				e.GID = uint32(n)
			}
		case "link":
			e.Link, e.Mode, e.Data = value, fs.ModeSymlink|0o777, nil
		case "program":
			e.Program, e.Mode = value, 0o755
		case "key":
			e.Key = value
		default:
			return Entry{}, fmt.Errorf("unknown word %q", w)
		}
	}
	return e, nil
}
