package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// opkgUpdater reads opkg's feeds and whether it checks their signature: "option
// check_signature" in opkg.conf, off if it is left out.
func opkgUpdater(v *updateView) *Updater {
	confs := v.settings("etc/opkg.conf", "etc/opkg/*.conf")
	bin, there := v.program("opkg", "opkg-cl")
	if len(confs) == 0 && !there {
		return nil
	}
	u := &Updater{Name: "opkg", Root: v.root.Path, Places: textPlaces(confs)}
	if there {
		u.Places = append(u.Places, At(bin))
	}
	var on, off *assay.Location
	var feeds []assay.Location
	for _, t := range confs {
		for l := range t.Lines() {
			w := strings.Fields(l.Text)
			if len(w) < 2 || strings.HasPrefix(w[0], "#") {
				continue
			}
			at := t.At(l)
			switch {
			case strings.HasPrefix(w[0], "src") && len(w) >= 3:
				u.fetch(w[2], at)
				feeds = append(feeds, at)
			case w[0] == "option" && w[1] == "check_signature":
				if len(w) > 2 && strings.Trim(w[2], `"'`) == "0" {
					off = &at
				} else {
					on = &at
				}
			}
		}
	}
	u.Verification = opkgVerification(v, confs, on, off, feeds)
	return u
}

func opkgVerification(v *updateView, confs []Text, on, off *assay.Location, feeds []assay.Location) Verification {
	switch {
	case off != nil:
		return Verification{VerifiesNot, "check_signature is switched off", append([]assay.Location{*off}, feeds...)}
	case on == nil && len(feeds) > 0:
		return Verification{VerifiesNot, "check_signature is not set", append(mainFile(confs, "etc/opkg.conf"), feeds...)}
	case on == nil:
		return Verification{VerifiesUnknown, "no feed is set", textPlaces(confs)}
	}
	for _, dir := range []string{"etc/opkg/keys", "etc/opkg/trusted.gpg", "usr/share/opkg/keyrings", "etc/opkg/gpg"} {
		if full, _ := v.keys(dir); len(full) > 0 {
			return Verification{Verifies, "check_signature is on and there are keys", append(placesOf(full), *on)}
		}
	}
	_, empty := v.keys("etc/opkg/keys")
	return Verification{VerifiesNot, "check_signature is on, but there is no key", append(placesOf(empty), *on)}
}

// mainFile gives the place of the text with that name, or of the first.
func mainFile(texts []Text, name string) []assay.Location {
	for _, t := range texts {
		if t.File.Name == name {
			return []assay.Location{At(t.File)}
		}
	}
	return textPlaces(texts[:min(len(texts), 1)])
}

// apkUpdater reads Alpine's package manager: it refuses what is not signed by a
// key in etc/apk/keys, unless told --allow-untrusted.
func apkUpdater(v *updateView) *Updater {
	lists := v.settings("etc/apk/repositories", "etc/apk/repositories.d/*")
	bin, there := v.program("apk")
	if len(lists) == 0 && !there {
		return nil
	}
	u := &Updater{Name: "apk", Root: v.root.Path, Places: textPlaces(lists)}
	if there {
		u.Places = append(u.Places, At(bin))
	}
	for _, t := range lists {
		for l := range t.Lines() {
			w := strings.Fields(l.Text)
			if len(w) == 0 || strings.HasPrefix(w[0], "#") {
				continue
			}
			u.fetch(w[len(w)-1], t.At(l))
		}
	}
	if lax := v.given("apk", laxOption("--allow-untrusted")); len(lax) > 0 {
		u.Verification = Verification{VerifiesNot, "apk is run with --allow-untrusted", lax}
		return u
	}
	full, empty := v.keys("etc/apk/keys")
	if more, _ := v.keys("usr/share/apk/keys"); len(full) == 0 {
		full = more
	}
	switch {
	case len(full) > 0:
		u.Verification = Verification{Verifies, "there are keys", placesOf(full)}
	case len(u.Addresses) == 0:
		u.Verification = Verification{VerifiesUnknown, "no repository is set", nil}
	default:
		u.Verification = Verification{VerifiesNot, "there is no key in etc/apk/keys", append(placesOf(empty), textPlaces(lists)...)}
	}
	return u
}

// laxApt reports options of apt-get that accept what is not signed: its own, and
// those that set what a file would (apt-get(8)).
func laxApt(option string) bool {
	name, value, _ := strings.Cut(strings.ToLower(option), "=")
	switch name {
	case "--allow-unauthenticated", "--allow-insecure-repositories":
		return value == "" || truth(value)
	}
	_, name, _ = strings.Cut(name, "::")
	return (name == "get::allowunauthenticated" || name == "allowinsecurerepositories") && truth(value)
}

// truth reports the words that apt takes for yes.
func truth(word string) bool {
	return slices.Contains([]string{"true", "yes", "1", "on", "with", "enable"}, strings.Trim(word, `"`))
}

// laxOption reports one option.
func laxOption(want string) func(string) bool {
	return func(option string) bool { return option == want }
}

// given gives the commands of scripts that run a program with such an option.
func (v *updateView) given(program string, lax func(option string) bool) (places []assay.Location) {
	for _, s := range v.scripts {
		for _, c := range s.Commands.All() {
			if c.Program() == program && slices.ContainsFunc(c.Args, lax) {
				places = append(places, c.Location)
			}
		}
	}
	return places
}

// aptUpdater reads apt: signatures are demanded unless a source is called
// trusted or the settings allow it (sources.list(5), apt-secure(8)).
func aptUpdater(v *updateView) *Updater {
	bin, there := v.program("apt-get", "apt")
	sources := v.settings("etc/apt/sources.list", "etc/apt/sources.list.d/*.list", "etc/apt/sources.list.d/*.sources")
	if !there && len(sources) == 0 {
		return nil
	}
	u := &Updater{Name: "apt", Root: v.root.Path, Places: textPlaces(sources)}
	if there {
		u.Places = append(u.Places, At(bin))
	}
	var lax []assay.Location
	for _, t := range sources {
		for l := range t.Lines() {
			w := strings.Fields(l.Text)
			if len(w) < 2 || strings.HasPrefix(w[0], "#") {
				continue
			}
			line := strings.ToLower(l.Text)
			if strings.Contains(line, "trusted=yes") || strings.Contains(line, "allow-insecure=yes") || strings.HasPrefix(line, "trusted: yes") {
				lax = append(lax, t.At(l))
			}
			if w[0] != "deb" && w[0] != "deb-src" && w[0] != "URIs:" {
				continue
			}
			for _, word := range w[1:] {
				if strings.Contains(word, "://") {
					u.fetch(word, t.At(l))
				}
			}
		}
	}
	for _, t := range v.settings("etc/apt/apt.conf", "etc/apt/apt.conf.d/*") {
		for l := range t.Lines() {
			line := strings.ToLower(strings.TrimSpace(l.Text))
			if strings.HasPrefix(line, "//") || strings.HasPrefix(line, "#") {
				continue
			}
			if (strings.Contains(line, "allowunauthenticated") || strings.Contains(line, "allowinsecurerepositories")) && (strings.Contains(line, "true") || strings.Contains(line, `"1"`) || strings.Contains(line, "yes")) {
				lax = append(lax, t.At(l))
			}
		}
	}
	lax = append(lax, v.given("apt-get", laxApt)...)
	lax = append(lax, v.given("apt", laxApt)...)
	var keys []assay.Location
	for _, at := range []string{"etc/apt/trusted.gpg", "etc/apt/trusted.gpg.d", "etc/apt/keyrings", "usr/share/keyrings"} {
		full, _ := v.keys(at)
		keys = append(keys, placesOf(full)...)
	}
	switch {
	case len(lax) > 0:
		u.Verification = Verification{VerifiesNot, "apt is told to accept what is not signed", lax}
	case len(keys) > 0:
		u.Verification = Verification{Verifies, "there are keys", keys}
	default:
		u.Verification = Verification{VerifiesUnknown, "no key was seen", nil}
	}
	return u
}

// rpmUpdater reads the repositories of dnf and yum: gpgcheck, in each of them or
// in the main settings.
func rpmUpdater(v *updateView) *Updater {
	repos := v.settings("etc/yum.repos.d/*.repo")
	if len(repos) == 0 {
		return nil
	}
	u := &Updater{Name: "rpm", Root: v.root.Path, Places: textPlaces(repos)}
	main := ""
	for _, t := range v.settings("etc/dnf/dnf.conf", "etc/yum.conf") {
		for _, s := range readSections(t) {
			if val := s.value("gpgcheck"); val != "" {
				main = val
			}
		}
	}
	var bad, good []assay.Location
	for _, t := range repos {
		for _, s := range readSections(t) {
			if s.name == "" || s.value("enabled") == "0" {
				continue
			}
			for _, key := range []string{"baseurl", "mirrorlist", "metalink"} {
				if l, ok := s.lines[key]; ok {
					u.fetch(l.value, l.at)
				}
			}
			switch check := orElse(s.value("gpgcheck"), main); {
			case isOn(check):
				good = append(good, s.at)
			default:
				bad = append(bad, s.at)
			}
		}
	}
	var lax []assay.Location
	for _, program := range []string{"dnf", "microdnf", "yum"} {
		lax = append(lax, v.given(program, laxOption("--nogpgcheck"))...)
	}
	switch {
	case len(lax) > 0:
		u.Verification = Verification{VerifiesNot, "signatures are switched off by --nogpgcheck", lax}
	case len(bad) > 0:
		u.Verification = Verification{VerifiesNot, "gpgcheck is not on", bad}
	case len(good) > 0:
		u.Verification = Verification{Verifies, "gpgcheck is on", good}
	default:
		u.Verification = Verification{VerifiesUnknown, "no repository is on", nil}
	}
	return u
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
