package facts

import (
	"slices"
	"strings"
)

// wifiArgument is the key of a wireless network among the arguments of a program
// that joins or makes one; empty if there is none.
func wifiArgument(program string, args []string) string {
	key := ""
	switch program {
	case "wpa_passphrase":
		if len(args) == 2 && isLiteralSecret(args[1]) {
			return args[1]
		}
	case "nmcli":
		if slices.Contains(args, "wifi") || slices.Contains(args, "w") {
			key = wordAfter(args, "password")
		}
		if key == "" {
			key = wordAfter(args, "wifi-sec.psk", "802-11-wireless-security.psk", "wifi-sec.wep-key0", "802-11-wireless-security.wep-key0")
		}
	case "wpa_cli", "hostapd_cli":
		if slices.Contains(args, "set_network") || slices.Contains(args, "set") {
			key = strings.Trim(wordAfter(args, "psk", "wpa_passphrase", "wpa_psk", "sae_password", "wep_key0"), `"`)
		}
	case "iwctl":
		key = wordAfter(args, "--passphrase", "-P")
	case "iwconfig":
		return wepArgument(wordAfter(args, "key", "enc"))
	case "iw":
		if key := wordAfter(args, "key", "keys"); strings.Contains(key, ":") { // the number of the key, then the key
			return wepArgument("s:" + key[strings.LastIndexByte(key, ':')+1:])
		}
	case "wl": // of Broadcom's driver
		key = wordAfter(args, "set_pmk")
	case "ndc": // of Android
		if slices.Contains(args, "softap") {
			key = wordAfter(args, "wpa-psk", "wpa2-psk")
		}
	case "iwpriv", "wlanconfig", "cfg80211tool":
		key = driverKey(args)
	}
	if !isWifiKey(key) || !isLiteralSecret(key) {
		return ""
	}
	return key
}

// driverKeys are what drivers of wireless networks call a key, in small letters and without
// lines between: a private setting of their own, or a name before "=".
var driverKeys = []string{"passphrase", "psk", "wpapsk", "pmk", "setpassphrase", "setpsk", "setpmk", "wpapassphrase"}

// driverKey is the key that a driver is given: "set_mib passphrase=x", "set_psk x".
func driverKey(args []string) string {
	for i, a := range args {
		name, value, set := strings.Cut(a, "=")
		if !set && i+1 < len(args) {
			value = args[i+1]
		}
		if slices.Contains(driverKeys, strings.ToLower(strings.ReplaceAll(name, "_", ""))) {
			return value
		}
	}
	return ""
}

// keptSetting is a setting that a program of a router's kit keeps in flash: of Realtek
// "flash set NAME x", of Ralink and TrendChip "tcapi set NODE NAME x", of Atheros "cfg -a
// NAME=x", of D-Link "xmldbc -s /path/to/name x", and nvram's and syscfg's.
func keptSetting(program string, args []string) (name, value string, ok bool) {
	nodes := 1 // words of the name
	switch program {
	case "tcapi":
		nodes = 2
	case "cfg", "xmldbc":
		flag := map[string]string{"cfg": "-a", "xmldbc": "-s"}[program]
		if len(args) < 2 || args[0] != flag {
			return "", "", false
		}
		args = append([]string{"set"}, args[1:]...)
	}
	if len(args) < 2 || args[0] != "set" {
		return "", "", false
	}
	if name, value, ok = strings.Cut(args[len(args)-1], "="); ok && len(args) == nodes+1 && program != "xmldbc" {
		return name, value, true
	}
	if len(args) != nodes+2 {
		return "", "", false
	}
	return strings.TrimPrefix(args[nodes], "/"), args[nodes+1], true
}

// keptSecret is the password, or the key of a network, that such a program keeps.
func keptSecret(program string, args []string) []PlainSecret {
	name, value, ok := keptSetting(program, args)
	if !ok {
		return nil
	}
	if isNetworkSetting(name) {
		return appendNetworkKey(nil, name, value)
	}
	return appendSecret(nil, name[strings.LastIndexByte(name, '/')+1:], value)
}

// networkKeyWord ends what such programs call the key of a network: WLAN0_WPA_PSK, WPAPSK1,
// AP_PSK_KEY, wl0_passphrase, wifi/entry:1/nwkey/psk/key.
var networkKeyWord = lazy(`(?i)(?:psk(?:[_/]?key)?|passphrase)[0-9]?$`)

// isNetworkSetting reports whether a setting holds the key of a wireless network.
func isNetworkSetting(name string) bool {
	return networkKeyWord.Get().MatchString(name) && (isWifiName(name) || strings.Contains(strings.ToLower(name), "psk")) && !holdsAny(strings.ToLower(name), otherKeys)
}

// otherKeys are words of names that say that a key shared beforehand is none of a wireless
// network, in small letters.
var otherKeys = []string{"ipsec", "ike", "vpn", "radius", "l2tp", "dtls", "coap", "snmp"}

// wordAfter is the argument behind the first of the words that is there.
func wordAfter(args []string, words ...string) string {
	for i := range args[:max(len(args)-1, 0)] {
		if slices.Contains(words, args[i]) {
			return args[i+1]
		}
	}
	return ""
}

// wepArgument is a key as iwconfig takes it: hexadecimal digits, in groups too, or
// letters behind "s:". Other words choose a key or switch it off.
func wepArgument(word string) string {
	if key, ok := strings.CutPrefix(word, "s:"); ok && len(key) >= 5 {
		return key
	}
	digits := strings.ReplaceAll(word, "-", "")
	if strings.Trim(digits, "0123456789abcdefABCDEF") == "" && (len(digits) == 10 || len(digits) == 26) && !isRepeated(digits) {
		return word
	}
	return ""
}
