package sbom

import (
	"strings"

	"github.com/github/go-spdx/v2/spdxexp"
)

// maxExpression is the length of the longest licence expression that is parsed.
const maxExpression = 500

// expression gives a licence as a package says it in the form of an SPDX
// expression; "" if it is none. OpenEmbedded writes & and | for AND and OR.
func expression(licence string) (e string) {
	if licence == "" || len(licence) > maxExpression {
		return ""
	}
	e = strings.Join(strings.Fields(strings.NewReplacer("&", " AND ", "|", " OR ").Replace(licence)), " ")
	defer func() {
		if recover() != nil { // the text is an image's, the parser another's
			e = ""
		}
	}()
	if ok, _ := spdxexp.ValidateLicenses([]string{e}); !ok {
		return ""
	}
	return e
}
