package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// DerivedPassword is a password or key that a script makes from what everyone
// near the device can know: its MAC address or serial number.
type DerivedPassword struct {
	Script   string           `json:"script"` // path inside its container
	Sets     string           `json:"sets"`   // program or setting that takes it
	Booted   bool             `json:"booted"` // the script runs when the device starts
	Location assay.Location   `json:"location"`
	Places   []assay.Location `json:"places"`
}

// DerivedPasswords are the passwords that scripts make from the device's
// address or serial number.
var DerivedPasswords = &Fact[[]DerivedPassword]{
	Name:    "derived-passwords",
	Version: 4,
	Doc:     "Passwords and keys that scripts make from the MAC address or serial number of the device.",
	Needs:   []Node{Scripts, Boot},
	Observe: func(o *Observer) ([]DerivedPassword, error) {
		scripts, err := Scripts.Of(o)
		if err != nil {
			return nil, err
		}
		g, err := Boot.Of(o)
		if err != nil {
			return nil, err
		}
		booted := map[string]bool{}
		for i := range g.Commands {
			c := &g.Commands[i]
			booted[c.Location.Path] = true
		}
		found := []DerivedPassword{}
		for _, s := range scripts {
			for _, c := range s.Commands.All() {
				if sets := setsPassword(&c); c.Device && sets != "" {
					d := DerivedPassword{Script: s.Name, Sets: sets, Booted: booted[s.Path], Location: c.Location}
					d.Places = []assay.Location{c.Location}
					if !slices.ContainsFunc(found, func(e DerivedPassword) bool { return e.Location == d.Location }) {
						found = append(found, d)
					}
				}
			}
		}
		return found, nil
	},
}

// deviceNames are words by which scripts get at the MAC address or the serial
// number of the device.
var deviceNames = lazy(`/sys/class/net/[^ ]*/address|/proc/device-tree/serial-number|/sys/firmware/devicetree/base/serial-number|/sys/class/dmi/id/(?:product|board)_serial|(?i:\b(?:eth?|il|wl|lan|wan|wlan|base|wifi)[0-9]*_?(?:hw|mac)?_?addr\b|\bserial#|\bserial_?(?:no|num|number)\b|\bmac_?addr(?:ess)?\b)`)

// serialName is a variable of the boot loader or of a store of settings that holds the
// serial number, under a name that means something else elsewhere.
var serialName = lazy(`(?i)^(?:[a-z0-9]+[_.])*(?:serial|sn)$`)

// namesDevice reports whether a command reads the identity of the device. Its words
// begin with the program.
func namesDevice(words []string) bool {
	if len(words) == 0 {
		return false
	}
	line := func() string { return strings.Join(words, " ") }
	if slices.ContainsFunc(words, namesPlace) && deviceNames.Get().MatchString(line()) {
		return true
	}
	args := words[1:]
	switch path.Base(words[0]) {
	case "ifconfig", "ip":
		return len(args) <= 3 && !slices.Contains(args, "up") && !slices.Contains(args, "add") // shows the address
	case "nvram", "fw_printenv", "flash_eeprom", "mtd_get_mac_ascii", "mtd_get_mac_binary", "get_mac_label", "getprop", "factory", "setmac", "getmac":
		return deviceNames.Get().MatchString(line()) || slices.ContainsFunc(args, serialName.Get().MatchString) || strings.Contains(path.Base(words[0]), "mac")
	case "grep", "awk", "sed", "cat":
		return strings.Contains(line(), "/proc/cpuinfo") && strings.Contains(strings.ToLower(line()), "serial")
	}
	return false
}

// namesPlace reports whether a word may be a file that holds the identity.
func namesPlace(word string) bool {
	return strings.Contains(word, "/address") || strings.Contains(word, "serial-number") || strings.Contains(word, "_serial")
}

// passwordPrograms set a password or make the hash that is stored for one.
var passwordPrograms = []string{
	"chpasswd", "passwd", "usermod", "useradd", "adduser", "htpasswd", "mkpasswd", "cryptpw", "mosquitto_passwd", "smbpasswd", "wpa_passphrase",
}

// passwordSetting is a setting that holds a password, with the value after it.
var passwordSetting = lazy(`(?i)(?:[a-z_.]*(?:passw(?:or)?d|passwd|passphrase|wpa_?psk|wpa_?key|sae_password)[a-z0-9_]*|\bpsk|\.key)\s*=\s*["']?([^\s"']*)`)

// setsPassword names what takes a password in a command: a program, or a
// setting whose value only the device knows.
func setsPassword(c *Command) string {
	if p := c.Program(); slices.Contains(passwordPrograms, p) {
		return p
	}
	if name, args := c.Effective(); path.Base(name) == "openssl" && len(args) > 1 && args[0] == "passwd" {
		return "openssl passwd"
	}
	for _, t := range c.DeviceWords {
		if m := passwordSetting.Get().FindStringSubmatch(t); m != nil && Unresolved(m[1]) {
			name, _, _ := strings.Cut(m[0], "=")
			return strings.TrimSpace(name)
		}
		if name := replacedPassword(t); c.Program() == "sed" && name != "" {
			return "sed " + name
		}
	}
	return ""
}

// passwordPlace is a place in a template where a password is put in.
var passwordPlace = lazy(`(?i)(?:^|[^a-z])(?:[a-z0-9]+[_-])*(?:psk|passw(?:or)?d|passphrase|passwd|wpa_?key|wifi_?key)(?:[_-]?(?:here|place|placeholder|value))?(?:[^a-z]|$)`)

// replacedPassword gives what a sed command "s/what/with/" replaces by a value that
// only the device knows, if that is the place of a password: "s/@PSK@/$MAC/".
func replacedPassword(command string) string {
	if len(command) < 4 || command[0] != 's' || strings.IndexByte("/|,#:!~@%;+", command[1]) < 0 {
		return ""
	}
	what, with, ok := strings.Cut(command[2:], command[1:2])
	if !ok || !Unresolved(with) || len(what) > maxPlace {
		return ""
	}
	return strings.Trim(passwordPlace.Get().FindString(what), "@_%{}<>#$&-=.*^\"' ")
}

// maxPlace is the number of bytes of the name of a place.
const maxPlace = 80
