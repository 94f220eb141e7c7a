package facts

import (
	"slices"
	"strings"
)

var (
	// bareUser is who logs in, as a setting of no other name.
	bareUser = lazy(`(?i)(?:^|[\s{,;"'<])(?:user|user_?name|usr|login|identity)["']?\s*[:=>]`)
	// otherNetworkKey is a key that says itself that it is one of a network.
	otherNetworkKey = lazy(`(?i)(?:wifi|wpa|wlan|psk)[a-z0-9_.-]*(?:pass|psk|key|pwd)[a-z]*["']?\s*[:=]\s*["']?[^\s"',;}]`)
	// plainNetworkKey is the key of a network that is called a key and no more.
	plainNetworkKey = lazy(`(?i)(?:^|[\s{,;"'])(keys?|network_?key|pre_?shared_?key|key_?passphrase)["']?\s*[:=]\s*["']([^"'\s]{8,63})["']`)
)

// networkNames are literals of names of networks in objects and sections.
var networkNames = []string{`"ssid"`, `"SSID"`, "ssid =", "SSID ="}

// plainKeyNames are what the key of a network is called beside the network's name, in
// small letters.
var plainKeyNames = []string{"password", "passwd", "pass", "pwd", "passphrase", "keypassphrase", "key_passphrase"}

// isKeyBeside reports whether a password belongs to the network whose name stands beside it
// in the same object or section, with no user of its own.
func isKeyBeside(content string, l Line, name, value string) bool {
	if !slices.Contains(plainKeyNames, strings.ToLower(name)) || !isWifiKey(value) {
		return false
	}
	near := groupAround(content, l, value)
	if strings.HasPrefix(strings.ToLower(name), "key") && holdsAny(near, []string{"PreSharedKey", "AccessPoint", "BeaconType"}) { // as TR-098 and TR-181 have it
		return true
	}
	return namesOwnNetwork(near) && !bareUser.Get().MatchString(near) && !otherNetworkKey.Get().MatchString(near)
}

// namesOwnNetwork reports whether settings name a network.
func namesOwnNetwork(near string) bool {
	if !holdsAny(near, []string{"ssid", "SSID", "Ssid"}) {
		return false
	}
	m := networkName.Get().FindStringSubmatch(near)
	return m != nil && isOwner(m[1])
}

// groupAround is the innermost object of a line that holds a value, else the section
// around the line.
func groupAround(content string, l Line, value string) string {
	i := strings.Index(l.Text, value)
	if i < 0 || !strings.Contains(l.Text[:i], "{") {
		return paragraphAround(content, int(l.Offset))
	}
	depth := 0
	for from := i; from >= 0; from-- {
		switch l.Text[from] {
		case '}':
			depth++
		case '{':
			if depth--; depth < 0 {
				to := strings.IndexByte(l.Text[i:], '}')
				if to < 0 {
					to = len(l.Text) - i - 1
				}
				return l.Text[from : i+to+1]
			}
		}
	}
	return ""
}

// keysBesideName finds keys of networks that are called a key and no more, in the object or
// section of a line that names the network.
func keysBesideName(t Text, kind textKind, l Line) []PlainSecret {
	if len(l.Text) > maxSettingLine || !holdsAny(l.Text, networkNames) {
		return nil
	}
	var found []PlainSecret
	near, from := paragraphAround(t.Content, int(l.Offset)), 0
	if strings.Contains(l.Text, "{") || kind == codeText {
		near = l.Text
	}
	for _, m := range plainNetworkKey.Get().FindAllStringSubmatch(near, 8) {
		value := m[2]
		at := strings.Index(t.Content[max(0, int(l.Offset)-maxBeside):], value)
		if at < 0 || !isWifiWord(value) && !isMixed(value) || !isWifiKey(value) || !isLiteralSecret(value) {
			continue
		}
		from = max(0, int(l.Offset)-maxBeside) + at
		line := lineAt(t, from)
		if isComment(line.Text) || !namesOwnNetwork(groupAround(t.Content, line, value)) {
			continue
		}
		found = append(found, PlainSecret{Name: forPeople(m[1]), Wifi: true, OnList: isListed(value), Secret: NewSecret("password", value), Location: t.At(line)})
	}
	return found
}
