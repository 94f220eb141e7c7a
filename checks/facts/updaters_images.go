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
	v.fetchedBy(u, "rauc", "install")
	return u
}

// raucKeyring judges the keyring that system.conf names.
func (v *updateView) raucKeyring(conf Text) Verification {
	got := Verification{VerifiesNot, "system.conf names no keyring", []assay.Location{At(conf.File)}}
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
		for i := range s.Commands {
			c := &s.Commands[i]
			_, args := c.Effective()
			if c.Program() != program || len(words) > 0 && !containsAny(args, words) {
				continue
			}
			runs = true
			for _, word := range strings.Fields(strings.Join(args, " ")) {
				if strings.Contains(word, "://") {
					u.fetch(word, c.Location)
					u.Places = append(u.Places, c.Location)
				}
			}
		}
		for i := range s.Commands {
			c := &s.Commands[i]
			if !runs || !fetches(c) {
				continue
			}
			for _, word := range addressesIn(c) {
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

// libconfigValue is a setting of libconfig's grammar, as SWUpdate has it.
var libconfigValue = lazy(`^\s*([a-z-]+)\s*[=:]\s*"([^"]*)"`)

// swupdateArgs is a line of the scripts that meta-swupdate's start script reads: the
// options of SWUpdate, or of one of its ways to fetch.
var swupdateArgs = lazy(`^\s*SWUPDATE_[A-Z_]*ARGS=["']?([^"']*)`)

// swupdateUpdater reads SWUpdate: the public key in its settings or on its
// command line, and whether the program was built to check signatures at all.
func swupdateUpdater(v *updateView) *Updater {
	bin, there := v.program("swupdate")
	confs := v.settings("etc/swupdate.cfg", "etc/swupdate/swupdate.cfg")
	if !there && len(confs) == 0 {
		return nil
	}
	u := &Updater{Name: "swupdate", Root: v.root.Path, Places: textPlaces(confs)}
	key, keyAt := "", assay.Location{}
	for _, t := range confs {
		for l := range t.Lines() {
			m := libconfigValue.Get().FindStringSubmatch(l.Text)
			switch {
			case m == nil:
			case m[1] == "public-key-file":
				key, keyAt = m[2], t.At(l)
			case m[1] == "url":
				u.fetch(m[2], t.At(l))
			}
		}
	}
	for _, s := range v.scripts {
		for i := range s.Commands {
			c := &s.Commands[i]
			if c.Program() == "swupdate" {
				_, args := c.Effective()
				if k := flagValue(args, "-k", "--key"); k != "" {
					key, keyAt = k, c.Location
				}
			}
		}
	}
	for _, t := range v.settings("etc/swupdate/conf.d/*", "usr/lib/swupdate/conf.d/*") {
		u.Places = append(u.Places, textPlaces([]Text{t})...)
		for l := range t.Lines() {
			m := swupdateArgs.Get().FindStringSubmatch(l.Text)
			if m == nil {
				continue
			}
			words := strings.Fields(m[1])
			if k := flagValue(words, "-k", "--key"); k != "" {
				key, keyAt = k, t.At(l)
			}
			for _, w := range words {
				if strings.Contains(w, "://") {
					u.fetch(w, t.At(l))
				}
			}
		}
	}
	v.fetchedBy(u, "swupdate")
	if there {
		u.Places = append(u.Places, At(bin))
	}
	u.Verification = v.swupdateVerification(bin != nil, key, keyAt, u.Places)
	return u
}

func (v *updateView) swupdateVerification(there bool, key string, keyAt assay.Location, places []assay.Location) Verification {
	signed := false
	for _, m := range v.marks {
		if m.Mark == "swupdate-signed" && strings.HasPrefix(m.Location.Path, v.root.Path+"!") {
			signed = true
		}
	}
	switch {
	case !there:
		return Verification{VerifiesUnknown, "the program swupdate is not in the image", places}
	case !signed && key != "":
		return Verification{VerifiesNot, "swupdate was built without signatures and ignores its key", append([]assay.Location{keyAt}, places...)}
	case !signed:
		return Verification{VerifiesNot, "swupdate was built without signatures", places}
	case key == "" || Unresolved(key):
		return Verification{VerifiesUnknown, "no key is set for swupdate", places}
	}
	return v.keyVerification(key, keyAt)
}

// flagValue gives the value of a flag: "-k value", "-kvalue", "--key=value".
func flagValue(args []string, short, long string) string {
	for i, a := range args {
		switch {
		case (a == short || a == long) && i+1 < len(args):
			return args[i+1]
		case strings.HasPrefix(a, long+"="):
			return a[len(long)+1:]
		case strings.HasPrefix(a, short) && !strings.HasPrefix(a, "--") && len(a) > len(short):
			return a[len(short):]
		}
	}
	return ""
}

// menderUpdater reads Mender's settings (JSON). Without ArtifactVerifyKey the
// client installs artifacts that nobody signed.
func menderUpdater(v *updateView) *Updater {
	confs := v.settings("etc/mender/mender.conf", "var/lib/mender/mender.conf", "usr/share/mender/mender.conf")
	if len(confs) == 0 {
		return nil
	}
	u := &Updater{Name: "mender", Root: v.root.Path, Places: textPlaces(confs)}
	if f, ok := v.program("mender", "mender-update"); ok {
		u.Places = append(u.Places, At(f))
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
	confs := v.settings("etc/ostree/remotes.d/*.conf", "ostree/repo/config", "sysroot/ostree/repo/config")
	u := &Updater{Name: "ostree", Root: v.root.Path}
	var bad, good []assay.Location
	for _, t := range confs {
		for _, s := range readSections(t) {
			if !strings.HasPrefix(s.name, "remote ") {
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

func (s section) signs() bool {
	v := s.value("sign-verify")
	return v != "" && !isOff(v)
}
