package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
)

// uciWifi reads /etc/config/wireless of OpenWrt.
func uciWifi(t Text) []WifiNetwork {
	var found []WifiNetwork
	p := parseUCI(t)
	value := func(s uciSection, name string) string {
		o, _ := s.get(name)
		return strings.Join(o.Values, " ")
	}
	place := func(s uciSection, name string) assay.Location {
		o, _ := s.get(name)
		return t.At(o.Line)
	}
	for _, s := range p {
		if s.Type != "wifi-iface" {
			continue
		}
		device, _ := p.section(value(s, "device"))
		n := wifiSection{at: t.At(s.Line), named: true}
		n.network = WifiNetwork{
			Name: forPeople(value(s, "ssid")), AP: value(s, "mode") != "sta" && value(s, "mode") != "mesh",
			Off: isOn(value(s, "disabled")) || isOn(value(device, "disabled")),
		}
		encryption, key := value(s, "encryption"), value(s, "key")
		n.protected = encryption != "" && encryption != "none"
		switch {
		case strings.HasPrefix(encryption, "wep"):
			n.wep, n.wepAt = encryption, place(s, "encryption")
		case n.protected && isWifiKey(key):
			n.key, n.keyAt = key, place(s, "key")
		}
		found = append(found, n.networks()...)
		if pin := value(s, "wps_pin"); isPIN(pin) {
			found = append(found, WifiNetwork{Name: n.network.Name, AP: true, Off: n.network.Off, Security: WifiWPSPIN, Secret: NewSecret("WPS PIN", pin), Location: place(s, "wps_pin")})
		}
	}
	return found
}

// managerWifi reads a connection of NetworkManager.
func managerWifi(t Text) []WifiNetwork {
	var n wifiSection
	for _, s := range readSections(t) {
		switch s.name {
		case "wifi", "802-11-wireless":
			n.named, n.at = true, s.at
			n.network.Name, n.network.AP = forPeople(s.value("ssid")), s.value("mode") == "ap"
		case "wifi-security", "802-11-wireless-security":
			n.protected = true
			if v := s.lines["psk"]; isWifiKey(v.value) {
				n.key, n.keyAt = v.value, v.at
			}
			if v := s.lines["wep-key0"]; v.value != "" {
				n.wep, n.wepAt = v.value, v.at
			}
		}
	}
	return n.networks()
}

// iwdWifi reads a network of iwd: the file has its name.
func iwdWifi(t Text) []WifiNetwork {
	n := wifiSection{named: true, protected: true}
	n.network.Name = forPeople(strings.TrimSuffix(path.Base(t.File.Name), ".psk"))
	for _, s := range readSections(t) {
		for _, name := range []string{"passphrase", "presharedkey"} {
			if v := s.lines[name]; isWifiKey(v.value) {
				n.key, n.keyAt = v.value, v.at
			}
		}
	}
	return n.networks()
}

// ralinkWifi reads the settings of Ralink and MediaTek drivers, of which the
// first network counts; lists are separated by ";".
func ralinkWifi(t Text) []WifiNetwork {
	n := wifiSection{network: WifiNetwork{AP: !strings.Contains(path.Base(t.File.Name), "STA")}}
	first := func(v string) string { v, _, _ = strings.Cut(v, ";"); return v }
	var found []WifiNetwork
	for l := range t.Lines() {
		key, value, ok := strings.Cut(strings.TrimSpace(l.Text), "=")
		if !ok || strings.HasPrefix(key, "#") {
			continue
		}
		switch key {
		case "SSID1", "SSID":
			if value != "" && !n.named {
				n.network.Name, n.named, n.at = forPeople(value), true, t.At(l)
			}
		case "AuthMode":
			n.protected = first(value) != "OPEN" && first(value) != "" || n.protected
		case "EncrypType":
			if strings.HasPrefix(first(value), "WEP") {
				n.wep, n.wepAt = value, t.At(l)
			}
		case "WPAPSK", "WPAPSK1":
			if isWifiKey(value) {
				n.key, n.keyAt = value, t.At(l)
			}
		case "WscVendorPinCode":
			if isPIN(value) {
				found = append(found, WifiNetwork{Name: n.network.Name, AP: true, Security: WifiWPSPIN, Secret: NewSecret("WPS PIN", value), Location: t.At(l)})
			}
		}
	}
	if !n.protected && n.wep == "" { // the key is not used
		n.key = ""
	}
	return append(n.networks(), found...)
}

// luaKey is one that a program in Lua makes: cursor:set("wireless", NAME, "key", "VALUE").
var luaKey = lazy(`:set\(\s*["']wireless["']\s*,[^,\n]{1,64},\s*["']key["']\s*,\s*["']([^"'\n]{8,64})["']\s*\)`)

// luaWifiKeys finds keys that a program in Lua sets.
func luaWifiKeys(t Text) []WifiNetwork {
	if !strings.Contains(t.Content, "wireless") || !strings.Contains(t.Content, ":set(") {
		return nil
	}
	var found []WifiNetwork
	for l := range t.Lines() {
		if isComment(l.Text) {
			continue
		}
		if m := luaKey.Get().FindStringSubmatch(l.Text); m != nil && isWifiKey(m[1]) {
			found = append(found, WifiNetwork{AP: true, Security: WifiKey, Secret: NewSecret("wifi key", m[1]), Location: t.At(l)})
		}
	}
	return found
}

// uciKey is a setting that a script makes: wireless.NAME.key=VALUE.
var uciKey = lazy(`^wireless\.[^=]+\.key=["']?(.*?)["']?$`)

// uciWifiKeys finds keys that scripts set with uci.
func uciWifiKeys(s Script) []WifiNetwork {
	var found []WifiNetwork
	for _, c := range s.Commands.All() {
		if c.Program() != "uci" {
			continue
		}
		words := c.Args
		for _, d := range c.Redirects {
			for line := range strings.Lines(d.Text) { // uci batch
				words = append(words[:len(words):len(words)], strings.Fields(line)...)
			}
		}
		for _, w := range words {
			if m := uciKey.Get().FindStringSubmatch(w); m != nil && isWifiKey(m[1]) && !Unresolved(m[1]) {
				found = append(found, WifiNetwork{AP: true, Security: WifiKey, Secret: NewSecret("wifi key", m[1]), Location: c.Location})
			}
		}
	}
	return found
}
