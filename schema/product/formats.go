package product

import (
	"fmt"
	"net/mail"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// format is a form that a text can have.
type format struct {
	doc     string // as the reference page has it
	example string // as it is written in a product file
	pattern string // for the JSON Schema; may let more through than check
	check   func(string) *problem
}

// problem says what a text is not, and how to put it right.
type problem struct{ what, fix string }

// formats lists the forms by the names that the format tags use. Their
// patterns are those of the JSON Schema, and every text that check accepts
// fits the pattern.
var formats = map[string]format{
	"date":           {"a day, YYYY-MM-DD", `"2031-12-31"`, `^\d{4}-\d{2}-\d{2}$`, checkDate},
	"duration":       {"a length of time, as 24h, 30d, 6w or 5y", `"30d"`, durationPattern.String(), checkDuration},
	"https":          {"an https address", `"https://maker.example/security"`, `^https://`, checkHTTPS},
	"contact":        {"an https:, mailto: or tel: address", `"mailto:psirt@maker.example"`, `^(https|mailto|tel):`, checkContact},
	"country":        {"two letters, ISO 3166-1", `"DE"`, `^[A-Z]{2}$`, checkCountry},
	"gtin":           {"8, 12, 13 or 14 digits with a right check digit", `"09506000134352"`, `^(\d{8}|\d{12,14})$`, checkGTIN},
	"host":           {"a host name; *.name covers all below it", `"updates.maker.example"`, hostPattern.String(), checkHost},
	"language":       {"a language tag, BCP 47", `"en"`, `^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`, checkLanguage},
	"lockout":        {"a number of tries and a time, as 5 in 15m", `"5 in 15m"`, lockoutPattern.String(), checkLockout},
	"image":          {"a path inside the product's folder", `"dist/device.bin"`, `^[^/\\]`, checkPath},
	"path":           {"a path inside the product's folder", `"docs/file.pdf"`, `^[^/\\]`, checkPath},
	"public-key":     {"a public key", `file("keys/release.pub")`, ``, checkPublicKey},
	"repository":     {"host/owner/name", `"github.com/maker/device"`, repositoryPattern.String(), matches(repositoryPattern, "is no repository", "Write host, owner and name, as github.com/maker/device.")},
	"requirement":    {"scheme:requirement", `"etsi-en-303-645:5.1-1"`, requirementPattern.String(), matches(requirementPattern, "names no requirement", "Write the scheme's id, a colon and the requirement as printed: etsi-en-303-645:5.1-1.")},
	"check":          {"the id of a check", `"storage/private-key"`, checkPattern.String(), checkCheckID},
	"scheme":         {"the id of a scheme", `"uk-psti"`, namePattern.String(), matches(namePattern, "has other characters", "Write the id of a scheme, as uk-psti; assay schemes lists them.")},
	"sha256":         {"64 hexadecimal digits", `"…"`, `^(sha256:)?[0-9A-Fa-f]{64}$`, checkDigest},
	"name":           {"letters, digits, - _ and .", `"main"`, namePattern.String(), matches(namePattern, "has other characters", "Use letters, digits, -, _ and ., at most 64.")},
	"reference-name": {"a letter, then letters, digits, - and _", `"main"`, referencePattern.String(), matches(referencePattern, "references could not name it", "Begin with a letter and use letters, digits, - and _, at most 64.")},
}

var (
	durationPattern    = lazyregexp.New(`^[1-9][0-9]{0,5}(s|m|h|d|w|y)$`)
	lockoutPattern     = lazyregexp.New(`^[1-9][0-9]{0,5} in [1-9][0-9]{0,5}(s|m|h|d|w|y)$`)
	hostPattern        = lazyregexp.New(`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	repositoryPattern  = lazyregexp.New(`^[A-Za-z0-9.-]+\.[A-Za-z]+/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$`)
	requirementPattern = lazyregexp.New(`^[a-z0-9][a-z0-9-]*:[^\s:]+$`)
	checkPattern       = lazyregexp.New(`^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$`)
	namePattern        = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	referencePattern   = lazyregexp.New(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)
	datePattern        = lazyregexp.New(`^\d{4}-\d{2}-\d{2}$`)
)

// matches makes a check out of a pattern.
func matches(pattern *lazyregexp.Regexp, what, todo string) func(string) *problem {
	return func(s string) *problem {
		if pattern.MatchString(s) {
			return nil
		}
		return &problem{what, todo}
	}
}

func checkDate(s string) *problem {
	if _, err := assay.Date(s); err == nil {
		return nil
	}
	if datePattern.MatchString(s) {
		return &problem{"is a day that does not exist", "Look at the calendar."}
	}
	return &problem{"is no date", "Write year, month and day, as 2031-12-31."}
}

func checkDuration(s string) *problem {
	if durationPattern.MatchString(s) {
		return nil
	}
	return &problem{"is no length of time", "Write a whole number and a unit, as 24h, 30d or 5y: s seconds, m minutes, h hours, d days, w weeks, y years."}
}

// Length is the duration as Go has it, with days of 24 hours and years of 365
// days; zero if it is empty.
func (d Duration) Length() time.Duration {
	if !durationPattern.MatchString(string(d)) {
		return 0
	}
	units := map[byte]time.Duration{
		's': time.Second, 'm': time.Minute, 'h': time.Hour,
		'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour, 'y': 365 * 24 * time.Hour,
	}
	n, _ := strconv.Atoi(string(d[:len(d)-1]))
	unit := units[d[len(d)-1]]
	if time.Duration(n) > (1<<63-1)/unit {
		return 1<<63 - 1
	}
	return time.Duration(n) * unit
}

func checkHTTPS(s string) *problem {
	todo := "Write the whole address, as https://maker.example/security."
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme == "":
		return &problem{"is no address", todo}
	case !strings.HasPrefix(s, "https://"):
		return &problem{"does not begin with https://", todo}
	case u.User != nil:
		return &problem{"has a user name in it", "Take it out; a product file holds no secrets."}
	case !hostPattern.MatchString(u.Hostname()) || strings.HasPrefix(u.Host, "*"):
		return &problem{"has no host name", todo}
	case u.Port() != "" && !isPort(u.Port()):
		return &problem{"has a port that does not exist", "Ports are numbers from 1 to 65535."}
	}
	return nil
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

func checkContact(s string) *problem {
	scheme, rest, _ := strings.Cut(s, ":")
	switch scheme {
	case "https":
		return checkHTTPS(s)
	case "mailto":
		box, _, _ := strings.Cut(rest, "?")
		if a, err := mail.ParseAddress(box); err != nil || a.Address != box {
			return &problem{"is no mail address", "Write it as mailto:psirt@maker.example."}
		}
		return nil
	case "tel":
		if strings.Trim(rest, "+-.() 0123456789") != "" || !strings.ContainsAny(rest, "0123456789") {
			return &problem{"is no telephone number", "Write it as tel:+49-30-1234567."}
		}
		return nil
	}
	if strings.Contains(s, "@") {
		return &problem{"does not begin with mailto:", "Write mailto:" + s + "."}
	}
	return &problem{"is no https:, mailto: or tel: address", "Write it as mailto:psirt@maker.example or https://maker.example/report."}
}

func checkCountry(s string) *problem {
	region, err := language.ParseRegion(s)
	if err != nil || len(s) != 2 || !region.IsCountry() || region.Canonicalize().String() != s {
		return &problem{"is no country code", "Write the two capital letters of ISO 3166-1, as DE, GB or US."}
	}
	return nil
}

func checkLanguage(s string) *problem {
	if _, err := language.Parse(s); err != nil {
		return &problem{"is no language", "Write a language tag, as de, en or fr."}
	}
	return nil
}

// checkGTIN checks length and check digit (GS1 General Specifications, 7.9).
func checkGTIN(s string) *problem {
	if strings.Trim(s, "0123456789") != "" || !slices.Contains([]int{8, 12, 13, 14}, len(s)) {
		return &problem{"is no GTIN", "Write 8, 12, 13 or 14 digits."}
	}
	sum, last := 0, len(s)-1
	for i := range last {
		weight := 1
		if (last-i)%2 == 1 {
			weight = 3
		}
		sum += weight * int(s[i]-'0')
	}
	if want := (10 - sum%10) % 10; want != int(s[last]-'0') {
		return &problem{"has a wrong check digit", fmt.Sprintf("With these digits the last one would be %d; look for a typing error.", want)}
	}
	return nil
}

func checkHost(s string) *problem {
	if hostPattern.MatchString(s) && len(s) <= 253 {
		return nil
	}
	if strings.Contains(s, "://") || strings.Contains(s, "/") {
		return &problem{"is more than a host name", "Write the host alone, without scheme and path: updates.maker.example."}
	}
	return &problem{"is no host name", "Write it as updates.maker.example."}
}

func checkLockout(s string) *problem {
	if lockoutPattern.MatchString(s) {
		return nil
	}
	return &problem{"is no limit on tries", "Write a number of tries and a time, as 5 in 15m."}
}

func checkPath(s string) *problem {
	switch {
	case strings.ContainsRune(s, '\\'):
		return &problem{"has a backslash in it", "Divide folders by /."}
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }):
		return &problem{"has a control character in it", "Take it out."}
	case path.IsAbs(s):
		return &problem{"is absolute", "Write it relative to the product's folder."}
	case path.Clean(s) == ".." || strings.HasPrefix(path.Clean(s), "../"):
		return &problem{"leads out of the product's folder", "Put the file inside the folder."}
	}
	return nil
}

func checkDigest(s string) *problem {
	if _, err := assay.ParseDigest(s); err != nil {
		return &problem{"is no SHA-256 digest", "Write 64 hexadecimal digits, as sha256sum prints them."}
	}
	return nil
}

func checkCheckID(s string) *problem {
	if !checkPattern.MatchString(s) {
		return &problem{"is no check", "Write principle and name, as storage/private-key."}
	}
	folder, name, _ := strings.Cut(s, "/")
	if assay.Principle(folder).Valid() {
		return nil
	}
	var all []string
	for _, p := range assay.Principles() {
		all = append(all, string(p)+"/"+name)
	}
	return &problem{folder + " is no principle", suggestion(s, all)}
}
