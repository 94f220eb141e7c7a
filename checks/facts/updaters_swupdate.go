package facts

import (
	"strings"

	"github.com/assay-iot/assay"
)

// libconfigValue is a setting of libconfig's grammar, as SWUpdate has it.
var libconfigValue = lazy(`^\s*([a-z-]+)\s*[=:]\s*"([^"]*)"`)

// swupdateArgs is a line of the scripts that meta-swupdate's start script reads: the
// options of SWUpdate, or of one of its ways to fetch.
var swupdateArgs = lazy(`^\s*(?:export\s+)?SWUPDATE_([A-Z_]*)ARGS=["']?([^"']*)`)

// swupdateOptions are what decides of the settings and command lines of SWUpdate.
type swupdateOptions struct {
	key   string
	keyAt assay.Location
}

// swupdateUpdater reads SWUpdate: the public key in its settings or on its
// command line, and whether the program was built to check signatures at all.
func swupdateUpdater(v *updateView) *Updater {
	bin, there := v.program("swupdate")
	confs := v.settings("etc/swupdate.cfg", "etc/swupdate/swupdate.cfg")
	if !there && len(confs) == 0 {
		return nil
	}
	u := &Updater{Name: "swupdate", Root: v.root.Path, Places: textPlaces(confs)}
	var given swupdateOptions
	for _, t := range confs {
		for l := range t.Lines() {
			m := libconfigValue.Get().FindStringSubmatch(l.Text)
			switch {
			case m == nil:
			case m[1] == "public-key-file":
				given.key, given.keyAt = m[2], t.At(l)
			case m[1] == "no-downgrading":
				u.oldest(m[2], t.At(l))
			case m[1] == "url":
				u.fetch(m[2], t.At(l))
			}
		}
	}
	for _, s := range v.scripts {
		for _, c := range s.Commands.All() {
			if c.Program() == "swupdate" {
				_, args := c.Effective()
				given.read(u, args, c.Location)
			}
		}
	}
	v.swupdateUnits(u, &given)
	for _, t := range v.settings("etc/swupdate/conf.d/*", "usr/lib/swupdate/conf.d/*") {
		u.Places = append(u.Places, textPlaces([]Text{t})...)
		for l := range t.Lines() {
			m := swupdateArgs.Get().FindStringSubmatch(l.Text)
			if m == nil {
				continue
			}
			words := strings.Fields(m[2])
			if m[1] == "" { // elsewhere -k is the token of a server
				given.read(u, words, t.At(l))
			}
			u.fetchWords(words, t.At(l))
		}
	}
	v.fetchedBy(u, "swupdate")
	if there {
		u.Places = append(u.Places, At(bin))
	}
	u.Verification = v.swupdateVerification(there, given, u.Places)
	return u
}

// swupdateUnits reads the lines of systemd's units that start it.
func (v *updateView) swupdateUnits(u *Updater, given *swupdateOptions) {
	for _, t := range v.texts.In(v.root) {
		if !strings.HasSuffix(t.File.Name, ".service") || !strings.Contains(t.Content, "swupdate") {
			continue
		}
		for _, s := range parseUnit(t) {
			if s.section != "Service" || s.key != "ExecStart" {
				continue
			}
			words := unitWords(strings.TrimLeft(s.value, "-@+!:"))
			if len(words) == 0 || !strings.HasSuffix("/"+words[0], "/swupdate") {
				continue
			}
			given.read(u, words[1:], t.At(s.line))
			u.fetchWords(words[1:], t.At(s.line))
			u.Places = append(u.Places, t.At(s.line))
		}
	}
}

// read reads the options of a command line.
func (o *swupdateOptions) read(u *Updater, args []string, at assay.Location) {
	if k := flagValue(args, "-k", "--key"); k != "" {
		o.key, o.keyAt = k, at
	}
	if v := flagValue(args, "-N", "--no-downgrading"); v != "" {
		u.oldest(v, at)
	}
}

// oldest notes the oldest version that is installed; one that only the device knows
// without its number.
func (u *Updater) oldest(version string, at assay.Location) {
	if version == "" {
		return
	}
	if Unresolved(version) {
		version = ""
	}
	u.Oldest = &OldestVersion{forPeople(version), at}
}

// fetchWords adds the addresses among words, which may hold several.
func (u *Updater) fetchWords(words []string, at assay.Location) {
	for _, w := range strings.Fields(strings.Join(words, " ")) {
		if strings.Contains(w, "://") {
			u.fetch(w, at)
		}
	}
}

func (v *updateView) swupdateVerification(there bool, given swupdateOptions, places []assay.Location) Verification {
	signed := false
	for _, m := range v.marks {
		if m.Mark == "swupdate-signed" && strings.HasPrefix(m.Location.Path, v.root.Path+"!") {
			signed = true
		}
	}
	switch {
	case !there:
		return Verification{VerifiesUnknown, "the program swupdate is not in the image", places}
	case !signed && given.key != "":
		return Verification{VerifiesNot, "swupdate was built without signatures and ignores its key", append([]assay.Location{given.keyAt}, places...)}
	case !signed:
		return Verification{VerifiesNot, "swupdate was built without signatures", places}
	case given.key == "" || Unresolved(given.key):
		return Verification{VerifiesUnknown, "no key is set for swupdate", places}
	}
	return v.keyVerification(given.key, given.keyAt)
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
