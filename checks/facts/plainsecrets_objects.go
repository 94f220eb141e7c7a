package facts

import (
	"strings"
)

// maxNetworkObjects is the number of objects of wireless networks that are kept of a text.
const maxNetworkObjects = 256

// networkObject names what XML keeps a wireless network in, as the data models of routers
// do: WLANConfiguration (TR-098), WiFi (TR-181), and what makers call their own. A name of
// the device as a whole is none.
var (
	networkObject = lazy(`(?i)^(?:x_[a-z0-9-]+_)?(?:wlan|wi-?fi|wireless)[a-z0-9_.-]*$`)
	wholeDevice   = lazy(`(?i)router|gateway|device|modem|extender|system`)
	// objectTag is a tag: its end mark, name, attributes, and the mark of one without content.
	objectTag = lazy(`<(/?)([A-Za-z_][A-Za-z0-9_:.-]{0,63})([^<>]*?)(/?)>`)
	// calledSo is the name of an object in an attribute.
	calledSo = lazy(`(?i)\s(?:name|key|id)\s*=\s*"([^"<>]{1,64})"`)
)

// networkObjects gives the ranges of the outermost elements of XML that hold a wireless
// network, in order. One without an end is none.
func networkObjects(content string) [][2]int {
	if !strings.HasPrefix(strings.TrimLeft(content[:min(len(content), 64)], "\ufeff \t\r\n"), "<") || !holdsAny(content, []string{"assphrase", "assPhrase", "haredKey", "haredkey"}) {
		return nil
	}
	var objects [][2]int
	start, open, depth := 0, "", 0
	for rest, at := content, 0; len(objects) < maxNetworkObjects; rest = content[at:] {
		m := objectTag.Get().FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		name, from, to := rest[m[4]:m[5]], at+m[0], at+m[1]
		ends, empty := m[2] < m[3], m[8] < m[9]
		switch {
		case open == "" && !ends && isNetworkObject(name, rest[m[6]:m[7]]):
			if empty {
				objects = append(objects, [2]int{from, to})
			} else {
				start, open, depth = from, name, 1
			}
		case name == open && ends:
			if depth--; depth == 0 {
				objects, open = append(objects, [2]int{start, to}), ""
			}
		case name == open && !empty:
			depth++
		}
		at = to
	}
	return objects
}

func isNetworkObject(tag, attributes string) bool {
	names := []string{tag[strings.LastIndexByte(tag, ':')+1:]}
	if m := calledSo.Get().FindStringSubmatch(attributes); m != nil {
		names = append(names, m[1])
	}
	for _, n := range names {
		if networkObject.Get().MatchString(n) && !wholeDevice.Get().MatchString(n) {
			return true
		}
	}
	return false
}

var (
	// objectKeyForms hold what the data models call the key of a wireless network, as
	// element or attribute, and objectKeyName as the name of a pair: KeyPassphrase, PreSharedKey, SAEPassphrase,
	// X_ACME_Passphrase.
	objectKeyForms = []*pattern{
		lazy(`<((?:[A-Za-z0-9]+:)?[A-Za-z0-9_-]*(?:[Pp]ass[Pp]hrase|[Pp]re[Ss]hared[Kk]ey)[0-9]?)(?:\s[^<>]*)?>\s*([^<>\s]{8,64})\s*</`),
		lazy(`\s((?:[A-Za-z0-9]+:)?[A-Za-z0-9_-]*(?:[Pp]ass[Pp]hrase|[Pp]re[Ss]hared[Kk]ey)[0-9]?)\s*=\s*"([^"<>\s]{8,64})"`),
	}
	objectKeyName = lazy(`^(?:[A-Za-z0-9]+:)?[A-Za-z0-9_-]*(?:[Pp]ass[Pp]hrase|[Pp]re[Ss]hared[Kk]ey)[0-9]?$`)
	// networkPath is the path of such a key in a list of settings:
	// Device.WiFi.AccessPoint.1.Security.PreSharedKey=…
	networkPath = lazy(`((?:[A-Za-z0-9_]+\.)*(?:WLAN|Wi[Ff]i)[A-Za-z0-9_]*\.(?:[A-Za-z0-9_]+\.)*PreSharedKey)["']?\s*[=:]\s*["']?([^\s"'<>]{8,64})`)
)

// objectKeys finds the keys of networks in a line that stands in such an object.
func objectKeys(line string) []PlainSecret {
	var found []PlainSecret
	for _, form := range objectKeyForms {
		for _, m := range form.Get().FindAllStringSubmatch(line, 16) {
			found = appendNetworkKey(found, m[1], m[2])
		}
	}
	for _, p := range tagSettings(line) {
		if objectKeyName.Get().MatchString(p.name) && len(p.value) >= 8 && !strings.ContainsAny(p.value, " \t") {
			found = appendNetworkKey(found, p.name, p.value)
		}
	}
	return found
}

// pathKeys finds such keys in a line of settings that are called by their paths.
func pathKeys(line string) []PlainSecret {
	if !strings.Contains(line, ".PreSharedKey") {
		return nil
	}
	var found []PlainSecret
	for _, m := range networkPath.Get().FindAllStringSubmatch(line, 16) {
		found = appendNetworkKey(found, m[1], m[2])
	}
	return found
}

// appendNetworkKey leaves out what a network shares with a server of RADIUS.
func appendNetworkKey(found []PlainSecret, name, value string) []PlainSecret {
	if holdsAny(strings.ToLower(name), []string{"radius", "eap"}) || !isWifiKey(value) || !isLiteralSecret(value) {
		return found
	}
	return append(found, PlainSecret{Name: forPeople(name), Wifi: true, OnList: isListed(value), Secret: NewSecret("password", value)})
}

// withKeysOf puts the keys of a network in the place of what their values were taken for.
func withKeysOf(keys, secrets []PlainSecret) []PlainSecret {
	if len(keys) == 0 {
		return secrets
	}
	all := keys
	for _, s := range secrets {
		value, _ := s.Secret.Reveal()
		known := false
		for _, k := range keys {
			v, _ := k.Secret.Reveal()
			known = known || v == value
		}
		if !known {
			all = append(all, s)
		}
	}
	return all
}
