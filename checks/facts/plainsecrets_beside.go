package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// modemSecrets reads the commands by which a program makes a modem join or offer a
// wireless network, or tells it the user of a broker: the password is one of the
// command's values. They are those of Espressif's AT firmware and its kin.
func modemSecrets(text string) []PlainSecret {
	_, command, ok := strings.Cut(text, "AT+")
	if !ok {
		return nil
	}
	name, list, ok := strings.Cut(command, "=")
	at := modemValues[strings.TrimSuffix(strings.TrimSuffix(name, "_CUR"), "_DEF")]
	if !ok || at.secret == 0 {
		return nil
	}
	values := strings.Split(strings.TrimRight(list, "\r\n"), ",")
	if len(values) <= at.secret || at.behind != "" && strings.Trim(values[at.secret-1], `" `) != at.behind {
		return nil
	}
	beside, value := strings.Trim(values[at.secret-1], `" `), strings.Trim(values[at.secret], `" `)
	if !isLiteralSecret(value) || strings.ContainsAny(value, `%\`) || isFieldName(value) && !(at.wifi && strings.ContainsAny(value, "0123456789")) || at.mixed && !isMixed(value) {
		return nil
	}
	p := PlainSecret{Name: "AT+" + name, Wifi: at.wifi, OnList: isListed(value), Secret: NewSecret("password", value)}
	if !at.wifi && at.behind == "" {
		p.Account = forPeople(beside)
	}
	return []PlainSecret{p}
}

type modemValue struct {
	secret int // which value is the password, from 0; never the first
	wifi   bool
	mixed  bool   // words such as "internet" are those of a whole mobile network, and public
	behind string // what the value before must be
}

// modemValues are the commands of Espressif's AT firmware, and those of modems of
// SIMCom and Quectel for mobile networks and brokers.
var modemValues = map[string]modemValue{
	"CWJAP": {secret: 1, wifi: true}, "CWSAP": {secret: 1, wifi: true}, "WJAP": {secret: 1, wifi: true}, "WSAP": {secret: 1, wifi: true},
	"MQTTUSERCFG": {secret: 4},
	"CSTT":        {secret: 2, mixed: true}, "CGAUTH": {secret: 3, mixed: true}, "QICSGP": {secret: 4, mixed: true},
	"SAPBR":   {secret: 3, mixed: true, behind: "PWD"},
	"QMTCONN": {secret: 3, mixed: true}, "CMQTTCONNECT": {secret: 5, mixed: true}, "QFTPCFG": {secret: 2, mixed: true},
}

// besideSecret finds a password by its place: behind the name of a network that
// stands behind a word such as "CONFIG_SSID", or before a word such as "wpa2";
// behind the name of a user that stands behind a word such as "MQTT_USER".
func besideSecret(content []byte, s rawString) (PlainSecret, bool) {
	var owner, value rawString
	wifi, named := true, false
	switch {
	case isSSIDName(s.text):
		owner = nextRawString(content, s)
		if named = isPasswordName(owner.text); named { // both names stand before both values
			owner = nextRawString(content, owner)
		}
		value = nextRawString(content, owner)
	case userSetting.Get().MatchString(s.text):
		owner = nextRawString(content, s)
		value, wifi = nextRawString(content, owner), false
	case slices.Contains(wifiKinds, strings.ToLower(s.text)):
		value = rawStringBefore(content, s)
		owner = rawStringBefore(content, value)
	default:
		return PlainSecret{}, false
	}
	plain := named && strings.ContainsAny(s.text, "_.-") && isWifiWord(value.text) // "ssid" alone also stands in lists of names
	if !isOwner(owner.text) || !isLiteralSecret(value.text) || !isMixed(value.text) && !isDistinctive(value.text) && !plain ||
		isProtection(value.text) || isWifiTerm(value.text) && !named || isNumberedName(value.text) && !named {
		return PlainSecret{}, false
	}
	p := PlainSecret{Name: "password", Wifi: wifi, OnList: isListed(value.text), Secret: NewSecret("password", value.text)}
	if !wifi {
		p.Account = forPeople(owner.text)
	}
	p.Location = assay.Location{Offset: int64(value.start), Length: int64(value.end - value.start)}
	return p, true
}

// isSSIDName reports whether a string names a setting that holds the name of a
// network, or the call that takes one.
func isSSIDName(name string) bool {
	lower := strings.ToLower(name)
	return lower == "wifi.begin" || ssidSetting.Get().MatchString(lower) && !strings.HasSuffix(strings.TrimRight(lower, "0123456789"), "bssid")
}

var (
	ssidSetting = lazy(`^(?:[a-z0-9]+[_.-]){0,4}ssid\d?$`)
	userSetting = lazy(`^(?:(?i)[a-z0-9]+[_.-]){1,4}(?i)user(?:_?name)?$`)
)

// wifiKinds are words for how a network is protected, as programs have them in
// tables of networks.
var wifiKinds = []string{"wpa", "wpa2", "wpa3", "wpa-psk", "wpa2-psk", "wpa_psk", "wpa2_psk"}

// isOwner reports whether a string can be the name of a network or user: no format,
// path or message, and no name of a further setting.
func isOwner(v string) bool {
	return len(v) >= 2 && len(v) <= 32 && !strings.ContainsAny(v, `%/=:"\<>{}()`) && !isFieldName(strings.TrimRight(v, "0123456789")) && !isProtection(v)
}

// isProtection reports whether a string says how a network is protected.
func isProtection(v string) bool {
	return holdsAny(strings.ToLower(v), []string{"wpa", "wep-", "psk", "tkip", "ccmp", "802.1", "8021"})
}

// isWifiWord reports whether a value can be the password of a network that has neither
// capitals nor signs, where names say that it is one: letters with digits, and no name or
// term that has them ("channel1", "wpa2-psk").
func isWifiWord(v string) bool {
	return len(v) >= 8 && len(v) <= 63 && strings.ContainsAny(v, "0123456789") && strings.Trim(v, "0123456789") != "" &&
		!strings.ContainsAny(v, "%/=:()[].,_ ") && !isFieldName(strings.TrimRight(v, "0123456789")) && !isCipherTerm(strings.ToLower(v))
}

// isFieldName reports whether a string names a setting and so stands for no value.
func isFieldName(v string) bool {
	v = strings.ToLower(v)
	return isPasswordName(v) || slices.Contains(fieldNames, v[strings.LastIndexAny(v, "_-.")+1:])
}

// isNumberedName reports whether a string names one setting of several, as "ssid1" and
// "Password_2" do: a label, also where lists of default passwords have the same word.
func isNumberedName(v string) bool {
	stem := strings.TrimRight(v, "0123456789")
	return len(v)-len(stem) == 1 && isFieldName(strings.TrimRight(stem, "_-.")) // "password123" is no label
}

// isNameTable reports whether the string behind a name is the next name of a table of
// names ("ssid1", "ssid2", "password1", "password2") and no value.
func isNameTable(content []byte, name string, behind rawString) bool {
	return isNumberedName(behind.text) && (isNumberedName(name) || isNumberedName(nextRawString(content, behind).text))
}

// headerName is how headers of HTTP and attributes of RADIUS are called, which stand in
// lists: Message-Authenticator.
var headerName = lazy(`^[A-Z][a-z]+(?:-[A-Z][a-z]+)+$`)

var fieldNames = []string{
	"ssid", "essid", "bssid", "psk", "key", "pass", "password", "passphrase", "user", "username", "name", "channel", "chan", "host", "hostname", "ip", "addr", "address", "mask",
	"netmask", "gateway", "gw", "dns", "mac", "mode", "auth", "authmode", "encryption", "security", "rssi", "hidden", "enable", "enabled", "token", "port", "id", "type", "status",
}

// isWifiTerm reports whether a string is a word of the protocols themselves.
func isWifiTerm(v string) bool {
	v = strings.ToLower(v)
	return isCipherTerm(v) || holdsAny(v, []string{"wifi", "wi-fi"})
}

// isCipherTerm reports whether a string in small letters is a word of the protocols that
// hardly stands in a password.
func isCipherTerm(v string) bool {
	return isProtection(v) || holdsAny(v, []string{"aes-", "-aes", "sha1", "sha2", "sha-", "esp32", "esp8266", "utf-8", "gmt+", "base64", "-eap", "eap-"})
}

// rawStringBefore is the string that stands right before another one.
func rawStringBefore(content []byte, s rawString) rawString {
	for at := s.start - 1; at >= max(0, s.start-maxRawGap); at-- {
		if isText8(content[at]) {
			return rawStringAt(content, at)
		}
		if content[at] != 0 && content[at] != 0xff {
			break
		}
	}
	return rawString{s.start, s.start, ""}
}
