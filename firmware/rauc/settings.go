package rauc

import (
	"slices"
	"strings"
)

// settings is a manifest: sections of keys and values.
type settings map[string]map[string]string

const (
	maxSections = 256
	maxValue    = 1024
)

// parse reads lines as GLib's key files have them. Of a key that is there twice
// the last counts, as it does there.
func parse(b []byte) settings {
	s := settings{}
	section := ""
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			section, _, _ = strings.Cut(name, "]")
			if s[section] == nil && len(s) < maxSections {
				s[section] = map[string]string{}
			}
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || line[0] == '#' || s[section] == nil || len(value) > maxValue {
			continue
		}
		s[section][strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return s
}

func (s settings) get(section, key string) string { return s[section][key] }

// images lists the sections of images, in a fixed order.
func (s settings) images() []string {
	var all []string
	for name := range s {
		if strings.HasPrefix(name, "image.") {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}
