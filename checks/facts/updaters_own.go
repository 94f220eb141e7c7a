package facts

import (
	"path"
	"slices"
	"strings"
)

// ownUpdaters are scripts that fetch software and write it, or that write what
// somebody handed in. A verification counts only if its outcome decides whether
// the write runs; a checksum is no verification.
func ownUpdaters(v *updateView) []Updater {
	var all []Updater
	for _, s := range v.scripts {
		if t, ok := v.texts.Get(v.root, s.Name); ok && !PartOfUpdater(s.Name) {
			all = append(all, ownUpdater(v, s, t)...)
		}
	}
	for _, read := range []func(*updateView) ([]Text, []Script){lineScripts, haserlScripts} {
		texts, scripts := read(v)
		for i := range texts {
			all = append(all, ownUpdater(v, &scripts[i], texts[i])...)
		}
	}
	return append(all, otherUpdaters(v)...)
}

// ownUpdater judges one script, if it is an updater.
func ownUpdater(v *updateView, s *Script, t Text) []Updater {
	steps := stepsOf(v, s)
	if !steps.worthFollowing(s) {
		return nil
	}
	found := judgeGate(v, s, t)
	if len(found.installs) == 0 || len(steps.fetches) == 0 && !soundsLikeUpdate(s.Name) {
		return nil
	}
	u := Updater{Name: "own", Root: v.root.Path, Places: found.installs, Verification: found.verification(s.Problem), WeakHashes: found.weak}
	if u.Verification.State == VerifiesNot && !soundsLikeUpdate(s.Name) && isTool(v, s, steps, t) {
		u.Verification.State = VerifiesUnknown
		u.Verification.Reason += ", and whoever calls it chooses from where; nothing that was seen does"
	}
	if u.Verification.State == VerifiesNot && !soundsLikeUpdate(s.Name) && slices.ContainsFunc(s.Commands.List(), ofDevelopers) {
		u.Verification.State = VerifiesUnknown
		u.Verification.Reason += ", and it builds or publishes software, as developers do on machines of their own"
	}
	for _, i := range steps.fetches {
		c := s.Commands.At(i)
		u.Places = append(u.Places, c.Location)
		for _, word := range addressesIn(&c) {
			u.fetch(word, c.Location)
		}
	}
	return []Updater{u}
}

// ofDevelopers reports whether a command builds from source or publishes what was changed:
// devices have neither the compiler nor the right.
func ofDevelopers(c Command) bool {
	_, args := c.Effective()
	switch p := c.Program(); p {
	case "make", "gmake", "cmake", "ninja", "meson", "configure":
		return true
	case "git":
		return containsAny(args, []string{"push", "commit"})
	}
	return false
}

// isTool reports whether a script takes from where its caller says, and nothing that was
// seen calls it.
func isTool(v *updateView, s *Script, steps updateSteps, t Text) bool {
	for _, i := range steps.fetches {
		if c := s.Commands.At(i); !leavesPeer(&c) {
			return false
		}
	}
	return len(steps.fetches) > 0 && isIdle(v.img, v.texts, t.File)
}

// PartOfUpdater reports whether a script, by its path, is one of OpenWrt that the
// sysupgrade updater speaks for.
func PartOfUpdater(name string) bool {
	for _, dir := range []string{"lib/upgrade/", "lib/preinit/", "lib/functions/", "lib/functions.sh", "sbin/sysupgrade", "lib/wifi/"} {
		if strings.HasPrefix(name, dir) {
			return true
		}
	}
	return false
}

func soundsLikeUpdate(name string) bool {
	return ContainsWord(path.Base(name), "update", "upgrade", "firmware", "flash", "fwup", "ota")
}

// updateSteps are the indexes of a script's commands that matter for an update.
type updateSteps struct {
	fetches []int
	writes  bool
}

// worthFollowing reports whether a script may be an updater at all.
func (u updateSteps) worthFollowing(s *Script) bool {
	return len(u.fetches) > 0 || u.writes && soundsLikeUpdate(s.Name)
}

func stepsOf(v *updateView, s *Script) updateSteps {
	u := updateSteps{}
	disks, page := v.mountsOf(s), isPage(s.Name)
	before := 0 // the pipeline of the command before
	for i, c := range s.Commands.All() {
		mounts := (&media{}).mount(&c)
		begins := i == 0 || c.Pipeline == 0 || before != c.Pipeline
		before = c.Pipeline
		if mounts || fetches(&c) || takesFromMedium(&c, disks) || page && uploads(s.Name, &c, begins) || runsFromMedium(&c, disks) || takesHaserlUpload(s, &c) || slices.ContainsFunc(c.Args, fetchedInside) {
			u.fetches = append(u.fetches, i)
		}
		_, args := c.Effective()
		u.writes = u.writes || writesSoftware(&c) || installsPackage(c.Program(), args)
	}
	return u
}

// fetchedInside reports whether a word is "<(curl …)".
func fetchedInside(word string) bool {
	return strings.Contains(word, "<(curl") || strings.Contains(word, "<(wget")
}

// fetches reports whether a command brings a file from another machine.
func fetches(c *Command) bool {
	switch c.Program() {
	case "wget", "curl", "uclient-fetch", "aria2c", "axel":
		return true
	case "docker", "balena", "balena-engine", "podman", "nerdctl", "docker-compose":
		return pullsContainer(c)
	case "tftp", "ftpget", "scp", "sftp":
		return true
	case "nc", "ncat":
		return len(c.Redirects) > 0 || c.Pipeline != 0
	case "rsync":
		_, args := c.Effective()
		p := plainWords(args)
		return len(p) > 1 && isRemote(p[0])
	case "git":
		_, args := c.Effective()
		return containsAny(args, []string{"pull", "clone", "fetch"})
	case "casync":
		_, args := c.Effective()
		return containsAny(args, []string{"extract"}) && slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, "://") })
	case "opkg", "rpm", "dpkg", "pip", "pip3", "npm":
		_, args := c.Effective()
		return installsPackage(c.Program(), args) && slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, "://") })
	}
	return false
}

// isRemote reports whether a word of rsync or scp is a place on another machine: a colon
// stands before the first slash (rsync(1)), outside of a variable's default.
func isRemote(word string) bool {
	depth := 0
	for i := range len(word) {
		switch c := word[i]; {
		case (c == '{' || c == '(') && i > 0 && (word[i-1] == '$' || depth > 0):
			depth++
		case (c == '}' || c == ')') && depth > 0:
			depth--
		case depth > 0:
		case c == ':':
			return true
		case c == '/':
			return false
		}
	}
	return false
}

// addressesIn gives the words of a command that hold an address; that of a
// tftp or ftp client has none of its own scheme.
func addressesIn(c *Command) []string {
	_, args := c.Effective()
	var found []string
	for _, a := range args {
		if key, value, ok := strings.Cut(a, "="); ok && strings.HasPrefix(key, "-") {
			a = value
		}
		if strings.Contains(a, "://") {
			found = append(found, a)
		}
	}
	if p := c.Program(); len(found) == 0 && (p == "tftp" || p == "ftpget") {
		for _, a := range args {
			if h := strings.ToLower(a); !strings.HasPrefix(a, "-") && !strings.Contains(a, "/") && isHost(h) && !looksLikeFile(h) {
				found = append(found, map[string]string{"tftp": "tftp://", "ftpget": "ftp://"}[p]+h)
				break
			}
		}
	}
	return found
}

// writesSoftware reports whether a command writes to the flash or disk that the
// device runs from.
func writesSoftware(c *Command) bool {
	_, args := c.Effective()
	for _, r := range c.Redirects {
		if strings.HasPrefix(r.Op, ">") && isFlash(r.Word) {
			return true
		}
	}
	switch c.Program() {
	case "mtd":
		return slices.Contains(args, "write")
	case "mtd_write", "flashcp", "flash_write", "nandwrite", "ubiupdatevol", "fw_upgrade", "write_mtd":
		return true
	case "dd":
		return slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "of=") && isFlash(a[3:]) }) &&
			!slices.ContainsFunc(args, func(a string) bool { return a == "if=/dev/zero" || a == "if=/dev/urandom" })
	case "stm32flash", "avrdude", "esptool", "esptool.py", "dfu-util", "bossac", "openocd", "cc2538-bsl", "cc2538-bsl.py", "universal-silabs-flasher", "mcumgr", "nrfutil", "sx", "lsx":
		return flashesChip(c.Program(), args)
	case "sysupgrade":
		return slices.ContainsFunc(args, func(a string) bool { return !strings.HasPrefix(a, "-") })
	}
	return false
}

// flashesChip reports whether a tool writes the software of a chip beside the processor: of
// a radio, a motor or a battery.
func flashesChip(program string, args []string) bool {
	switch program {
	case "stm32flash", "bossac", "cc2538-bsl", "cc2538-bsl.py":
		return hasFlag(args, "-w", "--write")
	case "avrdude":
		return slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, avrWrites) })
	case "esptool", "esptool.py":
		return containsAny(args, []string{"write_flash", "write-flash"})
	case "dfu-util":
		return hasFlag(args, "-D", "--download")
	case "openocd":
		return slices.ContainsFunc(args, func(a string) bool {
			return strings.HasPrefix(a, "program ") || strings.Contains(a, "flash write_image")
		})
	case "universal-silabs-flasher":
		return containsAny(args, []string{"flash"})
	case "mcumgr":
		return containsAny(args, []string{"upload"})
	case "nrfutil":
		return containsAny(args, []string{"dfu"})
	}
	return len(plainWords(args)) > 0 // XMODEM sends a file to a boot loader
}

// avrWrites begins a word of avrdude that names the image to write: flash:w:FILE:FORMAT.
const avrWrites = "flash:w:"

func isFlash(name string) bool {
	for _, dev := range []string{"/dev/mtd", "/dev/mmcblk", "/dev/sd", "/dev/ubi", "/dev/nand", "/dev/nvme", "/dev/block/", "/dev/by-name/", "/dev/disk/"} {
		if strings.HasPrefix(name, dev) {
			return true
		}
	}
	return false
}

// verifiesSignature reports whether a command checks a signature with a public
// key.
func verifiesSignature(c *Command) bool {
	_, args := c.Effective()
	has := func(words ...string) bool { return containsAny(args, words) }
	switch c.Program() {
	case "openssl":
		return has("-verify") && has("dgst", "cms", "smime", "pkeyutl", "rsautl", "sha256", "sha1") || has("-verify") && len(args) > 0 && strings.HasPrefix(args[0], "sha")
	case "usign", "signify", "minisign", "ucert", "signify-openbsd":
		return c.Has("-V")
	case "gpg", "gpg2":
		return has("--verify")
	case "ssh-keygen":
		return has("-Y") && has("verify")
	case "gpgv", "gpgv2":
		return true
	case "cosign", "veritysetup":
		return has("verify", "verify-blob")
	}
	return false
}
