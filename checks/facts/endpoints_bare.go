package facts

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// bareScan finds names of hosts that are strings of their own in programs and flat
// code, with or without a port: what a program hands to its resolver.
var bareScan = &Scan[Endpoint]{
	Name:    "bare-hosts",
	Version: 3,
	Doc:     "Names of hosts that stand alone in programs, without a scheme.",
	Want: func(f *firmware.File) bool {
		return f.Size > 16 && (f.Kind == firmware.Raw && !isPackageHeader(f) || f.Kind == firmware.Regular && ClassOf(f.Path) == Product && !namesOthers(f.Name))
	},
	Words: newLiterals(bareEnds()),
	Spot: func(f *firmware.File, content []byte, ends sights) []Endpoint {
		if !ends.Any() || f.Kind == firmware.Regular && !bytes.HasPrefix(content, elfStart) || f.Kind == firmware.Raw && bytes.Contains(content, kernelBanner) {
			return nil
		}
		return bareHosts(f, content, ends)
	},
}

// openDomains are the ends of names that hosts of devices have and that are no words
// of programs: not "id", "in", "info", "is", "py", "rs", "sh", "so", "us".
var openDomains = []string{"com", "cn", "org", "de", "uk", "jp", "kr", "tw", "hk", "ru", "fr", "br", "au", "ch"}

// wordDomains are ends that programs also use in names of their own; before them the
// name must show that it is that of a host.
var wordDomains = []string{"net", "io", "eu", "co", "cloud", "tv"}

// maxBareHosts is the number of names above which a program has a list of the hosts of
// others, as browsers have.
const maxBareHosts = 100

// portDomains are the ends behind which a port is looked for; each word makes the one
// search of all scans slower.
var portDomains = []string{"com", "cn", "net", "io"}

// bareEnds are what follows the name of a host.
func bareEnds() []string {
	var ends []string
	for _, d := range slices.Concat(openDomains, wordDomains) {
		ends = append(ends, "."+d+"\x00")
	}
	for _, d := range portDomains {
		ends = append(ends, "."+d+":")
	}
	return ends
}

func bareHosts(f *firmware.File, content []byte, ends sights) []Endpoint {
	var all []Endpoint
	seen := map[string]bool{}
	ends.Each(func(word, at int) bool {
		end := at + len(ends.Of.Words[word]) - 1
		start := at
		for start > 0 && at-start < 64 && isHostByte(content[start-1]) {
			start--
		}
		host := string(content[start:end])
		port, past, ok := portAt(content, end)
		if !ok || !standsAlone(content, start) || start > 0 && content[start-1] == '=' || seen[host] || !isBareHost(host) && !isShortHost(content, start, past, host, port) {
			return true
		}
		if e := (Endpoint{Host: host, Port: port}); !e.Local() && !notContacted(e) {
			seen[host] = true
			e.Kind, e.Root, e.Location = kindOfText(f, content, false), ContainerPath(f), AtSpan(f, start, past)
			all = append(all, e)
		}
		return len(all) <= maxBareHosts
	})
	if len(all) > maxBareHosts {
		return nil
	}
	return all
}

// isHostByte reports whether names of hosts hold a byte.
func isHostByte(c byte) bool { return c >= 'a' && c <= 'z' || isDigit(c) || c == '-' || c == '.' }

// portAt reads ":8883" before the end of a string; without one the port is 0.
func portAt(content []byte, at int) (port, past int, ok bool) {
	if content[at] == 0 {
		return 0, at, true
	}
	past = at + 1
	for past < len(content) && past-at <= 6 && isDigit(content[past]) {
		past++
	}
	n, err := strconv.ParseUint(string(content[at+1:past]), 10, 16)
	return int(n), past, err == nil && n > 0 && past < len(content) && content[past] == 0
}

// doubleDomains are second labels below which names are given out, as "co.uk".
var doubleDomains = []string{"co", "com", "net", "org", "gov", "ac", "ne", "or"}

// isBareHost reports whether a word is the name of a host and hardly anything else: at
// least three labels, the one that is registered is no abbreviation, and it is no name
// of a package, which begins with a domain ("com.acme.net").
func isBareHost(host string) bool {
	if !isHost(host) {
		return false
	}
	labels := strings.Split(host, ".")
	n := len(labels)
	owner := n - 2
	if n > 3 && len(labels[n-1]) == 2 && slices.Contains(doubleDomains, labels[owner]) {
		owner--
	}
	if owner < 1 || len(labels[owner]) < 3 || slices.Contains(doubleDomains, labels[owner]) {
		return false
	}
	last := labels[n-1]
	word := slices.Contains(wordDomains, last)
	if slices.Contains(packageStarts, labels[0]) || word && len(labels[0]) == 2 && !strings.ContainsAny(labels[0], "0123456789") && !namesService(labels[:owner]) {
		return false
	}
	return !word || strings.ContainsAny(host, "0123456789-") || namesService(labels[:owner])
}

// packageStarts begin names of packages of Java and Android, of D-Bus, and of others.
var packageStarts = []string{"com", "org", "net", "io", "edu", "gov", "java", "javax", "android", "androidx", "kotlin", "sun", "llvm", "std", "system", "config"}

// hostLabels are what hosts of services are called; those of the first list also behind
// the name of a region.
var (
	serviceLabels = []string{"api", "broker", "cdn", "cloud", "dns", "firmware", "ftp", "fw", "iot", "mq", "mqtt", "mqtts", "ntp", "oauth", "ota", "p2p", "pool", "smtp", "stun", "telemetry", "turn", "vpn", "ws", "www"}
	hostLabels    = []string{
		"app", "auth", "collect", "collector", "config", "connect", "data", "device", "devices", "dl", "download", "event", "events", "gateway", "gw", "log", "login", "logs", "mail",
		"metrics", "ping", "prod", "push", "relay", "report", "reports", "rtmp", "server", "service", "stage", "staging", "stat", "static", "stats", "status", "sync", "test", "time",
		"token", "update", "updates", "upgrade", "upload", "video", "web",
	}
)

// namesService reports whether the labels below the name that is registered are those
// of a service, also behind or before a number.
func namesService(labels []string) bool {
	is := func(words []string) func(string) bool {
		return func(label string) bool { return slices.Contains(words, strings.Trim(label, "0123456789")) }
	}
	return slices.ContainsFunc(labels, is(serviceLabels)) || is(hostLabels)(labels[0])
}
