package facts

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
)

// webToken finds a signed JSON web token (RFC 7519, 3) as the value of a setting,
// whatever its name.
var webToken = lazy(`([A-Za-z0-9_.\-]{1,64})["']?\s*(?:=>|:=|=|:)\s*["']?(?:[Bb]earer\s+)?(eyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{40,})`)

// openTokens are parts of names under which a signed statement stands that everybody
// may read.
var openTokens = []string{"licen", "public", "anon", "manifest", "attest", "statement", "csrf", "xsrf", "example", "test", "schema"}

// webTokens gives the settings of a line that hold a JSON web token by which someone
// gets in.
func webTokens(line string) []namedValue {
	if !strings.Contains(line, "eyJ") {
		return nil
	}
	var found []namedValue
	for _, m := range webToken.Get().FindAllStringSubmatch(line, 16) {
		if !holdsAny(strings.ToLower(m[1]), openTokens) && isWebToken(m[2]) {
			found = append(found, namedValue{m[1], m[2]})
		}
	}
	return found
}

// publishedClaims begin the claims of the tokens in RFC 7515 (A.1) and on jwt.io, which
// manuals repeat with signatures of their own.
var publishedClaims = []string{"eyJpc3MiOiJqb2UiLA0K", "eyJpc3MiOiJqb2UiLC", "eyJzdWIiOiIxMjM0NTY3ODkwI"}

// isWebToken reports whether a value is a signed JSON web token that is worth keeping
// secret: not an example, and not one for visitors without a name, which a web page
// may show to everyone (role "anon" of PostgREST and Supabase).
func isWebToken(v string) bool {
	parts := strings.Split(v, ".")
	if len(parts) < 2 {
		return false
	}
	var header struct {
		Alg string `json:"alg"`
	}
	var claims struct {
		Role any `json:"role"`
	}
	if !fromBase64URL(parts[0], &header) || header.Alg == "" || strings.EqualFold(header.Alg, "none") {
		return false
	}
	if fromBase64URL(parts[1], &claims) && claims.Role == "anon" {
		return false
	}
	return !slices.ContainsFunc(publishedClaims, func(p string) bool { return strings.HasPrefix(parts[1], p) })
}

func fromBase64URL(text string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && json.Unmarshal(raw, into) == nil
}
