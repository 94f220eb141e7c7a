package facts

import (
	"path"
	"slices"
	"strings"
)

// launchers start another program; each gives what is run in the end.
var launchers = map[string]func(g *boot, l *launch) *launch{
	"start-stop-daemon": startStopDaemon,
	"start_daemon":      daemonWords,
	"daemon":            daemonWords,
	"startproc":         daemonWords,
	"service_start":     daemonWords,
	"daemonize":         daemonWords,
	"su":                suWords,
	"tcpsvd":            superserver,
	"udpsvd":            superserver,
	"setuidgid":         afterOne,
	"s6-setuidgid":      afterOne,
	"envdir":            afterOne,
	"s6-envdir":         afterOne,
	"pgrphack":          func(_ *boot, l *launch) *launch { return l.with(l.words[1:]) },
	"supervise-daemon":  superviseDaemon,
	"systemd-run":       systemdRun,
}

// afterOne takes away a program and its one argument.
func afterOne(_ *boot, l *launch) *launch { return l.with(l.words[min(2, len(l.words)):]) }

// startStopDaemon reads the arguments of Debian's and busybox's start-stop-daemon.
func startStopDaemon(_ *boot, l *launch) *launch {
	var program, startas, user, newRoot string
	args := l.words[1:]
	var rest []string
	for i := 0; i < len(args); i++ {
		a := args[i]
		value := func() string {
			if _, v, ok := strings.Cut(a, "="); ok && strings.HasPrefix(a, "--") {
				return v
			}
			if i+1 < len(args) {
				i++
				return args[i]
			}
			return ""
		}
		key, _, _ := strings.Cut(a, "=")
		switch {
		case a == "--":
			rest, i = args[i+1:], len(args)
		case key == "--stop" || key == "--status" || isShort(a, 'K'):
			return nil
		case key == "--exec" || strings.HasSuffix(a, "x") && isShort(a, 'x'):
			program = value()
		case key == "--startas" || strings.HasSuffix(a, "a") && isShort(a, 'a'):
			startas = value()
		case key == "--chuid" || key == "--user" || a == "-c" || a == "-u":
			user = value()
		case key == "--chroot" || key == "-r":
			newRoot = value()
		case slices.Contains([]string{"--pidfile", "--name", "--nicelevel", "--chdir", "--umask", "--output", "--stdout", "--stderr", "--group", "-p", "-n", "-N", "-d", "-k", "-O", "-g", "-P", "-I", "--iosched", "--procsched", "--retry", "-R"}, key):
			value()
		}
	}
	if startas == "" {
		startas = program
	}
	if startas == "" {
		return nil
	}
	inner := l.with(append([]string{startas}, rest...))
	inner.daemon, inner.newRoot = true, newRoot
	if user != "" {
		inner.user, _, _ = strings.Cut(user, ":")
	}
	return inner
}

// isShort reports whether a word is a group of short flags with this one in it.
func isShort(word string, flag byte) bool {
	return len(word) > 1 && word[0] == '-' && word[1] != '-' && strings.IndexByte(word, flag) > 0
}

func daemonWords(_ *boot, l *launch) *launch {
	words := skipFlags(l.words[1:], "-n", "-p", "-u", "-c", "--pidfile", "--user")
	inner := l.with(words)
	inner.daemon = true
	return inner
}

func suWords(_ *boot, l *launch) *launch {
	user := ""
	for i, w := range l.words[1:] {
		switch {
		case w == "-c" && i+2 < len(l.words):
			inner := l.with([]string{"sh", "-c", l.words[i+2]})
			inner.user = user
			return inner
		case !strings.HasPrefix(w, "-") && user == "":
			user = w
		}
	}
	return nil
}

// superserver reads busybox tcpsvd and udpsvd: flags, address, port, program.
func superserver(_ *boot, l *launch) *launch {
	words := skipFlags(l.words[1:], "-c", "-C", "-b", "-u", "-l", "-i", "-x")
	if len(words) < 3 {
		return nil
	}
	protocol := "tcp"
	if path.Base(l.words[0]) == "udpsvd" {
		protocol = "udp"
	}
	port, _ := portNumber(words[1])
	inner := l.with(words[2:])
	inner.daemon = true
	inner.socket = []Listen{{Address: anyAddress(words[0]), Port: port, Protocol: protocol, Location: l.cmd.Location}}
	return inner
}
