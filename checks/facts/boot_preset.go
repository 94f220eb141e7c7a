package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// maxPresetRules bounds the rules of all preset files.
const maxPresetRules = 4096

// presetFolders hold the vendor's and the owner's choice of units, first one
// first (systemd.preset(5)).
var presetFolders = []string{"etc/systemd/system-preset", "usr/local/lib/systemd/system-preset", "usr/lib/systemd/system-preset", "lib/systemd/system-preset"}

// presetRule is a line "enable PATTERN INSTANCE…" or "disable PATTERN".
type presetRule struct {
	enable    bool
	pattern   string
	instances []string
}

// firstBoot reports whether systemd takes the start of the image as the first
// one (machine-id(5)): it then enables what the presets say.
func (g *boot) firstBoot() bool {
	if !g.entry("etc/machine-id") {
		return true
	}
	t, ok := g.texts.Get(g.root, "etc/machine-id")
	return ok && strings.TrimSpace(t.Content) == "uninitialized"
}

// presetFiles lists the files by name; one of a name hides those in later
// folders, and a link to /dev/null hides it whole.
func (g *boot) presetFiles() []Text {
	seen := map[string]bool{}
	var found []Text
	for _, dir := range presetFolders {
		for _, f := range g.children(dir) {
			b := path.Base(f.Name)
			if !strings.HasSuffix(b, ".preset") || seen[b] {
				continue
			}
			seen[b] = true
			if t, ok := g.texts.Get(g.root, f.Name); ok {
				t.File = &firmware.File{Name: b}
				found = append(found, t)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Text) int { return strings.Compare(a.File.Name, b.File.Name) })
	return found
}

func parsePresets(texts []Text) []presetRule {
	var rules []presetRule
	for _, t := range texts {
		for line := range t.Lines() {
			f := strings.Fields(line.Text)
			if len(f) < 2 || f[0] != "enable" && f[0] != "disable" && f[0] != "ignore" || len(rules) >= maxPresetRules {
				continue
			}
			rules = append(rules, presetRule{f[0] == "enable", f[1], f[2:]})
		}
	}
	return rules
}

// preset finds the first rule for a unit. One without a rule is enabled.
func preset(rules []presetRule, unit string) (rule presetRule, found bool) {
	for _, r := range rules {
		if shellMatch(r.pattern, unit) || len(r.instances) > 0 && r.pattern == templateOf(unit) {
			return r, true
		}
	}
	return presetRule{enable: true}, false
}

// applyPresets enables units as the first start of the device does. systemd brings
// presets of its own: an image without any was put together by hand, and whoever did
// that has enabled what it starts.
func (g *boot) applyPresets() {
	if !g.firstBoot() {
		return
	}
	rules := parsePresets(g.presetFiles())
	if len(rules) == 0 {
		return
	}
	seen := map[string]bool{}
	for _, dir := range unitFolders {
		for _, f := range g.children(dir) {
			name := path.Base(f.Name)
			if seen[name] || f.Kind == firmware.Directory || !strings.Contains(name, ".") {
				continue
			}
			seen[name] = true
			rule, said := preset(rules, name)
			if !rule.enable || f.Kind == firmware.Symlink { // a link is an alias or a mask
				continue
			}
			if len(rule.instances) == 0 || !strings.Contains(name, "@.") {
				g.enableUnit(name, !said)
				continue
			}
			for _, i := range rule.instances {
				g.enableUnit(strings.Replace(name, "@.", "@"+i+".", 1), !said)
			}
		}
	}
}

// enableUnit does what "systemctl enable" does: by the [Install] settings of the
// unit other units want it from then on.
func (g *boot) enableUnit(name string, unsure bool) {
	u, ok := g.unit(name)
	if !ok || len(g.units.wanted) > maxUnits {
		return
	}
	if strings.Contains(name, "@.") {
		i := u.value("Install", "DefaultInstance")
		if i == "" {
			return
		}
		name = strings.Replace(name, "@.", "@"+i+".", 1)
	}
	for _, key := range []string{"WantedBy", "RequiredBy", "UpheldBy"} {
		for _, by := range u.words("Install", key) {
			by = u.specify(by)
			g.units.wanted[by] = append(g.units.wanted[by], reached{name: name, via: "enabled at the first start", place: u.place(), unsure: unsure || g.doubt})
		}
	}
	for _, alias := range u.words("Install", "Alias") {
		if g.units.alias[alias] == "" {
			g.units.alias[alias] = name
		}
	}
	for _, also := range u.words("Install", "Also") {
		if key := "also\x00" + also; !g.hooked[key] {
			g.hooked[key] = true
			g.enableUnit(also, unsure)
		}
	}
}
