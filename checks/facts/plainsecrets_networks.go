package facts

import (
	"strings"

	"github.com/assay-iot/assay"
)

// maxNetworkBlock is the number of bytes around the name of a network in which its
// settings are looked for.
const maxNetworkBlock = 512

var (
	// networkName is the name of a network in settings, with a value.
	networkName = lazy(`(?i)(?:^|[\s{,;&?])["']?(?:[a-z]+_)?ssid["']?\s*[=:]\s*["']?([^\s"'%$<>{}&]{2,32})`)
	// networkKey is the key of a network in settings: a name in any usual spelling, then
	// a value in quotes or without.
	networkKey = lazy(`(?i)(?:^|[\s{,;&?])["']?((?:[a-z0-9]+[_.\-]){0,3}(?:psk|pass|password|passwd|passphrase|passkey|pwd|(?:wpa|wifi)_?key))["']?\s*([=:])\s*(?:["']([^"'\s]{8,63})["']|([^\s"',;&{}<>]{8,63}))`)
)

// networkSecrets finds the keys of networks in a block of settings of a flat program,
// of one line or several: JSON, the form of wpa_supplicant, NAME=value, a query. There
// the name of the network says what a plain "password" opens, so that neither capitals
// nor signs are asked of it.
func networkSecrets(content []byte, s rawString) []PlainSecret {
	block := blockAround(content, s)
	if !holdsAny(block.text, []string{"ssid", "SSID", "Ssid"}) {
		return nil
	}
	if strings.ContainsAny(block.text, "<;") || strings.Contains(block.text, "()") { // a page or a program
		return nil
	}
	owner := networkName.Get().FindStringSubmatch(block.text)
	if owner == nil || !isOwner(owner[1]) || strings.Contains(strings.ToLower(owner[1]), "ssid") { // "MySSID" is to fill in
		return nil
	}
	var found []PlainSecret
	for _, m := range networkKey.Get().FindAllStringSubmatchIndex(block.text, 8) {
		quoted := m[6] >= 0
		from, to := m[6], m[7]
		if !quoted {
			from, to = m[8], m[9]
		}
		value := block.text[from:to]
		sure := quoted && isNetworkKey(value) || isWifiWord(value) || isMixed(value) || isDistinctive(value)
		if ofUser(block.text[:m[2]]) || !quoted && block.text[m[4]:m[5]] == ":" || !sure || !isLiteralSecret(value) || strings.ContainsAny(value, `%\()[]`) {
			continue
		}
		p := PlainSecret{Name: forPeople(block.text[m[2]:m[3]]), Wifi: true, OnList: isListed(value), Secret: NewSecret("password", value)}
		p.Location = assay.Location{Offset: int64(block.start + m[2]), Length: int64(to - m[2])}
		found = append(found, p)
	}
	return found
}

// userName is the name of a user in settings.
var userName = lazy(`(?i)(?:^|[\s{,;&?])["']?(?:[a-z0-9]+[_.\-]){0,3}user(?:_?name)?["']?\s*[=:]`)

// ofUser reports whether the last name before a password is that of a user, and not of
// a network.
func ofUser(before string) bool {
	at := userName.Get().FindAllStringIndex(before, -1)
	return len(at) > 0 && !networkName.Get().MatchString(before[at[len(at)-1][0]:])
}

// blockAround is the text around a string with the lines before and behind it.
func blockAround(content []byte, s rawString) rawString {
	isText := func(b byte) bool { return isText8(b) || b == '\n' || b == '\r' || b == '\t' }
	start, end := s.start, s.end
	for start > 0 && s.start-start < maxNetworkBlock && isText(content[start-1]) {
		start--
	}
	for end < len(content) && end-s.end < maxNetworkBlock && isText(content[end]) {
		end++
	}
	return rawString{start, end, string(content[start:end])}
}

// fillingWords are parts of words that say what belongs in a place, or what happened.
var fillingWords = []string{
	"pass", "pwd", "word", "ssid", "psk", "key", "secret", "string", "value", "name", "network", "credential", "connect", "security", "config", "setting", "invalid", "incorrect",
	"require", "default", "optional", "unknown", "available", "undefined", "length", "missing", "failed", "error", "hidden", "character", "number",
}

// isNetworkKey reports whether a value can be the key of a network (IEEE 802.11 has 8
// to 63 characters for it): no name of a setting, no word of the protocols, and, if it
// is letters alone, no word that says what belongs there.
func isNetworkKey(v string) bool {
	lower := strings.ToLower(v)
	if len(v) < 8 || len(v) > 63 || strings.ContainsAny(v, "%/=:()[].,_ ") || isCipherTerm(lower) {
		return false
	}
	word := strings.TrimRight(lower, "0123456789")
	return word == "" || !isFieldName(word) && (isWifiWord(v) || !holdsAny(lower, fillingWords))
}

// isNetworkKeyName reports whether a string is a name for the key of a network where
// the name of the network and its value stand beside: "psk" and "wpa_key" too.
func isNetworkKeyName(name string) bool {
	return len(name) <= 64 && keySetting.Get().MatchString(name)
}

var keySetting = lazy(`^(?i)(?:[a-z0-9]+[_.-]){0,3}(?:psk|pass|password|passwd|passphrase|passkey|pwd|(?:wpa|wifi|wlan)_?key)\d?$`)

// madeOfName reports whether a key begins as the name of its network does, as those
// that people make up often do ("AcmeHome", "acmefactory"): a word of a program that
// stands behind the two by chance does not.
func madeOfName(value, owner string) bool {
	const shared = 4
	return len(owner) >= shared && len(value) >= 8 && strings.EqualFold(value[:shared], owner[:shared]) && !strings.EqualFold(value, owner)
}

// ofNetwork reports whether the string behind a name is the key of a network: the names
// of both and their values alternate.
func ofNetwork(content []byte, name rawString, value string) bool {
	owner, ok := networkBeside(content, name)
	if !ok || !isNetworkKeyName(name.text) || !isNetworkKey(value) {
		return false
	}
	digits := strings.Trim(value, "0123456789") == ""
	return isWifiWord(value) || digits || madeOfName(value, owner)
}

// networkBeside is the name of the network that stands right before the name of a
// password, or right behind its value: "ssid", "Home", "password".
func networkBeside(content []byte, s rawString) (string, bool) {
	before := rawStringBefore(content, s)
	if isOwner(before.text) && isSSIDName(rawStringBefore(content, before).text) {
		return before.text, true
	}
	name := nextRawString(content, nextRawString(content, s))
	behind := nextRawString(content, name)
	return behind.text, isSSIDName(name.text) && isOwner(behind.text)
}
