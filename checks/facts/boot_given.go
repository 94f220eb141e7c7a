package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// mayRun notes a program of unknown kind that is given a program or script of the
// image by name, so that it may run it.
func (g *boot) mayRun(l *launch, f *firmware.File) {
	name := path.Base(l.words[0])
	_, known := daemonOf(name, path.Base(f.Name))
	hooks := slices.ContainsFunc(hookPrograms, func(h hookProgram) bool { return h.name == name })
	if known || hooks || isMultiCall(f.Name) || interpreted(path.Base(f.Name)) || isEverydayTool(name) || slices.Contains(fileTools, name) || isHelper(Service{Name: name}) {
		return
	}
	for _, a := range l.words[1:] {
		if _, value, ok := strings.Cut(a, "="); ok {
			a = value
		}
		if p, ok := g.programNamed(name, a); ok {
			g.unjudge(l.cmd.Location, name+" is given "+p+", which it may run")
			return
		}
	}
}

// programNamed reports whether a word is the path of a program or script, or the
// plain name of a daemon that is in the image.
func (g *boot) programNamed(by, word string) (string, bool) {
	if !strings.HasPrefix(word, "/") {
		if _, known := daemonOf(word, ""); !known || slices.ContainsFunc(speakingOf, func(s string) bool { return strings.Contains(by, s) }) {
			return "", false
		}
		return g.find(word)
	}
	f, ok := g.root.Lookup(word)
	if !ok || f.Kind != firmware.Regular || !g.executable(f) || path.Base(f.Name) == by || g.running[f.Name] > 0 {
		return "", false
	}
	if t, isText := g.texts.Of(f); isText {
		return f.Name, strings.HasPrefix(t.Content, "#!")
	}
	return f.Name, g.programs[f.Name].Kind == "program" || g.unread[f]
}

// fileTools are programs that do something with files and run none.
var fileTools = []string{
	"restorecon", "chcon", "setcap", "getcap", "setfattr", "chattr", "lsattr", "setfacl", "getfacl", "paxctl", "evmctl", "install", "prelink",
	"md5sum", "sha1sum", "sha256sum", "sha512sum", "cksum", "sum", "stat", "ls", "readlink", "realpath", "basename", "dirname", "cmp", "diff", "file", "which", "ldd",
	"rsync", "scp", "gzip", "xz", "bzip2", "zip", "unzip", "cpio", "mksquashfs", "unsquashfs", "losetup", "swapon", "head", "od", "hexdump", "strings", "wc", "tee", "grep", "sed",
	"fuser", "lsof", "pidof", "pkill", "pgrep", "killall5", "renice", "[", "printf", "update-alternatives", "dpkg", "dpkg-divert", "dpkg-statoverride", "rpm", "udevadm", "update-rc.d", "insserv", "chkconfig",
}

// speakingOf are parts of the names of programs that take the names of daemons as
// words: they stop them, look for them or read their settings.
var speakingOf = []string{"nvram", "cfg", "conf", "uci", "env", "ctl", "prop", "log", "sv", "kill", "pid", "led", "rc-", "rc.", "stat", "msg", "notify", "send", "print", "watchdog", "param", "get", "set"}
