package disclosure

import (
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
)

// wrong is something that a published document does against its standard.
type wrong struct {
	severity assay.Severity
	message  string
}

// maxSecurityTxt bounds the lines that are read.
const maxSecurityTxt = 1000

// fieldsOf reads the fields of a security.txt by their lower-case names, and
// looks through a clear-text signature (RFC 9116, section 2; RFC 9580, section 7).
func fieldsOf(text string) map[string][]string {
	fields := map[string][]string{}
	n := 0
	for line := range strings.Lines(text) {
		if n++; n > maxSecurityTxt || strings.HasPrefix(line, "-----BEGIN PGP SIGNATURE") {
			break
		}
		line = strings.TrimPrefix(strings.TrimRight(line, "\r\n"), "- ")
		name, value, ok := strings.Cut(line, ":")
		if ok && !strings.HasPrefix(line, "#") && !strings.ContainsAny(name, " \t") {
			name = strings.ToLower(name)
			fields[name] = append(fields[name], strings.TrimSpace(value))
		}
	}
	return fields
}

// wrongInSecurityTxt lists what the document does against RFC 9116.
func wrongInSecurityTxt(page facts.Page, asOf time.Time) []wrong {
	fields := fieldsOf(page.Text)
	all := wrongExpiry(fields["expires"], asOf)
	if len(fields["contact"]) == 0 {
		all = append(all, wrong{assay.High, "security.txt has no Contact"})
	}
	for _, c := range fields["contact"] {
		if strings.HasPrefix(strings.ToLower(c), "http:") {
			all = append(all, wrong{assay.High, "security.txt has a Contact without https"})
		}
	}
	if len(fields["preferred-languages"]) > 1 {
		all = append(all, wrong{assay.Medium, "security.txt has Preferred-Languages more than once"})
	}
	if own := fields["canonical"]; len(own) > 0 && !slices.Contains(own, page.Address) {
		all = append(all, wrong{assay.High, "security.txt names another address in Canonical"})
	}
	if page.Type != "text/plain" {
		all = append(all, wrong{assay.Medium, "security.txt is not sent as text/plain"})
	}
	return all
}

func wrongExpiry(expires []string, asOf time.Time) []wrong {
	if len(expires) != 1 {
		return []wrong{{assay.High, "security.txt does not have exactly one Expires"}}
	}
	end, err := time.Parse(time.RFC3339, strings.ToUpper(expires[0]))
	switch {
	case err != nil:
		return []wrong{{assay.High, "security.txt has an Expires that is no date"}}
	case !end.After(asOf):
		return []wrong{{assay.High, "security.txt expired on " + end.UTC().Format(time.DateOnly)}}
	case end.After(asOf.AddDate(1, 0, 1)):
		return []wrong{{assay.Low, "security.txt expires more than a year ahead"}}
	}
	return nil
}
