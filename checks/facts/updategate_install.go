package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// opening is a write that no signature allowed, and the decisions that led to it.
type opening struct {
	at      assay.Location
	doubts  []string
	answers []int
	strange []string
	failed  bool
	handed  bool // what is written was handed in
	sources []string
}

// installs notes a command that writes software, or runs what was fetched.
func (g *gate) installs(c *Command, name, program string, args []string) {
	in := g.inputs(*c)
	switch {
	case len(in) == 1 && in[0] == g.name(name), g.file(g.name(name)) != nil && strings.Contains(name, "/"):
		g.install(*c, []string{g.name(name)})
	case slices.Contains(shellNames, program) || interpreter(program):
		g.interpreted(c, program, args, in)
	case writesSoftware(*c):
		if program == "sysupgrade" && g.view.imagesChecked {
			return
		}
		g.install(*c, g.sources(*c, program, args, in))
	case installsPackage(program, args):
		g.packages(c, program, args, in)
	case len(in) > 0 && soundsLikeUpdate(program) && !namedUpdater(program) && !standardTool(program):
		g.strange("what " + program + " checks before it installs is not known")
		g.install(*c, in)
	case len(in) > 0:
		tree := program == "tar" || program == "unzip" || program == "bsdtar" || program == "cpio" || program == "unsquashfs"
		for _, o := range g.outs(*c) {
			if g.software(o, tree) {
				g.install(*c, in)
				return
			}
		}
	}
}

// namedUpdater are programs that an updater of their own name speaks for.
func namedUpdater(program string) bool {
	return slices.Contains([]string{"rauc", "swupdate", "swupdate-client", "mender", "mender-update", "fwupdmgr", "fwupdtool", "ostree"}, program)
}

func interpreter(program string) bool {
	return strings.HasPrefix(program, "python") || slices.Contains([]string{"perl", "lua", "php", "node", "ruby"}, program)
}

// interpreted is a shell, or another interpreter, that runs what was fetched.
func (g *gate) interpreted(c *Command, program string, args, in []string) {
	for i, a := range args {
		if a == "-c" && i+1 < len(args) {
			if told := g.told(args[i+1]); len(told) > 0 {
				g.install(*c, told)
			}
			return
		}
		if fetchedInside(a) {
			g.files[streamed] = &gateFile{fetched: true}
			g.install(*c, []string{streamed})
			return
		}
	}
	script := plainWords(args)
	switch {
	case len(script) > 0:
		if n := g.name(script[0]); g.file(n) != nil {
			g.install(*c, []string{n})
		}
	case len(in) > 0:
		g.install(*c, in)
	}
}

func installsPackage(program string, args []string) bool {
	switch program {
	case "opkg", "pip", "pip3", "npm":
		return containsAny(args, []string{"install", "upgrade"})
	case "apk":
		return containsAny(args, []string{"add"}) && containsAny(args, []string{"--allow-untrusted"})
	case "dpkg", "rpm":
		return overSystem(program, args)
	}
	return false
}

// packages is an installer of packages that is given files: those have no
// signature that it would look at. What it is given by name comes from its feeds.
func (g *gate) packages(c *Command, program string, args, in []string) {
	if program == "dpkg" || program == "rpm" || program == "opkg" {
		for _, a := range plainWords(args) {
			ext := path.Ext(a)
			switch {
			case strings.Contains(a, "://"):
				g.files[streamed] = &gateFile{fetched: true}
				g.install(*c, []string{streamed})
				return
			case (ext == ".ipk" || ext == ".deb" || ext == ".rpm") && strings.ContainsAny(a, "*?"):
				in = append(in, g.inFolder(path.Dir(g.name(a)))...)
			}
		}
	}
	if len(in) > 0 {
		g.install(*c, in)
	}
}

func (g *gate) inFolder(dir string) []string {
	var names []string
	for _, n := range sortedKeys(g.files) {
		if path.Dir(n) == dir {
			names = append(names, n)
		}
	}
	return names
}

// sources are the files that a command writes to flash.
func (g *gate) sources(c Command, program string, args, in []string) []string {
	if len(in) > 0 {
		return in
	}
	var names []string
	for _, n := range g.words(c) {
		word := path.Base(n)
		if n != "/" && (strings.Contains(n, "$") || path.Dir(n) != g.cwd || looksLikeFile(word)) && !isNumber(word) {
			names = append(names, n)
		}
	}
	if c.Pipeline != 0 {
		for _, p := range g.pipe {
			names = append(names, g.words(p)...)
		}
	}
	return names
}

// The folders of programs, and the ends of names that are data in whatever
// folder.
var (
	softwareFolders = []string{"/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/", "/usr/libexec/", "/boot/", "/lib/modules/", "/etc/init.d/", "/etc/rc.d/", "/usr/lib/cgi-bin/", "/www/cgi-bin/"}
	dataEnds        = []string{".json", ".conf", ".cfg", ".txt", ".xml", ".csv", ".dat", ".db", ".pem", ".crt", ".html", ".png", ".jpg", ".log", ".list", ".ini", ".yaml", ".yml", ".mp3", ".wav", ".zone", ".md5", ".sig", ".sha256", ".version"}
)

// software reports whether a path is where the device runs programs from: the
// flash, a folder of programs, a program of the image, or, for what is unpacked
// as a tree, a folder of the system.
func (g *gate) software(name string, tree bool) bool {
	if isFlash(name) {
		return true
	}
	if tree && overSystem("tar", []string{"-C", name}) {
		return true
	}
	if slices.Contains(dataEnds, path.Ext(name)) {
		return false
	}
	if slices.ContainsFunc(softwareFolders, func(d string) bool { return strings.HasPrefix(name, d) || name+"/" == d }) || strings.Contains(path.Base(name), ".so") && strings.Contains(name, "/lib") {
		return true
	}
	f, ok := g.view.root.Lookup(strings.TrimPrefix(name, "/"))
	return ok && f.Kind == firmware.Regular && f.Mode.Perm()&0o111 != 0
}

// install notes that files become software of the device.
func (g *gate) install(c Command, sources []string) {
	at := c.Location
	hole := opening{at: at, sources: sources, failed: g.failed, strange: slices.Clone(g.oddities)}
	open, fetched := false, false
	for _, f := range g.files {
		fetched = fetched || f.fetched
	}
	known := 0
	for _, n := range sources {
		f := g.file(n)
		if f != nil {
			known++
			open = open || !g.good(f, 0)
			if p := g.checker[n]; p != "" {
				if p == "rm" {
					hole.strange = append(hole.strange, "the file is removed, and written nevertheless")
					continue
				}
				hole.strange = append(hole.strange, "what "+p+" makes of the file is not known")
			}
			continue
		}
		if file, ok := g.view.root.Lookup(strings.TrimPrefix(n, "/")); ok && file.Kind == firmware.Regular {
			known++ // it is part of the image
		} else if known == 0 && !open {
			open, hole.handed = true, !fetched && !g.mounted
		}
	}
	if len(sources) == 0 {
		open, hole.handed = true, !fetched && !g.mounted
	}
	if hole.handed && len(sources) > 0 && known == len(sources) {
		open = false
	}
	if known == len(sources) && known > 0 && !fetched && !open && !g.found.verifies {
		return // the image's own files
	}
	g.found.installs = append(g.found.installs, at)
	if !open {
		return
	}
	for _, d := range g.doubts {
		hole.doubts = append(hole.doubts, d.text)
		hole.answers = append(hole.answers, d.answer)
	}
	g.found.holes = append(g.found.holes, hole)
	g.ended = g.ended || len(g.doubts) == 0 && len(hole.strange) == 0 && !hole.handed && g.failed
}

// told are the files that the words of a substitution name.
func (g *gate) told(word string) []string {
	if !Unresolved(word) {
		return nil
	}
	var names []string
	for _, text := range sortedKeys(g.within) {
		if strings.Contains(word, text) {
			names = append(names, g.onlyKnown(slices.Clone(g.within[text]))...)
		}
	}
	return names
}

// hear notes the files that the commands of a substitution name.
func (g *gate) hear(c *Command, program string) {
	if program == "mount" {
		g.mounted = true
	}
	if g.heard == nil {
		return
	}
	h := g.heard
	h.files = append(h.files, g.words(*c)...)
	_, args := c.Effective()
	for _, a := range args {
		h.files = append(h.files, g.told(a)...)
	}
	switch {
	case fetches(*c) && len(g.fetchedTo(*c)) == 0:
		g.files[streamed] = &gateFile{fetched: true}
		h.files = append(h.files, streamed)
	case program == "openssl" && c.Has("-hmac"):
		h.odd = "openssl -hmac"
	case program != "" && !standardTool(program) && program != "openssl":
		h.odd = program
	}
}

// hearing is what a substitution's commands handle.
type hearing struct {
	files []string
	odd   string // a program whose answer is not known
}

func (g *gate) listen(f func()) *hearing {
	was, h := g.heard, &hearing{}
	g.heard = h
	f()
	g.heard = was
	if was != nil {
		was.files = append(was.files, h.files...)
	}
	return h
}

func (g *gate) note(text string, h *hearing) {
	if !Unresolved(text) {
		return
	}
	if len(h.files) > 0 {
		g.within[text] = h.files
	}
	if h.odd != "" && (slices.ContainsFunc(h.files, g.bad) || soundsLikeCheck(h.odd)) {
		g.checker[text] = h.odd
	}
}

func soundsLikeCheck(program string) bool {
	return containsWord(program, "verif", "sign", "check", "valid", "auth")
}

// strange notes that the script's way hangs on what is not understood.
func (g *gate) strange(why string) {
	if !slices.Contains(g.oddities, why) && len(g.oddities) < 4 {
		g.oddities = append(g.oddities, why)
	}
}

// weigh notes a decision by the outcome of a command.
func (g *gate) weigh(c Command, taken outcome) {
	program := c.Program()
	switch {
	case program == "" || program == "." || fetches(c):
	case program == "openssl" && !containsAny(c.Args, []string{"verify", "ts", "-hmac", "mac"}):
	case standardTool(program) && program != "openssl":
	case soundsLikeCheck(program) || len(g.inputs(c)) > 0:
		g.strange("what " + program + " says of the file decides, and what it checks is not known")
	}
}

// weighTest notes a decision by what the script does not tell.
func (g *gate) weighTest(r *shellRun, words []shellValue, taken outcome) {
	text, attacker := strings.Join(texts(words), " "), false
	for _, w := range words {
		for _, key := range sortedKeys(g.checker) {
			if strings.Contains(w.text, key) && Unresolved(key) {
				g.strange("what " + g.checker[key] + " says of the file decides, and what it checks is not known")
				return
			}
		}
		attacker = attacker || g.file(g.name(w.text)) != nil && !Unresolved(w.text) || len(g.told(w.text)) > 0
	}
	if !attacker && len(g.doubts) < 16 {
		g.doubts = append(g.doubts, doubt{text, int(taken)})
	}
}

type doubt struct {
	text   string
	answer int
}

// answer decides a test.
func (g *gate) answer(r *shellRun, got outcome, words []shellValue) outcome {
	if got != unsure {
		return got
	}
	var all []shellValue
	for _, w := range words {
		if w.text != "]" && w.text != "]]" {
			all = append(all, w)
		}
	}
	if slices.ContainsFunc(all, func(w shellValue) bool { return w.text == "$?" }) {
		ok := g.settle(unsure)
		switch statusTest(all) {
		case 1:
			return ok
		case -1:
			return ok.not()
		}
		return ok
	}
	equal := len(all) == 3 && (all[1].text == "=" || all[1].text == "==")
	other := len(all) == 3 && all[1].text == "!="
	if equal || other {
		if same := g.same(append(g.told(all[0].text), g.told(all[2].text)...)); same != unsure {
			if other {
				return same.not()
			}
			return same
		}
	}
	key := strings.Join(texts(all), "\x00")
	if n, ok := g.answers[key]; ok {
		return outcome(n)
	}
	taken := outcomeOf(g.choose(2) == 0)
	before := len(g.doubts)
	g.weighTest(r, all, taken)
	if len(g.doubts) > before {
		g.answers[key] = int(taken)
	}
	return taken
}

// source takes in a file; one that was fetched is software.
func (g *gate) source(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) > 0 {
		if n := g.name(a[0].text); g.file(n) != nil {
			g.install(g.here(r), []string{n})
			return unsure, goesOn
		}
	}
	return r.source(a, r.callAt), goesOn
}

func (g *gate) eval(r *shellRun, a []shellValue) (outcome, flow) {
	for _, v := range a {
		if told := g.told(v.text); slices.Contains(told, streamed) {
			g.install(g.here(r), told)
			return unsure, goesOn
		}
	}
	return shellEval(r, a)
}

// here is the place of the shell's own command that runs now.
func (g *gate) here(r *shellRun) Command {
	return Command{Name: "eval", Location: r.at(r.callAt.Pos(), r.callAt.End())}
}

// standardTool names the programs that say nothing of who made a file.
func standardTool(program string) bool {
	_, ok := slices.BinarySearch(standardTools, program)
	return ok || isSum(program) || slices.Contains(shellNames, program)
}

var standardTools = func() []string {
	list := strings.Fields(`[ awk base64 basename blkid blockdev bsdtar bunzip2 bzip2 cat chmod chown cmp cp cpio cut date dd df diff dirname dmesg
		du echo egrep expr false fdisk fgrep file find fw_printenv fw_setenv flash_erase flash_eraseall flashcp flock fsck fstrim fuser gawk getopt
		getopts grep gunzip gzip head hexdump hostname id ifconfig insmod install ip jffs2reset jq jshn json_load jsonfilter kill killall ln logger
		logread losetup ls lsof md5sum mkdir mkfifo mknod mktemp modprobe mount mountpoint mtd mv nandwrite nc ncat nvram od opkg partprobe pgrep
		pidof ping ping6 pivot_root pkill printf ps pwd read readlink realpath reboot rm rmdir rmmod route sed sfdisk sgdisk sleep sort split ss
		stat strings stty sync sysctl systemctl sysupgrade tail tar tee telinit test top touch tr true truncate ubiattach ubidetach ubinfo
		ubiupdatevol uci ubus udevadm umount uname uniq unlzma unsquashfs unxz unzip unzstd uptime usleep wait wc which xargs xxd xz yes zcat zstd
		service initctl start-stop-daemon pidof poweroff halt shutdown led wifi led_ctl gpio watchdog dpkg rpm apk 7z resize2fs e2fsck mkfs.ext4
		mke2fs mkfs.vfat tune2fs parted lsblk findmnt crontab su passwd openssl`)
	slices.Sort(list)
	return list
}()

// verification says what the ways through the script come to.
func (f *gateFinding) verification(problem string) Verification {
	var open, doubtful []assay.Location
	why := ""
	for i := range f.holes {
		h := &f.holes[i]
		switch reason := h.unsure(f); {
		case reason == "":
			open = append(open, h.at)
		default:
			if doubtful = append(doubtful, h.at); why == "" {
				why = reason
			}
		}
	}
	switch {
	case problem != "" && len(f.holes) > 0:
		return Verification{VerifiesUnknown, "the script could not be read whole: " + problem, append(open, doubtful...)}
	case len(open) > 0 && f.verifies:
		return Verification{VerifiesNot, "it is written whatever the signature check says", append(open, f.checks...)}
	case len(open) > 0 && f.sums:
		return Verification{VerifiesNot, "only a checksum is compared before it is written", append(open, f.checks...)}
	case len(open) > 0:
		return Verification{VerifiesNot, "it is written without any check", open}
	case why != "":
		return Verification{VerifiesUnknown, why, append(doubtful, f.checks...)}
	case f.cut:
		return Verification{VerifiesUnknown, "there are more ways through the script than were followed", append(f.installs, f.checks...)}
	case problem != "":
		return Verification{VerifiesUnknown, "the script could not be read whole: " + problem, f.checks}
	}
	return Verification{Verifies, "a signature is checked before it is written", append(f.checks, f.installs...)}
}

// unsure says why a write may yet be guarded; empty if it is not.
func (h *opening) unsure(f *gateFinding) string {
	switch {
	case len(h.strange) > 0:
		return h.strange[0]
	case h.handed && !slices.ContainsFunc(h.sources, func(n string) bool { return f.fetched[n] }):
		return "it writes what it is given, and who fetches and checks that is not in the script"
	case !f.verifies:
		return ""
	}
	for i, d := range h.doubts {
		if !slices.ContainsFunc(f.holes, func(o opening) bool {
			at := slices.Index(o.doubts, d)
			return at >= 0 && o.answers[at] != h.answers[i]
		}) {
			return "it is written without a check where " + shortened(d) + " says so"
		}
	}
	return ""
}

func shortened(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return "[ " + s + " ]"
}
