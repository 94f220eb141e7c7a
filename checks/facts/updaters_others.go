package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

var aktualizrPrograms = []string{"aktualizr", "aktualizr-lite", "aktualizr-torizon", "aktualizr-secondary"}

// aktualizrUpdater reads aktualizr and its descendants, clients of Uptane or TUF. They
// install nothing whose metadata is not signed down from a root, and take the first
// root that they are given: only one in the image says whom they trust.
func aktualizrUpdater(v *updateView) *Updater {
	bin, there := v.program(aktualizrPrograms...)
	if !there {
		return nil
	}
	u := &Updater{Name: "aktualizr", Root: v.root.Path, Places: []assay.Location{At(bin)}}
	confs := v.settings("usr/lib/sota/conf.d/*.toml", "etc/sota/conf.d/*.toml", "var/sota/sota.toml", "etc/sota.toml", "usr/lib/sota/sota.toml")
	u.Places = append(u.Places, textPlaces(confs)...)
	for _, t := range confs {
		for _, s := range readSections(t) {
			for _, key := range []string{"server", "repo_server", "director_server", "ostree_server"} {
				if l, ok := s.lines[key]; ok && l.value != "" {
					u.fetch(l.value, l.at)
				}
			}
		}
	}
	u.Verification = Verification{VerifiesUnknown, "the root of its metadata is not in the image, and it takes the first that its server hands it", []assay.Location{At(bin)}}
	for _, dir := range []string{"var/sota/import/repo", "var/sota/import/director", "usr/lib/sota/tuf/prod", "usr/lib/sota/tuf"} {
		for _, f := range v.files(dir) {
			if name := path.Base(f.Name); name == "root.json" || strings.HasSuffix(name, ".root.json") {
				if t, ok := v.texts.Of(f); ok && strings.Contains(t.Content, `"signatures"`) && strings.Contains(t.Content, `"keyid"`) {
					u.Verification = Verification{Verifies, "the root of its metadata is in the image", []assay.Location{At(f), At(bin)}}
				}
			}
		}
	}
	return u
}

// androidUpdater reads Android's own: update_engine, which writes the other slot, and
// the recovery. Both refuse what none of the certificates of the image signed.
func androidUpdater(v *updateView) *Updater {
	var bin *firmware.File
	for _, name := range []string{"system/bin/update_engine", "bin/update_engine", "system/bin/recovery", "sbin/recovery", "bin/recovery"} {
		if f, ok := v.root.Lookup(name); ok && f.Kind == firmware.Regular && bin == nil {
			bin = f
		}
	}
	if bin == nil || !v.isAndroid() {
		return nil
	}
	u := &Updater{Name: "android-ota", Root: v.root.Path, Places: []assay.Location{At(bin)}}
	u.Verification = Verification{VerifiesUnknown, "the certificates that it demands are not in the image", []assay.Location{At(bin)}}
	for _, name := range []string{"system/etc/security/otacerts.zip", "etc/security/otacerts.zip", "system/etc/update_engine/update-payload-key.pub.pem", "etc/update_engine/update-payload-key.pub.pem", "res/keys"} {
		if f, ok := v.root.Lookup(name); ok && f.Kind == firmware.Regular && v.holdsKey(f) {
			u.Verification = Verification{Verifies, "what it must be signed with is there", []assay.Location{At(bin), At(f)}}
			break
		}
	}
	return u
}

// isAndroid asks for the properties that every system and recovery of Android has.
func (v *updateView) isAndroid() bool {
	for _, name := range []string{"build.prop", "system/build.prop", "prop.default", "default.prop"} {
		if f, ok := v.root.Lookup(name); ok && f.Kind != firmware.Directory {
			return true
		}
	}
	return false
}

// holdsKey reports whether a file, or an archive, holds more than nothing.
func (v *updateView) holdsKey(f *firmware.File) bool {
	if path.Ext(f.Name) != ".zip" {
		return !v.blank(f)
	}
	for _, m := range v.img.Files {
		if m.Container != nil && m.Kind == firmware.Regular && m.Size > 0 && m.Container.Path == f.Path+"!zip" {
			return true
		}
	}
	return false
}

// balenaUpdater reads balena's supervisor, and the helper that exchanges the host's
// system. Both take the images that their server names, by digest; no signature is
// asked for that the image could show.
func balenaUpdater(v *updateView) *Updater {
	bin, there := v.program("balena-supervisor", "start-balena-supervisor", "hostapp-update", "resin-supervisor", "start-resin-supervisor")
	if !there {
		return nil
	}
	u := &Updater{Name: "balena", Root: v.root.Path, Places: []assay.Location{At(bin)}}
	u.Verification = Verification{VerifiesUnknown, "it takes what its server names, and no setting shows that a signature is asked for", []assay.Location{At(bin)}}
	for _, t := range v.settings("etc/balena-supervisor/supervisor.conf", "etc/resin-supervisor/supervisor.conf") {
		u.Places = append(u.Places, At(t.File))
	}
	return u
}

// eachStart hands over the words and the place of each start of a program by a unit of
// systemd.
func (v *updateView) eachStart(program string, take func(args []string, at assay.Location)) {
	for _, t := range v.texts.In(v.root) {
		if !strings.HasSuffix(t.File.Name, ".service") || !strings.Contains(t.Content, program) {
			continue
		}
		for _, s := range parseUnit(t) {
			if s.section != "Service" || !strings.HasPrefix(s.key, "ExecStart") {
				continue
			}
			words := unitWords(strings.TrimLeft(s.value, "-@+!:"))
			if len(words) > 0 && strings.HasSuffix("/"+words[0], "/"+program) {
				take(words[1:], t.At(s.line))
			}
		}
	}
}
