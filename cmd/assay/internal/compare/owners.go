package compare

import (
	"maps"
	"regexp"
	"strings"
	"sync"
)

// owner is that of a file, in what is said of it.
var owner = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(` \d+:\d+(,|$)`) })

// sameOwners gives the files before with the words of those after where they differ in an
// owner that one side alone has: an unpacked folder has lost its owners.
func sameOwners(before, after map[string]string) map[string]string {
	before = maps.Clone(before)
	for name, old := range before {
		now, ok := after[name]
		if !ok || strings.HasPrefix(old, "link to ") || owner().MatchString(old) == owner().MatchString(now) {
			continue
		}
		if owner().ReplaceAllString(old, "$1") == owner().ReplaceAllString(now, "$1") {
			before[name] = now
		}
	}
	return before
}
