package facts

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// WifiSecurity says how a wireless network is protected.
type WifiSecurity string

// The kinds of protection that are worth knowing of.
const (
	WifiKey    WifiSecurity = "key"     // a password or key that stands in the image
	WifiOpen   WifiSecurity = "open"    // nothing
	WifiWEP    WifiSecurity = "wep"     // WEP, which is broken
	WifiWPSPIN WifiSecurity = "wps-pin" // a fixed PIN of Wi-Fi Protected Setup
)

// WifiNetwork is a wireless network of the settings that has a fixed key, no
// protection or a broken one. Others are not listed.
type WifiNetwork struct {
	Name     string         `json:"name,omitempty"` // SSID
	AP       bool           `json:"ap"`             // the device offers it; else it joins it
	Security WifiSecurity   `json:"security"`
	Off      bool           `json:"off,omitempty"`      // the settings switch it off
	Unused   bool           `json:"unused,omitempty"`   // nothing in the image uses the settings
	Compiled bool           `json:"compiled,omitempty"` // a command of a program sets it
	Secret   Secret         `json:"secret"`
	Location assay.Location `json:"location"`

	hostapd bool // it stands in settings of hostapd
}

// WifiNetworks are the networks of hostapd, wpa_supplicant, OpenWrt,
// NetworkManager, iwd, connman, netplan, ifupdown and Ralink settings.
var WifiNetworks = &Fact[[]WifiNetwork]{
	Name:    "wifi-networks",
	Doc:     "Wireless networks of the settings with a fixed key, a fixed WPS PIN, WEP or no protection.",
	Version: 6,
	Needs:   []Node{Texts, Scripts, Boot, hostapdCallers, handedCommands},
	Observe: func(o *Observer) ([]WifiNetwork, error) {
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		scripts, err1 := Scripts.Of(o)
		graph, err2 := Boot.Of(o)
		callers, err3 := hostapdCallers.Of(o)
		others, err4 := handedCommands.Of(o)
		if err := errors.Join(err1, err2, err3, err4); err != nil {
			return nil, err
		}
		found := []WifiNetwork{}
		for _, t := range texts.All() {
			if read := wifiReader(t); read != nil {
				found = append(found, read(t)...)
			} else if path.Ext(t.File.Name) == ".lua" {
				found = append(found, luaWifiKeys(t)...)
			}
		}
		for _, s := range scripts {
			found = append(found, uciWifiKeys(s)...)
		}
		for _, h := range others {
			for _, n := range uciWifiKeys(h.Script) {
				n.Compiled = h.by == byCompiled
				found = append(found, n)
			}
		}
		unusedWifi(found, graph, callers)
		return found, nil
	},
}

// wifiReader tells whose settings a text holds; nil if they are not about
// wireless networks.
func wifiReader(t Text) func(Text) []WifiNetwork {
	name := t.File.Name
	switch base := path.Base(name); {
	case strings.HasSuffix(name, "etc/config/wireless") || base == "wireless" && strings.Contains(t.Content, "config wifi-"):
		return uciWifi
	case strings.Contains(t.Content, "network={"):
		if strings.HasPrefix(t.Content, "#!") {
			return nil
		}
		return supplicantWifi
	case strings.HasSuffix(base, ".nmconnection") || strings.Contains(name, "system-connections/"):
		return managerWifi
	case strings.HasSuffix(base, ".psk") && strings.Contains(name, "iwd/"):
		return iwdWifi
	case base == "interfaces" || strings.Contains(name, "etc/network/interfaces.d/"):
		return interfacesWifi
	case (strings.HasSuffix(base, ".config") || base == "settings") && strings.Contains(name, "connman"):
		return connmanWifi
	case (strings.HasSuffix(base, ".yaml") || strings.HasSuffix(base, ".yml")) && strings.Contains(name, "netplan/"):
		return netplanWifi
	case strings.Contains(t.Content, "AuthMode=") && (strings.HasSuffix(base, ".dat") || strings.HasPrefix(base, "RT") && strings.Contains(t.Content, "SSID1=")):
		return ralinkWifi
	case namesNetwork(t.Content) && holdsAny(t.Content, []string{"hw_mode=", "wpa=", "interface=", "wpa_passphrase=", "wep_key", "auth_algs="}):
		if strings.HasPrefix(t.Content, "#!") {
			return nil
		}
		return hostapdWifi
	}
	return nil
}

// namesNetwork reports whether a line begins with "ssid=" or "ssid2=".
func namesNetwork(content string) bool {
	for at := 0; ; at++ {
		i := strings.Index(content[at:], "ssid")
		if i < 0 {
			return false
		}
		at += i
		before := strings.TrimRight(content[:at], " \t\r\f")
		if (before == "" || strings.HasSuffix(before, "\n")) && strings.HasPrefix(strings.TrimPrefix(content[at+len("ssid"):], "2"), "=") {
			return true
		}
	}
}

// isWifiKey reports whether a value can be a passphrase of WPA or a key of 64
// digits, and is no place to fill in.
func isWifiKey(v string) bool {
	if len(v) < 8 || len(v) > 64 || !isPrintable(v) || strings.ContainsAny(v[:1], "$<@%") || strings.ContainsAny(v, "`{}<>") {
		return false
	}
	lower := strings.ToLower(v)
	return !slices.ContainsFunc(placeholders, func(p string) bool { return strings.Contains(lower, p) })
}

// wifiSection collects what the lines of one network say.
type wifiSection struct {
	network      WifiNetwork
	at           assay.Location // its first line
	key, wep     string
	keyAt, wepAt assay.Location
	protected    bool // by something that is not a fixed key in the image
	named        bool
}

// networks says what of the section is worth listing.
func (s wifiSection) networks() []WifiNetwork {
	if !s.named {
		return nil
	}
	n := s.network
	switch {
	case s.key != "":
		n.Security, n.Location, n.Secret = WifiKey, s.keyAt, NewSecret("wifi key", s.key)
	case s.wep != "":
		n.Security, n.Location, n.Secret = WifiWEP, s.wepAt, NewSecret("wifi key", s.wep)
	case !s.protected:
		n.Security, n.Location = WifiOpen, s.at
	default:
		return nil
	}
	return []WifiNetwork{n}
}

// hostapdWifi reads hostapd.conf; "bss=" begins a further network.
func hostapdWifi(t Text) []WifiNetwork {
	var found []WifiNetwork
	fresh := func() wifiSection { return wifiSection{network: WifiNetwork{AP: true, hostapd: true}} }
	s := fresh()
	for l := range t.Lines() {
		key, value, ok := strings.Cut(strings.TrimSpace(l.Text), "=")
		if !ok || strings.HasPrefix(key, "#") {
			continue
		}
		switch {
		case key == "bss":
			found = append(found, s.networks()...)
			s = fresh()
		case key == "ssid" || key == "ssid2":
			s.network.Name, s.at, s.named = forPeople(strings.Trim(value, `"`)), t.At(l), true
		case key == "wpa_passphrase" || key == "wpa_psk" || key == "sae_password":
			value, _, _ = strings.Cut(value, "|") // sae_password has options there
			if s.protected = true; isWifiKey(value) {
				s.key, s.keyAt = value, t.At(l)
			}
		case wepKey.Get().MatchString(key) && value != "":
			s.wep, s.wepAt = value, t.At(l)
		case key == "wpa" && value != "0", key == "ieee8021x" && value == "1", key == "wpa_psk_file", key == "osen" && value == "1":
			s.protected = true
		case key == "wpa_key_mgmt" && strings.Contains(value, "OWE"):
			s.protected = true
		case key == "ap_pin" && isPIN(value):
			found = append(found, WifiNetwork{Name: s.network.Name, AP: true, Security: WifiWPSPIN, Secret: NewSecret("WPS PIN", value), Location: t.At(l)})
		}
	}
	return append(found, s.networks()...)
}

// wepKey is one of the four keys of WEP, not a setting about them.
var wepKey = lazy(`^wep_key[0-3]$`)

func isPIN(v string) bool { return (len(v) == 8 || len(v) == 4) && isNumber(v) }

// supplicantWifi reads wpa_supplicant.conf.
func supplicantWifi(t Text) []WifiNetwork {
	var found []WifiNetwork
	var s wifiSection
	open := false
	for l := range t.Lines() {
		text := strings.TrimSpace(l.Text)
		if strings.HasPrefix(text, "#") {
			continue
		}
		if strings.HasPrefix(text, "network={") {
			s, open = wifiSection{at: t.At(l), protected: true, named: true}, true
			text = strings.TrimPrefix(text, "network={")
		}
		if !open {
			continue
		}
		for _, field := range supplicantFields(text) {
			s.supplicant(field, t.At(l))
		}
		if strings.HasSuffix(text, "}") {
			found, open = append(found, s.networks()...), false
		}
	}
	return found
}

// supplicantFields splits a block that stands on one line.
func supplicantFields(text string) []string {
	text = strings.TrimSuffix(strings.TrimSpace(text), "}")
	if strings.Count(text, "=") < 2 || strings.Contains(text, `=" `) {
		return []string{strings.TrimSpace(text)}
	}
	var fields []string
	for _, m := range supplicantField.Get().FindAllString(text, 32) {
		fields = append(fields, strings.TrimSpace(m))
	}
	return fields
}

var supplicantField = lazy(`[a-z0-9_]+=(?:"[^"]*"|[^\s"]+)`)

func (s *wifiSection) supplicant(field string, at assay.Location) {
	key, value, _ := strings.Cut(field, "=")
	bare := strings.Trim(value, `"`)
	switch {
	case key == "ssid":
		s.network.Name = forPeople(bare)
	case key == "mode" && value == "2":
		s.network.AP = true
	case key == "disabled" && value == "1":
		s.network.Off = true
	case (key == "psk" || key == "sae_password") && isWifiKey(bare) && !strings.HasPrefix(value, "ext:"):
		s.key, s.keyAt = bare, at
	case wepKey.Get().MatchString(key) && bare != "":
		s.wep, s.wepAt = bare, at
	case key == "key_mgmt" && value == "NONE":
		s.protected = false
	}
}
