package facts

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// rawSecrets finds passwords in flat programs, as those of microcontrollers:
// there a password is one of the program's strings, beside the name of the
// setting or the user that it is for.
var rawSecrets = &Scan[PlainSecret]{
	Name:    "raw-secrets",
	Version: 8,
	Doc:     "Passwords in flat programs beside the name of a setting or user.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Raw && f.Size >= 64 },
	See:     seeRawSecrets,
}

var rawAnchors = newLiterals([]string{
	"pass", "PASS", "Pass", "pwd", "PWD", "Pwd", "psk", "PSK", "://", "admin", "root", "user",
	"ssid", "SSID", "WiFi.begin", "wpa", "WPA", "AT+", "USER", "asic ",
})

// Limits of looking around a name in a flat program.
const (
	maxRawString = 512 // bytes of a string
	maxRawGap    = 8   // bytes between strings that stand beside each other
	rawNear      = 128 // bytes around a name in which another one is near
)

func seeRawSecrets(f *firmware.File, content []byte) []PlainSecret {
	if bytes.Contains(content, kernelBanner) { // not a microcontroller
		return nil
	}
	var found []PlainSecret
	last := -1
	rawAnchors.Find(content, func(_, at int) bool {
		if at < last {
			return true
		}
		s := rawStringAt(content, at)
		last = s.end
		for _, p := range rawStringSecrets(content, s) {
			p.Embedded = true
			if p.Location.Length > 0 { // it says itself where it stands
				p.Location.Path, p.Location.Digest = f.Path, At(f).Digest
				found = append(found, p)
				continue
			}
			p.Location = assay.Location{Path: f.Path, Offset: int64(s.start), Length: int64(s.end - s.start), Digest: At(f).Digest}
			found = append(found, p)
		}
		return len(found) < maxSecrets
	})
	return found
}

// rawString is a run of printable characters in a flat program.
type rawString struct {
	start, end int
	text       string
}

func isText8(b byte) bool { return b >= ' ' && b <= '~' }

func rawStringAt(content []byte, at int) rawString {
	start, end := at, at
	for start > 0 && at-start < maxRawString && isText8(content[start-1]) {
		start--
	}
	for end < len(content) && end-at < maxRawString && isText8(content[end]) {
		end++
	}
	return rawString{start, end, string(content[start:end])}
}

// nextRawString is the string that stands right behind another one.
func nextRawString(content []byte, s rawString) rawString {
	for at := s.end; at < min(len(content), s.end+maxRawGap); at++ {
		if isText8(content[at]) {
			return rawStringAt(content, at)
		}
		if content[at] != 0 && content[at] != 0xff {
			break
		}
	}
	return rawString{s.end, s.end, ""}
}

func rawStringSecrets(content []byte, s rawString) []PlainSecret {
	if found := modemSecrets(s.text); found != nil {
		return found
	}
	if p, ok := besideSecret(content, s); ok {
		return []PlainSecret{p}
	}
	if strings.ContainsAny(s.text, " =:\"") {
		if found := networkSecrets(content, s); len(found) > 0 {
			return append(found, loginsBeside(s, found)...)
		}
		if found := requestSecrets(s.text); found != nil {
			return found
		}
		return rawPairs(s.text)
	}
	name := s.text
	isUser := slices.Contains(rawUsers, name)
	if !isUser && (!isPasswordName(name) && !isNetworkKeyName(name) || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_-.") != "") {
		return nil
	}
	behind := nextRawString(content, s)
	value := behind.text
	switch {
	case !isLiteralSecret(value) || headerName.Get().MatchString(value) || isNameTable(content, name, behind):
		return nil
	case isDistinctive(value):
	case isListed(value) && ofAccount(name):
	case ofNetwork(content, s, value):
	case !isUser && !isPasswordName(name): // "psk" alone also stands in lists of names
		return nil
	case isUser || !isMixed(value) || !besideName(content, s):
		return nil
	}
	p := PlainSecret{Name: name, Wifi: isWifiName(name) || besideNetwork(content, s), OnList: isListed(value), Secret: NewSecret("password", value)}
	if isUser {
		p.Name, p.Account = "password", name
	}
	p.Location = assay.Location{Offset: int64(s.start), Length: int64(behind.end - s.start)}
	return []PlainSecret{p}
}

// rawUsers are names of users that stand before their passwords.
var rawUsers = []string{"admin", "root", "user", "username", "administrator"}

// ofAccount reports whether a name is that of the password of an account, as
// "admin_password": beside it even a word like "admin" is one.
func ofAccount(name string) bool {
	account, rest, ok := strings.Cut(strings.ToLower(name), "_")
	return ok && slices.Contains(fixedAccounts, account) && slices.Contains([]string{"pass", "password", "passwd", "pwd"}, rest)
}

// fixedAccounts are accounts that a device has from the start.
var fixedAccounts = []string{"admin", "administrator", "root"}

// rawPairs reads a string that holds settings: "psk=…", JSON, an address.
func rawPairs(text string) []PlainSecret {
	if strings.ContainsAny(text, "<;") || !strings.ContainsAny(text, "@=\"") { // a page or a program, or nothing that would be sure
		return nil
	}
	return slices.DeleteFunc(lineSecrets(settingText, text), func(p PlainSecret) bool {
		value, _ := p.Secret.Reveal()
		sure := strings.HasPrefix(p.Name, "address of ") || strings.Contains(text, "="+value) || strings.Contains(text, `"`+value+`"`)
		return !sure || strings.ContainsAny(value, "()[]+%|,") || !isMixed(value) && !isDistinctive(value)
	})
}

// loginsBeside are the further passwords in a string that holds the key of a network,
// as settings in JSON do; which of them is found at another place already is left out.
func loginsBeside(s rawString, networks []PlainSecret) []PlainSecret {
	return slices.DeleteFunc(rawPairs(s.text), func(p PlainSecret) bool {
		return p.Wifi || slices.ContainsFunc(networks, func(n PlainSecret) bool { return n.Secret == p.Secret })
	})
}

// besideName reports whether the name of a network or user stands near.
func besideName(content []byte, s rawString) bool {
	near := bytes.ToLower(content[max(0, s.start-rawNear):min(len(content), s.end+rawNear)])
	return bytes.Contains(near, []byte("ssid")) || bytes.Contains(near, []byte("user"))
}

// besideNetwork reports whether the name of a network and its value stand beside the
// name of a password and its own.
func besideNetwork(content []byte, s rawString) bool {
	_, ok := networkBeside(content, s)
	return ok
}

// isMixed reports whether a value is no word, name or number: it has three of
// the four kinds of characters.
func isMixed(v string) bool {
	kinds := [4]int{}
	for i := range len(v) {
		switch c := v[i]; {
		case c >= 'a' && c <= 'z':
			kinds[0] = 1
		case c >= 'A' && c <= 'Z':
			kinds[1] = 1
		case c >= '0' && c <= '9':
			kinds[2] = 1
		default:
			kinds[3] = 1
		}
	}
	return len(v) >= 8 && len(v) <= 63 && kinds[0]+kinds[1]+kinds[2]+kinds[3] >= 3 && !strings.ContainsAny(v, "%/=:()[].,_")
}

// everyday are words of the list of default passwords that programs use for
// other things too.
var everyday = []string{
	"password", "administrator", "superuser", "maintenance", "installer", "operator", "internet", "wireless", "supervisor", "engineer",
	"mosquitto", "postgres", "anonymous", "username", "openwrt",
}

// isDistinctive reports whether a value is on the list of default passwords and
// hardly anything else.
func isDistinctive(v string) bool {
	return isListed(v) && !slices.Contains(everyday, strings.ToLower(v)) && (len(v) >= 8 || len(v) >= 5 && strings.ContainsAny(v, "0123456789"))
}

var listedPasswords = sync.OnceValue(func() map[string]bool {
	d := readDefaults(defaultsText)
	listed := map[string]bool{}
	for _, w := range append(d.common, d.others...) {
		listed[w] = true
	}
	return listed
})

// isListed reports whether a password is on the list of default passwords.
func isListed(v string) bool { return listedPasswords()[v] }
