package facts

import (
	"slices"
	"strings"
)

// maxEnabled bounds the init scripts that the boot itself enables.
const maxEnabled = 256

// enabledScript is an init script of OpenWrt that the boot enables: it runs from
// the next start on.
type enabledScript struct {
	text   Text
	unsure bool
}

// enable follows "/etc/init.d/NAME enable" and "… disable".
func (g *boot) enable(t Text, on, unsure bool) {
	same := func(e enabledScript) bool { return e.text.File == t.File && (on || !unsure) }
	if g.enabled = slices.DeleteFunc(g.enabled, same); on && len(g.enabled) < maxEnabled {
		g.enabled = append(g.enabled, enabledScript{t, unsure})
	}
}

// runEnabled starts what the boot enabled, as the next start does.
func (g *boot) runEnabled() {
	for i := 0; i < len(g.enabled); i++ {
		e := g.enabled[i]
		l := g.from(At(e.text.File))
		l.cmd.Conditional = l.cmd.Conditional || e.unsure
		g.through("enabled at the first start", func() { g.follow(l, e.text, []string{"boot"}) })
	}
}

// firstBootScripts runs the scripts of OpenWrt's first start that the boot takes
// in by a way that could not be followed: a script of the boot names their folder.
func (g *boot) firstBootScripts(t Text) {
	const dir = "etc/uci-defaults"
	if g.hooked[dir] || len(g.children(dir)) == 0 || !strings.Contains(t.Content, "uci-defaults") && !strings.Contains(t.Content, "uci_apply_defaults") {
		return
	}
	g.hooked[dir] = true
	for _, f := range g.children(dir) {
		if t, ok := g.texts.Get(g.root, f.Name); ok && !g.took[t.File.Name] && !(strings.HasPrefix(t.Content, "#!") && shellOf(t.Content) == "") {
			l := g.from(At(t.File))
			l.cmd.Conditional = true
			g.through(dir, func() { g.follow(l, t, nil) })
		}
	}
}

// isOpenWrt reports whether procd or OpenWrt's hotplug programs call the scripts of
// /etc/hotplug.d.
func (g *boot) isOpenWrt() bool {
	return g.init.Kind == "procd" || g.isFile("sbin/hotplug-call") || g.isFile("sbin/hotplug2")
}
