package facts

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// raucUpdater reads RAUC's system.conf: its keyring, and where bundles come from.
func raucUpdater(v *updateView) *Updater {
	confs := v.settings("etc/rauc/system.conf", "usr/lib/rauc/system.conf")
	hawkbit := v.settings("etc/rauc-hawkbit-updater/config.conf")
	if len(confs) == 0 && len(hawkbit) == 0 {
		return nil
	}
	u := &Updater{Name: "rauc", Root: v.root.Path, Places: textPlaces(append(slices.Clone(confs), hawkbit...))}
	if f, ok := v.program("rauc"); ok {
		u.Places = append(u.Places, At(f))
	}
	if len(confs) > 0 {
		u.Verification = v.raucKeyring(confs[0])
		u.raucSystem(confs[0])
	} else {
		u.Verification = Verification{VerifiesUnknown, "its system.conf, which names the keyring, is not in the image", textPlaces(hawkbit)}
	}
	for _, t := range hawkbit {
		for _, s := range readSections(t) {
			if l, ok := s.lines["hawkbit_server"]; ok {
				u.fetch(map[bool]string{true: "http://", false: "https://"}[isOff(s.value("ssl"))]+l.value, l.at)
			}
		}
	}
	for _, s := range v.scripts {
		for _, c := range s.Commands.All() {
			if got, ok := v.raucGiven(&c); ok && graver(got, u.Verification) {
				u.Verification = got
			}
		}
	}
	v.fetchedBy(u, "rauc", "install")
	return u
}

// raucGiven judges the keyring that a command hands to RAUC in the place of that of
// system.conf.
func (v *updateView) raucGiven(c *Command) (Verification, bool) {
	if c.Program() != "rauc" || len(c.Args) == 0 {
		return Verification{}, false
	}
	_, args := c.Effective()
	ring := lastOf(flagValues(args, "--keyring"))
	switch {
	case ring == "" || !containsAny(args, []string{"install"}):
		return Verification{}, false
	case Unresolved(ring):
		return Verification{VerifiesUnknown, "a script hands rauc a keyring that is not known", []assay.Location{c.Location}}, true
	case isMedium(ring):
		return Verification{VerifiesNot, "rauc takes its keyring from what somebody plugs in: " + forPeople(ring), []assay.Location{c.Location}}, true
	}
	return v.keyVerification(forPeople(ring), c.Location), true
}

// raucSystem reads from where RAUC fetches by itself, and the oldest version that it
// installs.
func (u *Updater) raucSystem(conf Text) {
	for _, s := range readSections(conf) {
		if l, ok := s.lines["min-bundle-version"]; ok && s.name == "system" {
			u.oldest(l.value, l.at)
		}
		if l, ok := s.lines["source"]; ok && s.name == "polling" {
			u.fetch(l.value, l.at)
		}
	}
}

// raucKeyring judges the keyring that system.conf names. RAUC refuses every bundle
// without one, so that it must come from elsewhere (rauc --keyring), or updates do not
// work.
func (v *updateView) raucKeyring(conf Text) Verification {
	got := Verification{VerifiesUnknown, "system.conf names no keyring, and without one rauc installs nothing", []assay.Location{At(conf.File)}}
	for _, s := range readSections(conf) {
		if s.name != "keyring" {
			continue
		}
		for _, key := range []string{"directory", "path"} {
			if l, ok := s.lines[key]; ok && l.value != "" {
				got = v.keyVerification(resolve(path.Dir(conf.File.Name), l.value), l.at)
			}
		}
	}
	return got
}

// resolve gives the path that a setting in a folder means.
func resolve(dir, name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return path.Join(dir, name)
}

// fetchedBy adds the addresses that scripts hand to a program, or fetch before
// they run it.
func (v *updateView) fetchedBy(u *Updater, program string, words ...string) {
	for _, s := range v.scripts {
		runs := false
		for _, c := range s.Commands.All() {
			_, args := c.Effective()
			if c.Program() != program || len(words) > 0 && !containsAny(args, words) {
				continue
			}
			runs = true
			before := len(u.Addresses)
			if u.fetchWords(args, c.Location); len(u.Addresses) > before {
				u.Places = append(u.Places, c.Location)
			}
		}
		for _, c := range s.Commands.All() {
			if !runs || !fetches(&c) {
				continue
			}
			for _, word := range addressesIn(&c) {
				u.fetch(word, c.Location)
			}
		}
	}
}

func containsAny(list, words []string) bool {
	for _, a := range list {
		for _, w := range words {
			if a == w {
				return true
			}
		}
	}
	return false
}

// menderUpdater reads Mender's settings (JSON). Without ArtifactVerifyKey the
// client installs artifacts that nobody signed.
func menderUpdater(v *updateView) *Updater {
	confs := v.settings("etc/mender/mender.conf", "var/lib/mender/mender.conf", "usr/share/mender/mender.conf")
	bin, there := v.program("mender", "mender-update")
	if len(confs) == 0 && !there {
		return nil
	}
	u := &Updater{Name: "mender", Root: v.root.Path, Places: textPlaces(confs)}
	if there {
		u.Places = append(u.Places, At(bin))
	}
	if len(confs) == 0 {
		u.Verification = Verification{VerifiesUnknown, "its settings are not in the image", []assay.Location{At(bin)}}
		return u
	}
	u.Verification = Verification{VerifiesNot, "ArtifactVerifyKey is not set", textPlaces(confs)}
	for _, t := range confs {
		var conf struct {
			ArtifactVerifyKey  string
			ArtifactVerifyKeys []string
			ServerURL          string
			Servers            []struct{ ServerURL string }
		}
		if err := json.Unmarshal([]byte(t.Content), &conf); err != nil {
			u.Verification = Verification{VerifiesUnknown, "its settings cannot be read", []assay.Location{At(t.File)}}
			continue
		}
		for _, s := range conf.Servers {
			u.fetch(s.ServerURL, t.lineOf(s.ServerURL))
		}
		if conf.ServerURL != "" {
			u.fetch(conf.ServerURL, t.lineOf(conf.ServerURL))
		}
		for _, key := range append(conf.ArtifactVerifyKeys, conf.ArtifactVerifyKey) {
			if key != "" {
				u.Verification = v.keyVerification(key, t.lineOf(key))
			}
		}
	}
	return u
}

// lineOf is the place of the first line that holds a text.
func (t Text) lineOf(s string) assay.Location {
	for l := range t.Lines() {
		if s != "" && strings.Contains(l.Text, s) {
			return t.At(l)
		}
	}
	return At(t.File)
}

var imageSignature = lazy(`(?m)^[^#\n]*\bREQUIRE_IMAGE_SIGNATURE=["']?1\b`)

// sysupgradeUpdater reads OpenWrt's: it refuses an unsigned image only where
// REQUIRE_IMAGE_SIGNATURE is set to 1 and fwtool's check is there.
func sysupgradeUpdater(v *updateView) *Updater {
	t, ok := v.texts.Get(v.root, "sbin/sysupgrade")
	if !ok {
		return nil
	}
	u := &Updater{Name: "sysupgrade", Root: v.root.Path, Places: []assay.Location{At(t.File)}}
	scripts := append([]Text{t}, v.settings("lib/upgrade/*.sh", "lib/upgrade/*")...)
	seen := []assay.Location{At(t.File)}
	checks := false
	var demanded *assay.Location
	for _, s := range scripts {
		if demanded == nil && strings.Contains(s.Content, "REQUIRE_IMAGE_SIGNATURE") {
			if i := imageSignature.Get().FindStringIndex(s.Content); i != nil {
				at := s.lineOf(strings.TrimLeft(s.Content[i[0]:i[1]], "\n"))
				demanded = &at
			}
		}
		if strings.Contains(s.Content, "fwtool_check_signature") {
			checks = true
		}
		if path.Base(s.File.Name) == "fwtool.sh" {
			seen = append(seen, At(s.File))
		}
	}
	switch {
	case demanded == nil:
		u.Verification = Verification{VerifiesNot, "REQUIRE_IMAGE_SIGNATURE is not set", seen}
	case !checks:
		u.Verification = Verification{VerifiesNot, "REQUIRE_IMAGE_SIGNATURE is set, but nothing checks a signature", append(seen, *demanded)}
	default:
		u.Verification = v.keyVerification("etc/opkg/keys", *demanded)
	}
	return u
}

// fwupdUpdater reads fwupd's remotes. It refuses what is not signed unless
// OnlyTrusted is false.
func fwupdUpdater(v *updateView) *Updater {
	bin, there := v.program("fwupd")
	remotes := v.settings("etc/fwupd/remotes.d/*.conf")
	if !there {
		return nil
	}
	u := &Updater{Name: "fwupd", Root: v.root.Path, Places: append(textPlaces(remotes), At(bin))}
	for _, t := range remotes {
		for _, s := range readSections(t) {
			if isOn(s.value("enabled")) {
				u.fetch(s.value("metadatauri"), s.lines["metadatauri"].at)
			}
		}
	}
	u.Verification = Verification{Verifies, "fwupd refuses what is not signed unless told otherwise", []assay.Location{At(bin)}}
	for _, t := range v.settings("etc/fwupd/fwupd.conf", "etc/fwupd/daemon.conf") {
		for _, s := range readSections(t) {
			if l, ok := s.lines["onlytrusted"]; ok && isOff(l.value) {
				u.Verification = Verification{VerifiesNot, "OnlyTrusted is off", []assay.Location{l.at}}
			}
		}
	}
	return u
}

// ostreeUpdater reads OSTree's remotes: gpg-verify, on unless switched off, or
// sign-verify (ostree.repo-config(5)).
func ostreeUpdater(v *updateView) *Updater {
	confs := v.settings("etc/ostree/remotes.d/*.conf", "usr/etc/ostree/remotes.d/*.conf", "ostree/repo/config", "sysroot/ostree/repo/config")
	u := &Updater{Name: "ostree", Root: v.root.Path}
	_, named := v.program(aktualizrPrograms...)
	var bad, good []assay.Location
	for _, t := range confs {
		for _, s := range readSections(t) {
			if !strings.HasPrefix(s.name, "remote ") || named && strings.Contains(s.name, aktualizrRemote) {
				continue
			}
			u.Places = append(u.Places, s.at)
			if l, ok := s.lines["url"]; ok {
				u.fetch(l.value, l.at)
			}
			if l, ok := s.lines["gpg-verify"]; ok && isOff(l.value) && !s.signs() {
				bad = append(bad, l.at)
			} else {
				good = append(good, s.at)
			}
		}
	}
	switch {
	case len(u.Places) == 0:
		return nil
	case len(bad) > 0:
		u.Verification = Verification{VerifiesNot, "gpg-verify is off", bad}
	default:
		u.Verification = Verification{Verifies, "commits must be signed", good}
	}
	return u
}

// aktualizrRemote is the remote from which aktualizr pulls the one commit that its
// signed metadata names by its digest: OSTree is told not to ask for a signature.
const aktualizrRemote = `"aktualizr-remote"`

func (s section) signs() bool {
	v := s.value("sign-verify")
	return v != "" && !isOff(v)
}
