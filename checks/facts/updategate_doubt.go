package facts

import (
	"slices"
	"strconv"
	"strings"
)

func soundsLikeCheck(program string) bool {
	return ContainsWord(program, "verif", "sign", "check", "valid", "auth")
}

// strange notes that the script's way hangs on what is not understood.
func (g *gate) strange(why string) {
	if !slices.Contains(g.oddities, why) && len(g.oddities) < 4 {
		g.oddities = append(g.oddities, why)
	}
}

// weigh notes a decision by the outcome of a command.
func (g *gate) weigh(c *Command, taken outcome) {
	program := c.Program()
	switch {
	case len(c.Args) == 0 && strings.HasPrefix(c.Name, "$") && Unresolved(c.Name): // $FORCE, which is true or false
		g.hangs(c.Name, taken, 2)
	case program == "" || program == "." || fetches(c):
	case program == "openssl" && !containsAny(c.Args, []string{"verify", "ts", "-hmac", "mac"}):
	case standardTool(program) && program != "openssl":
	case soundsLikeCheck(program) || len(g.inputs(c)) > 0:
		g.strange("what " + program + " says of the file decides, and what it checks is not known")
	}
}

// weighTest notes a decision by what the script does not tell.
func (g *gate) weighTest(words []shellValue, taken outcome, of int) {
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
	if !attacker {
		g.hangs(text, taken, of)
	}
}

// positional is what stands for arguments that are not known.
var positional = lazy(`\$\{?[#@*1-9]`)

// hangs notes a decision by what the caller of the script says.
func (g *gate) hangs(text string, taken outcome, of int) {
	if len(g.doubts) < 16 {
		g.doubts = append(g.doubts, doubt{text, int(taken), of})
	}
}

type doubt struct {
	text   string
	answer int
	of     int // how many answers there are
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
	if positional.Get().MatchString(key) {
		key = strconv.Itoa(g.shifts) + "\x00" + key
	}
	if n, ok := g.answers[key]; ok {
		return outcome(n)
	}
	taken := outcomeOf(g.choose(2) == 0)
	before := len(g.doubts)
	g.weighTest(all, taken, 2)
	if len(g.doubts) > before {
		g.answers[key] = int(taken)
	}
	return taken
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
