package facts

import (
	"path"
	"slices"
	"strings"
)

// wrapper is a program that runs the command behind its own words.
type wrapper struct {
	valued string   // letters of its flags that take a value
	long   []string // long flags that take one as a word of its own
	skip   int      // words of its own before the command
	text   string   // the flag whose value is a command line for a shell
}

// commandWrappers are those whose words are all read alike.
var commandWrappers = map[string]wrapper{
	"flock":            {valued: "wE", long: []string{"--timeout", "--wait", "--conflict-exit-code"}, skip: 1, text: "-c"},
	"setlock":          {skip: 1},
	"unshare":          {valued: "RwSG", long: []string{"--root", "--wd", "--setuid", "--setgid", "--map-user", "--map-group", "--propagation", "--setgroups"}},
	"nsenter":          {valued: "tSG", long: []string{"--target", "--setuid", "--setgid"}},
	"strace":           {valued: "oepsuEaOSIPbX"},
	"ltrace":           {valued: "oeunslaADFx"},
	"setpriv":          {long: []string{"--reuid", "--regid", "--groups", "--inh-caps", "--ambient-caps", "--bounding-set", "--securebits", "--pdeathsig", "--ruid", "--euid", "--rgid", "--egid", "--selinux-label", "--apparmor-profile"}},
	"prlimit":          {},
	"choom":            {valued: "n"},
	"numactl":          {valued: "iNmCpP"},
	"linux32":          {},
	"linux64":          {},
	"tini":             {valued: "pe"},
	"dumb-init":        {valued: "r"},
	"catatonit":        {},
	"gosu":             {skip: 1},
	"su-exec":          {skip: 1},
	"doas":             {valued: "uC"},
	"pkexec":           {long: []string{"--user"}},
	"fakeroot":         {valued: "lsibu"},
	"faketime":         {skip: 1},
	"dbus-run-session": {long: []string{"--config-file", "--dbus-daemon"}},
	"unbuffer":         {},
	"chronic":          {},
	"entr":             {},
	"valgrind":         {},
	"runcon":           {valued: "turl"},
	"aa-exec":          {valued: "pn"},
	"cgexec":           {valued: "g"},
	"firejail":         {},
	"cpulimit":         {valued: "lpP"},
	"torsocks":         {},
	"proxychains":      {valued: "f"},
	"proxychains4":     {valued: "f"},
	"openvt":           {valued: "c"},
	"cttyhack":         {},
	"systemd-cat":      {valued: "tp"},
	"systemd-inhibit":  {},
	"script":           {valued: "TBIOm", skip: 1, text: "-c"},
	"sg":               {skip: 1, text: "-c"},
	"screen":           {valued: "SchetpsT"},
	"eatmydata":        {},
	"steal-ctty":       {skip: 1},
	"cage":             {valued: "m"},
}

// unwrapOther takes away the words of the rarer programs that only say how the
// rest is run.
func unwrapOther(words []string) ([]string, bool) {
	name := path.Base(words[0])
	switch {
	case isMultiCallOf(words):
		return skipFlags(words[1:]), true
	case isLoader(name):
		return skipFlags(words[1:], "--library-path", "--preload", "--argv0", "--inhibit-rpath", "--audit"), true
	case name == "ip":
		if i := slices.Index(words, "exec"); i > 1 && i+2 < len(words) && slices.Contains([]string{"netns", "vrf"}, words[i-1]) {
			return words[i+2:], true
		}
	case name == "gdb":
		if i := slices.Index(words, "--args"); i > 0 && i+1 < len(words) {
			return words[i+1:], true
		}
	case name == "watch":
		return joinedForShell(skipOwn(words[1:], wrapper{valued: "n"}))
	case name == "tmux":
		return tmuxCommand(words[1:])
	case name == "runuser" && slices.Contains(words, "-u"):
		return skipOwn(words[1:], wrapper{valued: "ugG"}), true
	}
	w, ok := commandWrappers[name]
	if !ok {
		return words, false
	}
	if i := slices.Index(words, w.text); w.text != "" && i > 0 && i+1 < len(words) {
		return []string{"sh", "-c", words[i+1]}, true
	}
	rest := skipOwn(words[1:], w)
	if len(rest) <= w.skip {
		return words, false
	}
	rest = rest[w.skip:]
	if name == "runcon" && strings.Contains(rest[0], ":") && len(rest) > 1 { // a context
		rest = rest[1:]
	}
	if rest[0] == "-c" && len(rest) > 1 {
		return []string{"sh", "-c", rest[1]}, true
	}
	return rest, true
}

// skipOwn drops the leading flags of a wrapper with their values.
func skipOwn(words []string, w wrapper) []string {
	for len(words) > 1 && len(words[0]) > 1 && words[0][0] == '-' {
		f := words[0]
		words = words[1:]
		switch {
		case f == "--":
			return words
		case f[1] == '-':
			if slices.Contains(w.long, f) && len(words) > 1 {
				words = words[1:]
			}
		case len(f) > 2 && strings.IndexByte(w.valued, f[1]) >= 0: // "-n5"
		case strings.IndexByte(w.valued, f[len(f)-1]) >= 0 && len(words) > 1:
			words = words[1:]
		}
	}
	return words
}

// joinedForShell makes a command line for a shell of words that are joined to one.
func joinedForShell(words []string) ([]string, bool) {
	return []string{"sh", "-c", strings.Join(words, " ")}, len(words) > 0
}

// tmuxCommand finds the command that a new session or window of tmux runs.
func tmuxCommand(words []string) ([]string, bool) {
	words = skipOwn(words, wrapper{valued: "LSfT"})
	if len(words) < 2 || !slices.Contains([]string{"new-session", "new", "new-window", "neww", "split-window", "respawn-pane"}, words[0]) {
		return nil, false
	}
	words = skipOwn(words[1:], wrapper{valued: "sncxyteF"})
	if strings.HasPrefix(words[0], "-") {
		return nil, false
	}
	return joinedForShell(words)
}

// isMultiCallOf reports whether words call one of the programs of busybox or
// toybox: "busybox.nosuid telnetd". A script of SysV may have such a name too.
func isMultiCallOf(words []string) bool {
	return isMultiCallName(words[0]) && !slices.Contains([]string{"start", "stop", "restart", "reload", "boot", "enable", "disable"}, words[1])
}

func isMultiCallName(name string) bool {
	rest, is := strings.CutPrefix(path.Base(name), "busybox")
	if !is {
		rest, is = strings.CutPrefix(rest, "toybox")
	}
	return is && (rest == "" || strings.IndexByte(".-_0123456789", rest[0]) >= 0) && !strings.Contains(name, "init.d/") && !strings.HasSuffix(name, ".sh")
}

// isLoader names the C library's loader, which runs the program that it is given.
func isLoader(name string) bool {
	return name == "ld.so" || strings.HasPrefix(name, "ld-") && strings.Contains(name, ".so")
}

// again reports whether words have another program run the script that runs now:
// what stands behind them runs then, as with Debian's confmodule.
func (r *shellRun) again(words []shellValue) bool {
	return r.world.decides() && slices.ContainsFunc(words, func(w shellValue) bool { return w.known && w.text == r.arg0.text })
}
