package facts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts/hashes"
)

// saltSetting is a setting of a salt, realmSetting that of the realm of RFC 7616.
var (
	saltSetting  = lazy(`(?i)\b[a-z0-9_.-]{0,32}salt["']?\s*(?:=>|[=:>])\s*["']?([A-Za-z0-9+/=_.@!-]{2,64})(?:["'\s,;}<]|$)`)
	realmSetting = lazy(`(?i)\brealm["']?\s*(?:=>|[=:>])\s*(?:"([^"]{1,64})"|'([^']{1,64})'|([^\s"',;}<]{1,64}))`)
)

// maxSalted is the number of digests of an image for which default passwords are tried
// with salts; each takes some 5,000 digests of a few bytes at most.
const maxSalted = 200

// saltWindow is the number of bytes before and behind a line in which its salt may stand;
// an empty line ends it.
const saltWindow = 256

// salting finds the salts of digests in one image.
type salting struct{ left int }

// form gives a digest with its salt, if one stands near it, and whether a default password
// has it. Of several salts that counts which fits, else the nearest.
func (s *salting) form(digest, user string, near string, at int) (form string, opened bool) {
	if s.left == 0 {
		return "", false
	}
	s.left--
	salts := saltsNear(near, at)
	beside := len(salts) > 0
	if m := realmSetting.Get().FindStringSubmatch(near); m != nil {
		salts = append(salts, user+":"+m[1]+m[2]+m[3]+":")
	}
	salts = append(salts, user+":", user)
	for _, salt := range salts {
		form := hashes.WithSalt(salt, digest)
		written, want := hashes.Salts(form)
		for w := range listedPasswords() {
			if w != "" && want != nil && hashes.FitsSalted(written, want, w) {
				return form, true
			}
		}
	}
	if !beside {
		return "", false
	}
	return hashes.WithSalt(salts[0], digest), false
}

// saltsNear are the two salts in a text that are nearest to an offset.
func saltsNear(text string, at int) []string {
	type salt struct {
		value    string
		distance int
	}
	var all []salt
	for _, m := range saltSetting.Get().FindAllStringSubmatchIndex(text, 16) {
		all = append(all, salt{text[m[2]:m[3]], max(m[0]-at, at-m[1])})
	}
	slices.SortStableFunc(all, func(a, b salt) int { return cmp.Compare(a.distance, b.distance) })
	var salts []string
	for _, s := range all[:min(len(all), 2)] {
		salts = append(salts, s.value)
	}
	return salts
}

// around is what stands near a line of a text, and where in it the line begins.
func around(content string, l Line) (near string, at int) {
	start, end := int(l.Offset), int(l.Offset)+len(l.Text)
	before := content[max(0, start-saltWindow):start]
	after := content[min(end, len(content)):min(end+saltWindow, len(content))]
	before = before[strings.LastIndex(before, "\n\n")+1:]
	after, _, _ = strings.Cut(after, "\n\n")
	return before + content[start:min(end, len(content))] + after, len(before)
}
