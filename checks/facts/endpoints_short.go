package facts

import (
	"bytes"
	"slices"
	"strings"
)

// nameDomains are the ends of names of two labels that are taken for hosts in programs.
// Those of countries that are languages too ("messages.de") are not among them.
var nameDomains = []string{"com", "cn", "net"}

// cloudWords are parts of names under which clouds of devices are registered.
var cloudWords = []string{"cloud", "iot", "mqtt", "-api", "-ota", "smart"}

// isShortHost reports whether a string of a program that has two labels is the name of a
// host. Most such strings are something else (names of files, of packages, of objects), so
// that it must be shown: by a port behind it, by a name that says what it is
// ("example-cloud.com"), or by the string beside it ("server").
func isShortHost(content []byte, start, past int, host string, port int) bool {
	owner, last, _ := strings.Cut(host, ".")
	if !isHost(host) || !slices.Contains(nameDomains, last) || len(owner) < 4 || strings.ContainsAny(owner, "_") ||
		strings.Trim(owner, "0123456789-") == "" || slices.Contains(packageStarts, owner) {
		return false
	}
	return port > 0 || last != "net" && holdsAny(owner, cloudWords) || namesHost(stringBefore(content, start)) || namesHost(stringAfter(content, past))
}

// hostNamed is what a setting of a host is called, in whole: a sentence that ends so is none.
var hostNamed = lazy(`(?i)^[a-z0-9]*[-_.]?(?:server|hostname|host|broker|endpoint|domain|fqdn)[-_]?(?:name|addr|address|url|ip)?[=:]?$`)

func namesHost(s string) bool { return s != "" && hostNamed.Get().MatchString(s) }

// maxNearString is the length in bytes up to which the string beside a name is read, and
// maxAlign that of the zeros between them.
const (
	maxNearString = 32
	maxAlign      = 8
)

// stringBefore is the string of a program that ends before the offset, or "".
func stringBefore(content []byte, start int) string {
	window := content[max(0, start-maxNearString-maxAlign):start]
	end := len(bytes.TrimRight(window, "\x00"))
	if len(window)-end > maxAlign {
		return ""
	}
	s := window[:end]
	i := bytes.LastIndexByte(s, 0)
	if i < 0 && start > len(window) {
		return "" // it is longer
	}
	return string(s[i+1:])
}

// stringAfter is the string of a program that begins behind one that ends at the offset.
func stringAfter(content []byte, past int) string {
	window := content[past:min(len(content), past+maxNearString+maxAlign)]
	s := bytes.TrimLeft(window, "\x00")
	if len(window)-len(s) > maxAlign {
		return ""
	}
	i := bytes.IndexByte(s, 0)
	if i < 0 {
		return ""
	}
	return string(s[:i])
}

// addressWords are the words of which one must stand in a line before addressSetting is
// tried on it.
var addressWords = []string{"url", "uri", "cloud", "addr", "fqdn", "ota", "mqtt", "ntp", "stun", "api"}

// namesDomain reports whether a line holds a word that ends as a host of devices does:
// most lines with a dot do not.
func namesDomain(line []byte) bool {
	for i := bytes.IndexByte(line, '.'); i >= 0; {
		rest := line[i+1:]
		var word [6]byte // in lower case
		n := 0
		for n < len(rest) && n < len(word) && isLetter(rest[n]) {
			word[n] = rest[n] | 0x20
			n++
		}
		if n >= 2 && (slices.Contains(openDomains, string(word[:n])) || slices.Contains(wordDomains, string(word[:n]))) {
			return true
		}
		next := bytes.IndexByte(rest, '.')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// addressSetting is a setting that names a host and nothing else, under a name that is
// used for other things too: so it must be assigned, be all of the value, and end as hosts
// of devices do.
var addressSetting = lazy(`(?i)(?:^|[\s"'{,;_.-])[a-z0-9]*(?:url|uri|cloud|addr|fqdn|ota|mqtt|ntp|stun|api)(?:ess)?[0-9]?["']?(?:\s*[=:]\s*["']?|\s+["'])((?:[a-z0-9-]+\.)+(?:com|cn|org|de|uk|jp|kr|tw|hk|ru|fr|br|au|ch|net|io|eu|co|cloud|tv))(?::[0-9]{1,5})?(?:["']|\s*[,;}]|\s*$)`)

// eachAddress finds settings of a line as "cloud=example-cloud.com", "ota_url": "example.io:443".
// In programs a name without quotes is the member of a variable.
func eachAddress(line []byte, quoted bool, found func(host string, at int)) {
	for _, m := range addressSetting.Get().FindAllSubmatchIndex(line, 8) {
		host := strings.ToLower(string(line[m[2]:m[3]]))
		first, _, _ := strings.Cut(host, ".")
		if isHost(host) && !commented(line, m[2]) && !slices.Contains(packageStarts, first) && (!quoted || line[m[2]-1] == '"' || line[m[2]-1] == '\'') {
			found(host, m[2])
		}
	}
}
