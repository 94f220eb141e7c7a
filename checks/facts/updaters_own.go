package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// ownUpdaters are scripts that fetch software and write it, or that write what
// somebody handed in. A verification counts only if its outcome decides whether
// the write runs; a checksum is no verification.
func ownUpdaters(v *updateView) []Updater {
	var all []Updater
	for _, s := range v.scripts {
		if partOfUpdater(s.Name) {
			continue
		}
		steps := stepsOf(s)
		if v.imagesChecked {
			steps.writes = slices.DeleteFunc(steps.writes, func(i int) bool { return s.Commands[i].Program() == "sysupgrade" })
		}
		if len(steps.writes) == 0 || len(steps.fetches) == 0 && !soundsLikeUpdate(s.Name) {
			continue
		}
		u := Updater{Name: "own", Root: v.root.Path, Verification: steps.verification(s)}
		for _, i := range append(slices.Clone(steps.writes), steps.fetches...) {
			u.Places = append(u.Places, s.Commands[i].Location)
		}
		for _, i := range steps.fetches {
			for _, word := range addressesIn(s.Commands[i]) {
				u.fetch(word, s.Commands[i].Location)
			}
		}
		all = append(all, u)
	}
	return all
}

// partOfUpdater are scripts of OpenWrt that the sysupgrade updater speaks for.
func partOfUpdater(name string) bool {
	for _, dir := range []string{"lib/upgrade/", "lib/preinit/", "lib/functions/", "lib/functions.sh", "sbin/sysupgrade", "lib/wifi/"} {
		if strings.HasPrefix(name, dir) {
			return true
		}
	}
	return false
}

func soundsLikeUpdate(name string) bool {
	return containsWord(path.Base(name), "update", "upgrade", "firmware", "flash", "fwup", "ota")
}

// updateSteps are the indexes of a script's commands that matter for an update.
type updateSteps struct {
	fetches, writes, verifies, sums []int

	pipelines map[int]bool // that hold a verification
}

func stepsOf(s *Script) updateSteps {
	u := updateSteps{pipelines: map[int]bool{}}
	for i, c := range s.Commands {
		switch {
		case fetches(c):
			u.fetches = append(u.fetches, i)
		case verifiesSignature(c):
			u.verifies = append(u.verifies, i)
			u.pipelines[c.Pipeline] = true
		case slices.Contains([]string{"md5sum", "sha1sum", "sha256sum", "sha512sum", "cksum"}, c.Program()):
			u.sums = append(u.sums, i)
		}
		if writesSoftware(c) || u.fetched(s, c) {
			u.writes = append(u.writes, i)
		}
	}
	return u
}

// fetches reports whether a command brings a file from another machine.
func fetches(c Command) bool {
	switch c.Program() {
	case "wget", "curl", "uclient-fetch", "aria2c", "axel":
		return true
	case "tftp", "ftpget", "scp", "sftp":
		return true
	}
	return false
}

// addressesIn gives the words of a command that hold an address; that of a
// tftp or ftp client has none of its own scheme.
func addressesIn(c Command) []string {
	_, args := c.Effective()
	var found []string
	for _, a := range args {
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
func writesSoftware(c Command) bool {
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
	case "sysupgrade":
		return slices.ContainsFunc(args, func(a string) bool { return !strings.HasPrefix(a, "-") })
	}
	return false
}

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
func verifiesSignature(c Command) bool {
	_, args := c.Effective()
	has := func(words ...string) bool { return containsAny(args, words) }
	switch c.Program() {
	case "openssl":
		return has("-verify") && has("dgst", "cms", "smime", "pkeyutl", "rsautl", "sha256", "sha1") || has("-verify") && len(args) > 0 && strings.HasPrefix(args[0], "sha")
	case "usign", "signify", "minisign", "ucert", "signify-openbsd":
		return c.Has("-V")
	case "gpg", "gpg2":
		return has("--verify")
	case "gpgv", "gpgv2":
		return true
	case "cosign", "veritysetup":
		return has("verify", "verify-blob")
	}
	return false
}

// verification says whether each write runs only after a signature was found
// right.
func (u updateSteps) verification(s *Script) Verification {
	var open []assay.Location
	for _, w := range u.writes {
		if !u.gated(s, w) {
			open = append(open, s.Commands[w].Location)
		}
	}
	var seen []assay.Location
	for _, i := range append(slices.Clone(u.verifies), u.sums...) {
		seen = append(seen, s.Commands[i].Location)
	}
	switch {
	case s.Problem != "" && len(open) > 0:
		return Verification{VerifiesUnknown, "the script could not be read whole: " + s.Problem, open}
	case len(open) == 0:
		return Verification{Verifies, "a signature is checked before it is written", seen}
	case len(u.verifies) > 0:
		return Verification{VerifiesNot, "it is written whatever the signature check says", append(open, seen...)}
	case len(u.sums) > 0:
		return Verification{VerifiesNot, "only a checksum is compared before it is written", append(open, seen...)}
	}
	return Verification{VerifiesNot, "it is written without any check", open}
}

// gated reports whether a write runs only if a verification had success: the
// verification itself, or the last command of its pipeline, guards the write.
func (u updateSteps) gated(s *Script, write int) bool {
	return slices.ContainsFunc(s.Commands[write].Guards, func(g Guard) bool {
		if !g.Success || g.Command >= len(s.Commands) {
			return false
		}
		if _, verifies := slices.BinarySearch(u.verifies, g.Command); verifies {
			return true
		}
		c := s.Commands[g.Command]
		return c.Pipeline != 0 && u.pipelines[c.Pipeline] && c.Program() == "grep" && !c.Has("-v")
	})
}
