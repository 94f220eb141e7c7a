package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
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

	ring   string // the home directory of GnuPG, in a build that has it verify
	ringAt assay.Location
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
			case m[1] == "gpg-home-dir":
				given.ring, given.ringAt = m[2], t.At(l)
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
	v.eachStart("swupdate", func(words []string, at assay.Location) {
		given.read(u, words, at)
		u.fetchWords(words, at)
		u.Places = append(u.Places, at)
	})
}

// read reads the options of a command line.
func (o *swupdateOptions) read(u *Updater, args []string, at assay.Location) {
	if k := flagValue(args, "-k", "--key"); k != "" {
		o.key, o.keyAt = k, at
	}
	if k := flagValues(args, "--gpg-home-dir"); len(k) > 0 {
		o.ring, o.ringAt = k[len(k)-1], at
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
	case given.key == "" && given.ring != "" && !Unresolved(given.ring):
		return v.ringVerification(given.ring, given.ringAt)
	case given.key == "" || Unresolved(given.key):
		return Verification{VerifiesUnknown, "no key is set for swupdate", places}
	}
	return v.keyVerification(given.key, given.keyAt)
}

// ringVerification judges the home directory of GnuPG that the settings name: what is
// signed must be by a key in its ring.
func (v *updateView) ringVerification(dir string, named assay.Location) Verification {
	for _, name := range []string{"pubring.kbx", "pubring.gpg"} {
		if f, ok := v.root.Lookup(path.Join(dir, name)); ok && f.Kind == firmware.Regular && f.Size > emptyKeybox {
			return Verification{Verifies, "the ring of keys in " + dir + " is there", []assay.Location{named, At(f)}}
		}
	}
	return Verification{VerifiesUnknown, "no ring of keys in " + dir + " is in the image, and without one swupdate installs nothing", []assay.Location{named}}
}

// emptyKeybox is the size of a ring of GnuPG that has a head and no key.
const emptyKeybox = 32

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
