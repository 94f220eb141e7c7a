package catalogue

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/publishedkeys"
	"github.com/assay-iot/assay/checks/support"
)

// Rules names what every product is judged by: the checks, by their ids and
// versions, and the lists that they compare with. A digest changes whenever the
// same image could get another verdict.
func Rules() []assay.RuleSet {
	return []assay.RuleSet{
		{Kind: "checks", Name: "catalogue", Digest: digest(versions())},
		{Kind: "data", Name: "default-passwords", Digest: digest(facts.DefaultPasswords())},
		{Kind: "data", Name: "end-of-life", Digest: digest(support.EndOfLife())},
		{Kind: "data", Name: "published-keys", Digest: digest(publishedkeys.Text())},
	}
}

func digest(text string) assay.Digest { return assay.SHA256(sha256.Sum256([]byte(text))) }

// versions lists the checks, one to a line.
func versions() string {
	var b strings.Builder
	for _, c := range Checks() {
		fmt.Fprintf(&b, "%s %d\n", c.ID, c.Version)
	}
	return b.String()
}
