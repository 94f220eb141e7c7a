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
	case "wpa_cli":
		if slices.Contains(args, "set_network") {
			key = strings.Trim(wordAfter(args, "psk", "sae_password", "wep_key0"), `"`)
		}
	case "iwconfig":
		return wepArgument(wordAfter(args, "key", "enc"))
	}
	if !isWifiKey(key) {
		return ""
	}
	return key
}

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
