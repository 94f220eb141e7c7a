package facts

import (
	"slices"

	"github.com/assay-iot/assay"
)

// Known is a yes or no that may not be known. The zero Known is Unknown.
type Known string

// The values of Known.
const (
	Unknown Known = ""
	Yes     Known = "yes"
	No      Known = "no"
)

// KnownOf gives Yes or No.
func KnownOf(b bool) Known {
	if b {
		return Yes
	}
	return No
}

// Service is a program that waits for others, and whether the image starts it.
//
// Started follows the boot path from the init system: it is enabled there and
// its program is in the image. A service that is installed, but not started,
// is listed with Started false and the reason in Via.
type Service struct {
	Name      string           `json:"name"`              // usual name of the daemon: telnetd, dropbear, uhttpd, …
	Kind      string           `json:"kind,omitempty"`    // telnet, ssh, web, ftp, …; see daemons.go
	Root      string           `json:"root"`              // container of the root file system
	Program   string           `json:"program,omitempty"` // path in the root, links resolved
	Args      []string         `json:"args,omitempty"`
	Unit      string           `json:"unit,omitempty"` // systemd unit, init script or configuration section
	Started   bool             `json:"started"`
	Certain   bool             `json:"certain"`        // no condition on the way was left undecided
	Via       string           `json:"via"`            // boot path in words, or why it is not started
	User      string           `json:"user,omitempty"` // empty is root
	Listens   []Listen         `json:"listens"`
	Loopback  bool             `json:"loopback"`            // it listens, but to the device itself only
	Anonymous Known            `json:"anonymous,omitempty"` // anyone may use it without an account
	Shell     bool             `json:"shell,omitempty"`     // it hands out a shell without a login
	Visitor   bool             `json:"visitor,omitempty"`   // it is a page that runs what its visitor writes
	Waits     string           `json:"waits,omitempty"`     // of a program of unknown kind, or a daemon of unknown version: why it may wait for others, on ports that are not known
	Unread    string           `json:"unread,omitempty"`    // the settings that it is given and that the image does not have: what they say is not known
	Places    []assay.Location `json:"places"`              // where it is started and where it is set up

	confined bool // whoever starts it lets it speak to the device itself only
}

// Listen is an address on which a service waits.
type Listen struct {
	Address   string         `json:"address,omitempty"` // empty is every address
	Port      int            `json:"port"`              // 0 if not known
	Protocol  string         `json:"protocol"`          // tcp or udp
	TLS       Known          `json:"tls,omitempty"`
	Anonymous Known          `json:"anonymous,omitempty"`
	Redirect  bool           `json:"redirect,omitempty"` // it only sends people to https
	Location  assay.Location `json:"location"`           // the line that says so
}

// Reachable reports whether the service is started and waits for others than
// the device itself.
func (s Service) Reachable() bool { return s.Started && !s.Loopback }

// MayWait reports whether a program of unknown kind waits for others, or may do
// so, and what it speaks is not known.
func (s Service) MayWait() bool {
	if _, known := daemonNamed(s.Name); known || s.Kind != KindOther || s.Shell {
		return false
	}
	return s.Waits != "" || s.TLS() == Unknown && slices.ContainsFunc(s.Listens, func(l Listen) bool { return !l.Loopback() })
}

// canWait reports whether the program itself or its arguments say that it waits
// for others; not that nobody can tell.
func (s Service) canWait() bool {
	return s.MayWait() && s.Waits != "" && s.Waits != waitsByItsOwn && s.Waits != waitsUnread
}

// TLS says whether the reachable addresses speak TLS: Yes if all do, No if one
// does not, else Unknown.
func (s Service) TLS() Known {
	all := Yes
	for _, l := range s.Listens {
		switch {
		case l.Loopback():
		case l.TLS == No:
			return No
		case l.TLS == Unknown:
			all = Unknown
		}
	}
	if len(s.Listens) == 0 {
		return Unknown
	}
	return all
}

// Loopback reports whether the address is the device itself.
func (l Listen) Loopback() bool { return isLoopback(l.Address) }
