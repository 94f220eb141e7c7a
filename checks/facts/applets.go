package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// maxApplets bounds the table of one program; busybox has about 400.
const maxApplets = 1024

// AppletTable is a program that is many programs at once (busybox), and the
// names of those that it was built with.
type AppletTable struct {
	Name     string         `json:"name"` // path in its container
	Location assay.Location `json:"location"`
	Applets  []string       `json:"applets"` // sorted
}

// Has reports whether the program was built with an applet.
func (t AppletTable) Has(applet string) bool {
	_, ok := slices.BinarySearch(t.Applets, applet)
	return ok
}

// Applets are the busybox programs of the image with their applets.
var Applets = &Scan[AppletTable]{
	Name: "applets",
	Doc:  "The applets that busybox programs were built with.",
	Want: func(f *firmware.File) bool {
		return f.Kind == firmware.Regular && strings.HasPrefix(path.Base(f.Name), "busybox")
	},
	See: func(f *firmware.File, content []byte) []AppletTable {
		names := appletNames(content)
		if len(names) == 0 {
			return nil
		}
		return []AppletTable{{Name: f.Name, Location: At(f), Applets: names}}
	},
}

// appletNames finds busybox's table: names in sorted order, each ended by a
// NUL, of which "[" and "[[" or "[" alone come first.
func appletNames(content []byte) []string {
	for _, anchor := range []string{"\x00[\x00[[\x00", "\x00[\x00"} {
		rest := content
		for {
			i := bytes.Index(rest, []byte(anchor))
			if i < 0 {
				break
			}
			if names := nameTable(rest[i+1:]); len(names) >= 8 {
				return names
			}
			rest = rest[i+1:]
		}
	}
	return nil
}

func nameTable(b []byte) []string {
	var names []string
	for len(names) < maxApplets {
		end := bytes.IndexByte(b[:min(len(b), 32)], 0)
		if end <= 0 || !isAppletName(b[:end]) {
			break
		}
		name := string(b[:end])
		if len(names) > 0 && name <= names[len(names)-1] {
			break
		}
		names = append(names, name)
		b = b[end+1:]
	}
	return names
}

func isAppletName(b []byte) bool {
	for _, c := range b {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !bytes.ContainsRune([]byte("[_-."), rune(c)) {
			return false
		}
	}
	return true
}
