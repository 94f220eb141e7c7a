package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// LoginLimit is something that limits or slows repeated logins.
type LoginLimit struct {
	What     string         `json:"what"` // "dropbear -T 3", "MaxAuthTries 3", "pam_faillock"
	Location assay.Location `json:"location"`
}

// LoginLimits are hints that logins cannot be repeated without end.
var LoginLimits = &Fact[[]LoginLimit]{
	Name:    "login-limits",
	Version: 2,
	Doc:     "Settings that limit repeated logins: dropbear -T, MaxAuthTries, pam_faillock and pam_tally, fail2ban, sshguard.",
	Needs:   []Node{Texts, Services},
	Observe: func(o *Observer) ([]LoginLimit, error) {
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		services, err := Services.Of(o)
		if err != nil {
			return nil, err
		}
		found := []LoginLimit{}
		for _, s := range services {
			switch {
			case !s.Started || len(s.Places) == 0:
			case s.Name == "dropbear" && triesOf(s.Args) != "":
				found = append(found, LoginLimit{"dropbear -T " + triesOf(s.Args), s.Places[0]})
			case s.Name == "fail2ban-server" || s.Name == "fail2ban" || s.Name == "sshguard":
				found = append(found, LoginLimit{s.Name, s.Places[0]})
			}
		}
		for _, t := range texts.Where(func(f *firmware.File) bool { return isSSHD(f.Name) || isPAM(f.Name) }) {
			found = append(found, limitLines(t)...)
		}
		return found, nil
	},
}

// triesOf is the number after -T of dropbear.
func triesOf(args []string) string {
	for i, a := range args {
		switch {
		case a == "-T" && i+1 < len(args) && isNumber(args[i+1]):
			return args[i+1]
		case strings.HasPrefix(a, "-T") && isNumber(a[2:]):
			return a[2:]
		}
	}
	return ""
}

var limitLine = lazy(`^(?i:(MaxAuthTries)\s+([0-9]+))\s*$|^\S+\s+(?:\[[^\]]*\]|\S+)\s+\S*(pam_faillock|pam_tally2?|pam_abl)\.so`)

func isSSHD(name string) bool {
	return path.Base(name) == "sshd_config" || strings.Contains(path.Dir(name)+"/", "sshd_config.d/")
}

func isPAM(name string) bool {
	return path.Base(name) == "pam.conf" || strings.Contains(path.Dir(name)+"/", "pam.d/")
}

func limitLines(t Text) []LoginLimit {
	ssh := isSSHD(t.File.Name)
	var found []LoginLimit
	for l := range t.Lines() {
		m := limitLine.Get().FindStringSubmatch(strings.TrimSpace(l.Text))
		switch {
		case m == nil || strings.HasPrefix(strings.TrimSpace(l.Text), "#"):
		case m[1] != "" && ssh:
			found = append(found, LoginLimit{"MaxAuthTries " + m[2], t.At(l)})
		case m[3] != "" && !ssh:
			found = append(found, LoginLimit{m[3], t.At(l)})
		}
	}
	return found
}
