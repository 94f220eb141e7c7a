package facts

import "strings"

// Limits of one unit with its drop-ins.
const maxUnitLines = 8192

// unitSetting is a line of a unit file, an .ini-like format that systemd.syntax(7)
// describes.
type unitSetting struct {
	section, key, value string
	text                Text
	line                Line
}

// parseUnit reads sections, settings and continuation lines. Lines that are
// neither are passed over.
func parseUnit(t Text) []unitSetting {
	var all []unitSetting
	section := ""
	var open *unitSetting
	for line := range t.Lines() {
		if len(all) >= maxUnitLines {
			break
		}
		s := strings.TrimSpace(line.Text)
		if s == "" && open == nil || strings.HasPrefix(s, "#") || strings.HasPrefix(s, ";") {
			continue
		}
		more := strings.HasSuffix(s, `\`)
		s = strings.TrimSpace(strings.TrimSuffix(s, `\`))
		switch {
		case open != nil:
			open.value = strings.TrimSpace(open.value + " " + s)
		case strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]"):
			section = s[1 : len(s)-1]
			continue
		default:
			key, value, ok := strings.Cut(s, "=")
			if !ok {
				continue
			}
			open = &unitSetting{section, strings.TrimSpace(key), strings.TrimSpace(value), t, line}
		}
		if !more {
			all = append(all, *open)
			open = nil
		}
	}
	if open != nil {
		all = append(all, *open)
	}
	return all
}

// UnitSettings reads a unit without what its drop-ins set. It gives the last value of a key
// in a section.
func UnitSettings(t Text) func(section, key string) string {
	return unit{settings: parseUnit(t)}.value
}

// unit is a systemd unit with its drop-ins applied.
type unit struct {
	name     string // with its instance: serial-getty@ttyS0.service
	instance string
	file     Text
	settings []unitSetting
	home     string // of the user whose manager runs it, with its slash
}

// values gives the settings of a key in order; an empty value resets the list.
func (u unit) values(section, key string) []unitSetting {
	var out []unitSetting
	for _, s := range u.settings {
		if s.section != section || s.key != key {
			continue
		}
		if s.value == "" {
			out = nil
			continue
		}
		out = append(out, s)
	}
	return out
}

// value gives the last setting of a key.
func (u unit) value(section, key string) string {
	v := u.values(section, key)
	if len(v) == 0 {
		return ""
	}
	return v[len(v)-1].value
}

// words gives all values of a key, split at blanks.
func (u unit) words(section, key string) []string {
	var out []string
	for _, s := range u.values(section, key) {
		out = append(out, strings.Fields(s.value)...)
	}
	return out
}

func (u unit) kind() string {
	if i := strings.LastIndexByte(u.name, '.'); i >= 0 {
		return u.name[i+1:]
	}
	return ""
}

// specify replaces the specifiers of instance, unit name and home.
func (u unit) specify(s string) string {
	prefix, _, _ := strings.Cut(strings.TrimSuffix(u.name, "."+u.kind()), "@")
	return strings.NewReplacer("%i", u.instance, "%I", strings.ReplaceAll(u.instance, "-", "/"), "%n", u.name, "%p", prefix, "%h", u.home, "%%", "%").Replace(s)
}
