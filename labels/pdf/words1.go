package pdf

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// The words of renderer 1. They never change; another wording is another
// renderer.

const unsaid = "The maker does not say"

const disclaimer = "No label can promise complete security. This one says what was looked at and how, on one day; " +
	"weaknesses may remain or become known later. No official mark, no endorsement by any authority."

const demoWarning = "DEMO · proves nothing"

func longDate(date string) string {
	t, err := assay.Date(date)
	if err != nil {
		return date
	}
	return t.Format("2 January 2006")
}

func updatesText(f labels.Face) string {
	switch {
	case f.AutomaticUpdates == nil:
		return unsaid
	case *f.AutomaticUpdates:
		return "Install by themselves"
	}
	return "You install them yourself"
}

func passwordsText(f labels.Face) string {
	words := map[string]string{
		"unique-per-device": "different on every device",
		"user-set":          "chosen by you before first use",
		"none":              "none",
		"fixed":             "the same on every device",
	}
	var list []string
	for _, p := range f.Passwords {
		if w := words[p]; w != "" {
			p = w
		}
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return unsaid
	}
	return sentence(strings.Join(list, "; "))
}

// sensorsText names n of each list: sensors that are there, those declared
// absent, and personal data.
func sensorsText(f labels.Face) listed {
	return func(n int) string {
		var absent []string
		for _, s := range f.WithoutSensors {
			absent = append(absent, "no "+s)
		}
		sensors := strings.Join(filled(some(f.Sensors, n), some(absent, n)), "; ")
		if len(absent) > 0 {
			sensors += " (declared)"
		}
		return sentence(orElse(sensors, "no sensors named")) +
			". Personal data: " + orElse(some(f.PersonalData, n), "none named")
	}
}

func recipientsText(f labels.Face) listed {
	return func(n int) string { return orElse(some(f.Recipients, n), "None named") } // host names, as they are written
}

// listed writes a text with at most n entries of each list in it; "and 3 more"
// stands for the others. [sheet.fitLists] takes the largest n that fits.
type listed func(n int) string

// filled leaves out empty texts.
func filled(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

// some names the first n of a list, at least one, and counts the rest.
func some(list []string, n int) string {
	if n = max(n, 1); len(list) <= n {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:n], ", "), len(list)-n)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// sentence begins with a capital.
func sentence(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

func principleText(p assay.Principle) string {
	switch p {
	case assay.Lifecycle:
		return "Built, tested and maintained with security in mind"
	case assay.PersonalData:
		return "Personal data and sensors are named and protected"
	case assay.Deletion:
		return "You can delete your data easily"
	case assay.Disclosure:
		return "Anyone can report a weakness, and the maker responds"
	case assay.Support:
		return "You know how long security updates come"
	case assay.Updates:
		return "Updates reach the device securely"
	case assay.Credentials:
		return "No password is shared between devices"
	case assay.Communication:
		return "What the device sends is protected on the way"
	case assay.Storage:
		return "Keys and secrets are stored securely"
	}
	return p.Title()
}

func proofText(p labels.Principle) string {
	switch p.Outcome {
	case assay.NotMet:
		return "Not followed"
	case assay.DoesNotApply:
		return "Does not apply"
	case assay.Undecided:
		return "Not assessed"
	}
	switch p.Proof {
	case assay.Verified:
		return "Verified"
	case assay.Observed:
		return "Observed"
	case assay.Documented:
		return "Documented"
	case assay.Declared:
		return "Declared only"
	}
	return "Not assessed"
}

// legend says what the marks mean.
var legend = []struct {
	proof assay.Proof
	text  string
}{
	{assay.Verified, "Verified: put to the test, such as a signature"},
	{assay.Observed, "Observed: looked at, nothing speaks against it"},
	{assay.Documented, "Documented: a document says so"},
	{assay.Declared, "Declared only: the maker says so"},
}

var kinds = map[string]string{"firmware": "device software", "app": "app", "cloud": "cloud service"}

// scope sorts the parts of a product by how far they were examined.
type scope struct{ examined, closed, opaque, declared []string }

func scopeOf(l *labels.Label) scope {
	var s scope
	whole := map[string]bool{} // firmware of which nothing was examined, and that says who could
	for _, c := range l.Closed {
		part := c.Firmware + " firmware"
		opened := slices.ContainsFunc(l.Parts, func(p labels.Part) bool { return p.Kind == "firmware" && p.Name == c.Firmware && p.Examined })
		switch {
		case c.Range != "":
			part = c.Range + " in " + part
		case opened:
			part = "the rest of " + part
		default:
			whole[c.Firmware] = true
		}
		s.closed = append(s.closed, part+" ("+c.Supplier+")")
	}
	for _, f := range l.Firmware {
		switch name := partText("firmware", f.Name, f.Version); {
		case whole[f.Name]:
		case f.Opaque:
			s.opaque = append(s.opaque, name)
		default:
			s.examined = append(s.examined, name)
		}
	}
	for _, p := range l.Parts {
		switch name := partText(p.Kind, p.Name, p.Version); {
		case p.Kind == "firmware" && whole[p.Name], slices.Contains(s.examined, name), slices.Contains(s.opaque, name):
		case p.Examined:
			s.examined = append(s.examined, name)
		default:
			s.declared = append(s.declared, name)
		}
	}
	return s
}

// scopeText says what was examined, what not and who could, what nobody could
// read, and what was only declared.
func scopeText(l *labels.Label) listed {
	s := scopeOf(l)
	return func(n int) string {
		text := "Examined: " + orElse(some(s.examined, n), "nothing") + "."
		if len(s.closed) > 0 {
			text += " Not examined: " + some(s.closed, n) + "."
		}
		if len(s.opaque) > 0 {
			text += " Could not be examined: " + some(s.opaque, n) + "."
		}
		if len(s.declared) > 0 {
			text += " Only declared: " + some(s.declared, n) + "."
		}
		if l.Exceptions > 0 {
			text += fmt.Sprintf(" Exceptions written by the maker, which change no result: %d.", l.Exceptions)
		}
		return text
	}
}

// despiteText names the requirements that are not met and who labelled the product
// all the same, and why.
func despiteText(list []labels.Decision) listed {
	return func(n int) string {
		var all []string
		for _, d := range list {
			outcome := "not met"
			if d.Outcome == assay.Undecided {
				outcome = "not decided"
			}
			all = append(all, fmt.Sprintf("%s is %s (%s: %s)", d.Requirement, outcome, d.By, d.Reason))
		}
		return "Labelled all the same: " + some(all, n)
	}
}

func partText(kind, name, version string) string {
	return strings.Join(strings.Fields(orElse(kinds[kind], kind)+" "+name+" "+version), " ")
}

// schemesText says who assessed the product against what. A level stands there
// only if the issuer may give it.
func schemesText(l *labels.Label) listed {
	var list []string
	for _, s := range l.Schemes {
		text := s.Title + " (" + s.Edition + ")"
		if s.Level > 0 && l.Issuer.Standing == labels.Authorised {
			text += fmt.Sprintf(", level %d", s.Level)
		}
		list = append(list, text)
	}
	by := "Issued by " + l.Issuer.Name + ", who assessed it"
	if l.Issuer.Standing == labels.IsMaker {
		by = "Assessed by " + l.Issuer.Name + ", as a declaration of its own,"
	}
	others := unclaimed(l)
	return func(n int) string {
		text := by + " against " + some(list, n) + "."
		if len(others) > 0 {
			text += " Looked at too, but not claimed: " + some(others, n) + "."
		}
		return text
	}
}

// unclaimed lists the schemes that were looked at too, with what came out.
func unclaimed(l *labels.Label) []string {
	var list []string
	for _, o := range l.AlsoAssessed {
		outcome := map[assay.Outcome]string{assay.Met: "met", assay.NotMet: "not met"}[o.Outcome]
		if outcome == "" {
			outcome = "no conclusion"
		}
		list = append(list, fmt.Sprintf("%s %s: %s", o.Title, o.Edition, outcome))
	}
	return list
}

// percent writes part of whole with one decimal. It rounds against the product:
// what was examined down, what was not up.
func percent(part, whole int64, up bool) string {
	if whole <= 0 {
		return "0 %"
	}
	tenths := part * 1000 / whole // sizes are below 2^53, so this does not overflow
	if up && part > 0 && tenths == 0 {
		return "under 0.1 %"
	}
	if up && part*1000%whole > 0 {
		tenths++
	}
	if tenths%10 == 0 {
		return fmt.Sprintf("%d %%", tenths/10)
	}
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
}

func noon(date string) time.Time {
	t, _ := assay.Date(date)
	return t.Add(12 * time.Hour)
}
