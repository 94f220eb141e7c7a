package facts

import (
	"strings"
)

// interfacesWifi reads /etc/network/interfaces of ifupdown, whose stanzas hand
// "wpa-" settings to wpa_supplicant and "wireless-" ones to the driver.
func interfacesWifi(t Text) []WifiNetwork {
	var found []WifiNetwork
	var s wifiSection
	for l := range t.Lines() {
		text := strings.TrimSpace(l.Text)
		key, value, _ := strings.Cut(strings.ReplaceAll(text, "\t", " "), " ")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case key == "iface" || key == "auto" || key == "mapping" || key == "source" || strings.HasPrefix(key, "allow-"):
			found = append(found, s.networks()...)
			s = wifiSection{}
		case key == "wpa-ssid" || key == "wireless-essid":
			s.network.Name, s.named, s.at = forPeople(value), true, t.At(l)
			s.protected = key == "wpa-ssid"
		case key == "wpa-psk" || key == "wpa-sae-password":
			if s.named, s.protected = true, true; isWifiKey(value) {
				s.key, s.keyAt = value, t.At(l)
			}
		case key == "wpa-conf":
			s.protected = true
		case key == "wpa-key-mgmt" && value == "NONE":
			s.protected = false
		case wepSetting.Get().MatchString(key) && value != "" && value != "off" && !Unresolved(value):
			s.named, s.wep, s.wepAt = true, value, t.At(l)
		}
	}
	return append(found, s.networks()...)
}

// wepSetting is a key of WEP in a stanza.
var wepSetting = lazy(`^(?:wpa-wep-key[0-3]|wireless-key[1-4]?)$`)

// connmanWifi reads a provisioning file of connman, a section for each service, and what
// it keeps of a network that it joined: a section "wifi_…" of its own.
func connmanWifi(t Text) []WifiNetwork {
	var found []WifiNetwork
	for _, s := range readSections(t) {
		if !strings.EqualFold(s.value("type"), "wifi") && !strings.HasPrefix(s.name, "wifi_") {
			continue
		}
		n := wifiSection{named: true, at: s.at}
		n.network.Name = forPeople(s.value("name"))
		security := strings.ToLower(s.value("security"))
		n.protected = security != "none" && (security != "" || s.value("eap") != "") || strings.HasPrefix(s.name, "wifi_") // its name tells what protects it
		if v := s.lines["passphrase"]; security == "wep" && v.value != "" {
			n.wep, n.wepAt = v.value, v.at
		} else if v.value != "" {
			if n.protected = true; isWifiKey(v.value) {
				n.key, n.keyAt = v.value, v.at
			}
		}
		found = append(found, n.networks()...)
	}
	return found
}

// netplanWifi reads the access points of netplan: "access-points:", below it a
// network by its name, and below that its password, or none.
func netplanWifi(t Text) []WifiNetwork {
	var found []WifiNetwork
	var s wifiSection
	points, network := -1, -1 // how far both are indented
	end := func() {
		found = append(found, s.networks()...)
		s, network = wifiSection{}, -1
	}
	for l := range t.Lines() {
		text := strings.TrimSpace(l.Text)
		if text == "" || text[0] == '#' {
			continue
		}
		indent := len(l.Text) - len(strings.TrimLeft(l.Text, " "))
		key, value, _ := strings.Cut(text, ":")
		key, value = strings.Trim(key, `"'`), strings.Trim(strings.TrimSpace(value), `"'`)
		if points >= 0 && indent <= points {
			end()
			points = -1
		}
		switch {
		case key == "access-points":
			points = indent
		case points < 0:
		case network < 0 || indent <= network:
			end()
			network = indent
			s.named, s.at, s.network.Name = true, t.At(l), forPeople(key)
			if strings.HasPrefix(value, "{") {
				s.inline(strings.Trim(value, "{} "), t, l)
			}
		default:
			s.netplan(key, value, t, l)
		}
	}
	end()
	return found
}

// inline reads "{password: x, mode: ap}".
func (s *wifiSection) inline(fields string, t Text, l Line) {
	for field := range strings.SplitSeq(fields, ",") {
		key, value, _ := strings.Cut(field, ":")
		s.netplan(strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"'`), t, l)
	}
}

func (s *wifiSection) netplan(key, value string, t Text, l Line) {
	switch key {
	case "mode":
		s.network.AP = value == "ap"
	case "auth":
		s.protected = true
	case "password":
		if s.protected = true; isWifiKey(value) {
			s.key, s.keyAt = value, t.At(l)
		}
	case "key-management":
		s.protected = value != "none"
	}
}
