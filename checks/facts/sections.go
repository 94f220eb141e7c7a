package facts

import (
	"strings"

	"github.com/assay-iot/assay"
)

// section is a part of a settings file of the form "[name]" and "key=value", as
// RAUC, fwupd, OSTree, dnf and systemd write.
type section struct {
	name  string
	at    assay.Location
	lines map[string]setting
}

// setting is the value of a key and its place. The last of several counts.
type setting struct {
	value string
	at    assay.Location
}

func (s section) value(key string) string { return s.lines[key].value }

// readSections reads a settings file; keys before the first name are in a
// section without one. Keys are in lower case.
func readSections(t Text) []section {
	all := []section{{at: At(t.File), lines: map[string]setting{}}}
	for l := range t.Lines() {
		text := strings.TrimSpace(l.Text)
		switch {
		case text == "" || text[0] == '#' || text[0] == ';':
		case text[0] == '[' && strings.HasSuffix(text, "]"):
			all = append(all, section{name: text[1 : len(text)-1], at: t.At(l), lines: map[string]setting{}})
		default:
			if key, val, ok := strings.Cut(text, "="); ok {
				key = strings.ToLower(strings.TrimSpace(key))
				all[len(all)-1].lines[key] = setting{strings.Trim(strings.TrimSpace(val), `"'`), t.At(l)}
			}
		}
	}
	return all
}

// isOn reads the words for yes.
func isOn(v string) bool {
	switch strings.ToLower(strings.Trim(v, `"';`)) {
	case "1", "yes", "true", "on", "enabled":
		return true
	}
	return false
}

// isOff reads the words for no.
func isOff(v string) bool {
	switch strings.ToLower(strings.Trim(v, `"';`)) {
	case "0", "no", "false", "off", "disabled":
		return true
	}
	return false
}
