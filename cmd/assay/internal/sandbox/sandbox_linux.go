package sandbox

import (
	"os"

	"github.com/landlock-lsm/go-landlock/landlock"
	"github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// Kernels tell what they know of Landlock by a number: from 4 on TCP too.
const (
	firstABI = 1
	tcpABI   = 4
)

// Confine takes all other rights from the process, for good, and says what is in
// force. A folder to write into must exist.
func Confine(r Rights) (state string, err error) {
	abi, err := syscall.LandlockGetABIVersion()
	if err != nil || abi < firstABI {
		return Unavailable, nil
	}
	config := landlock.V11.BestEffort()
	if err := config.RestrictPaths(rules(r)...); err != nil {
		return "", err
	}
	state = Landlock + ": no writing outside the output"
	if r.Network {
		return state, nil
	}
	if err := config.RestrictNet(); err != nil {
		return "", err
	}
	if abi >= tcpABI {
		state += ", no TCP"
	}
	return state, nil
}

func rules(r Rights) []landlock.Rule {
	list := []landlock.Rule{landlock.RWDirs(r.Write...)}
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
