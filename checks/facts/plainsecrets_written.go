package facts

import (
	"bytes"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// networkLines are settings of hostapd and wpa_supplicant with the key of a network, as
// programs write them.
var networkLines = []string{"wpa_passphrase=", "psk="}

// endsNetworkLine are the bytes before which the key of such a setting ends: of a line, a
// string, an expression of sed.
const endsNetworkLine = "\n\r\x00\"'/\\ ;"

// writtenNetworks finds keys of networks in the texts that a program writes: the whole
// value stands in the string.
func writtenNetworks(f *firmware.File, content []byte, words sights) []PlainSecret {
	if !words.Has(len(nameEnds), len(nameEnds)+len(networkLines)) {
		return nil
	}
	var found []PlainSecret
	words.Each(func(word, at int) bool {
		if word < len(nameEnds) || at > 0 && isNameByte(content[at-1]) {
			return true
		}
		line := networkLines[word-len(nameEnds)]
		value := content[at+len(line) : min(len(content), at+len(line)+maxWifiKey+2)]
		quoted := bytes.HasPrefix(value, []byte(`"`))
		if quoted {
			value = value[1:]
		}
		end := bytes.IndexAny(value, endsNetworkLine)
		if end < 0 || !quoted && line == "psk=" { // of a network's block, a passphrase stands in quotes
			return true
		}
		key := string(value[:end])
		if !isWifiKey(key) || !isLiteralSecret(key) || strings.ContainsAny(key, "%*$") {
			return true
		}
		p := PlainSecret{Name: strings.TrimSuffix(line, "="), Wifi: true, OnList: isListed(key), Compiled: true, Secret: NewSecret("password", key), Location: At(f)}
		p.Location.Offset, p.Location.Length = int64(at), int64(len(line)+end)
		found = append(found, p)
		return len(found) < maxTableNames
	})
	return found
}

// maxWifiKey is the number of characters of the longest key: 64 digits of a PSK.
const maxWifiKey = 64

// programLogins finds user and password in an address that is a string of a program: who
// tries the program on the machine itself, and whoever reads its manual, has other ones.
func programLogins(e Endpoint) []PlainSecret {
	if e.login == "" || e.Host == "localhost" || strings.HasPrefix(e.Host, "127.") {
		return nil
	}
	return slices.DeleteFunc(addressSecrets(e.login), func(p PlainSecret) bool {
		value, _ := p.Secret.Reveal()
		return !isStrongWord(value) || slices.Contains(likeAddress, strings.ToLower(p.Account)) || isFieldName(strings.TrimRight(value, "0123456789"))
	})
}
