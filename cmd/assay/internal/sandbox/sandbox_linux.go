package sandbox

import (
	"os"

	"github.com/landlock-lsm/go-landlock/landlock"
	"github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// Kernels tell what they know of Landlock by a number: from 2 on links and moves
// between folders, from 4 on TCP too.
const (
	firstABI = 1
	referABI = 2
	tcpABI   = 4
)

// Confine takes all other rights from the process, for good, and says what is in
// force. A folder to write into must exist.
func Confine(r Rights) (state string, err error) {
	abi, err := syscall.LandlockGetABIVersion()
	if err != nil || abi < firstABI {
		return Unavailable, nil
	}
	// One ruleset for all: each further one, of whatever, takes links between
	// folders away, and no later one can allow them again.
	config := landlock.V11
	config.Scoped = 0
	if r.Network {
		config.HandledAccessNet = 0
	}
	if err := config.BestEffort().Restrict(rules(r, abi)...); err != nil {
		return "", err
	}
	state = Landlock + ": no writing outside the output"
	if !r.Network && abi >= tcpABI {
		state += ", no TCP"
	}
	return state, nil
}

func rules(r Rights, abi int) []landlock.Rule {
	write := landlock.RWDirs(r.Write...)
	if abi >= referABI { // before, what is confined at all can link within a folder only
		write = write.WithRefer()
	}
	list := []landlock.Rule{write}
	if len(r.Read) == 0 {
		r.Read = []string{"/"}
	}
	for _, path := range r.Read {
		access := landlock.AccessFSSet(syscall.AccessFSReadFile)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			access |= syscall.AccessFSReadDir
		}
		list = append(list, landlock.PathAccess(access, path).IgnoreIfMissing())
	}
	return list
}
