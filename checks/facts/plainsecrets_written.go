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
		if word < len(nameEnds) || word >= len(nameEnds)+len(networkLines) || at > 0 && isNameByte(content[at-1]) {
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
	return loginsOf(e.login)
}

func loginsOf(address string) []PlainSecret {
	return slices.DeleteFunc(addressSecrets(address), func(p PlainSecret) bool {
		value, _ := p.Secret.Reveal()
		return !isStrongWord(value) || slices.Contains(likeAddress, strings.ToLower(p.Account)) || isFieldName(strings.TrimRight(value, "0123456789"))
	})
}

// hostFormats are where printf(3) fills in the host of an address, behind a login.
var hostFormats = []string{"@%s", "@%d.%d", "@%u.%u"}

// maxFilledLogin is the number of bytes before such a host: a scheme, a user, a password.
const maxFilledLogin = 256

// filledAddresses finds user and password in addresses whose host a program fills in:
// rtsp://admin:secret@%s:554/.
func filledAddresses(f *firmware.File, content []byte, words sights) []PlainSecret {
	first := len(nameEnds) + len(networkLines)
	if !words.Has(first, first+len(hostFormats)) {
		return nil
	}
	var found []PlainSecret
	words.Each(func(word, at int) bool {
		if word < first {
			return true
		}
		from := at
		for from > 0 && at-from < maxFilledLogin && isText8(content[from-1]) && content[from-1] != ' ' {
			from--
		}
		if lead := string(content[from:at]); strings.Contains(lead, "://") {
			for _, p := range loginsOf(lead + "@device") {
				p.Compiled, p.Location = true, At(f)
				p.Location.Offset, p.Location.Length = int64(from), int64(at-from)
				found = append(found, p)
			}
		}
		return len(found) < maxTableNames
	})
	return found
}
