package facts

import (
	"path"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// mayStay reports whether a program that the boot starts and waits for may put
// itself into the background and go on, waiting for others.
func (g *boot) mayStay(l *launch, called string, f *firmware.File) bool {
	name, args := path.Base(l.words[0]), l.words[1:]
	if l.killed || isMultiCall(f.Name) || len(args) > 0 && slices.Contains([]string{"--version", "--help", "-V"}, args[0]) {
		return false
	}
	s := Service{Name: name, Program: called, Args: args, Places: []assay.Location{l.cmd.Location}}
	if isHelper(s) || isClient(name, args) {
		return false
	}
	if listens, _ := listeningArgs(args); len(listens) > 0 {
		return true
	}
	return g.waitsBy(&s) != ""
}

// asServer are the words that make a server of a program that else asks others;
// without any it never is one.
var asServer = map[string][]string{
	"rsync": {"--daemon"}, "iperf": {"-s", "--server"}, "iperf3": {"-s", "--server"}, "git": {"daemon"},
	"udevadm": nil, "dbclient": nil, "scp": nil, "sftp": nil, "ssh-add": nil, "ssh-agent": nil, "ssh-keyscan": nil, "gpg-agent": nil, "dirmngr": nil,
	"nstat": nil, "rtacct": nil, "tmux": nil, "perf": nil, "gawk": nil, "zsh": nil, "dig": nil, "nsupdate": nil, "ftp": nil, "lftp": nil, "ldconfig": nil,
}

// isClient reports whether a program that can do both is told to ask others only.
func isClient(name string, args []string) bool {
	words, both := asServer[name]
	return both && !hasFlag(args, words...) && !containsAny(args, words)
}
