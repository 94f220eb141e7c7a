package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts/packages"
)

// Secrets with which a program in a scripting language signs tokens and sessions of its
// own: who knows one is let in by every device.
var (
	// signingSecret is a setting that is called so, with a value in quotes.
	signingSecret = lazy(`(?i)["']?\b((?:[a-z0-9]+_)*(?:jwt_?secret(?:_?key)?|jwt_?key|secret_?key|session_?secret|token_?secret|cookie_?secret|signing_?(?:key|secret)|hmac_?(?:key|secret)))["']?\]?\s*(?:=>|:=|=|:|,)\s*b?["']([A-Za-z0-9+/=_.!@#^&*\-]{16,128})["']`)
	// sessionSecret hands one to a library of sessions.
	sessionSecret = lazy(`\b(session)\(\{[^()]{0,200}?\bsecret['"]?:\s*["']([A-Za-z0-9+/=_.!@#^&*\-]{16,128})["']`)
	// signingCall hands one to a library of JSON web tokens.
	signingCall = lazy(`\b(jwt\.(?:sign|verify|encode|decode)|JWT::(?:encode|decode))\((?:[^"'(){}]|\([^()]*\)|\{[^{}]*\}){0,120}["']([A-Za-z0-9+/=_.!@#^&*\-]{8,128})["']`)
)

// Tokens of settings in a program: letters and digits without the lines and dots that
// names and words have, or a UUID.
var (
	codeSetting  = lazy(`["']?\b([A-Za-z0-9_\-]*(?:[Tt][Oo][Kk][Ee][Nn]|[Kk][Ee][Yy]|[Ss][Ee][Cc][Rr][Ee][Tt]))["']?\]?\s*(?:=>|:=|=|:)\s*b?["']([A-Za-z0-9+/]{16,128}={0,2}|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})["']`)
	codeConstant = lazy(`\bdefine\(\s*["']([A-Za-z0-9_]+)["']\s*,\s*["']([A-Za-z0-9+/]{16,128}={0,2}|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})["']`)
)

// codeTokenAnchors are literals of which each of them holds one.
var codeTokenAnchors = []string{"oken", "OKEN", "ecret", "ECRET", "ey", "EY"}

// ownCodeTokens finds tokens that a program of the product's own has for others, by the
// name of a variable, member or constant. What a browser gets is not secret by
// itself, and what others published holds none of the product.
func ownCodeTokens(t Text) []Token {
	name := strings.ToLower(t.File.Name)
	if textKindOf(t) != codeText || ofOthers(name) || inPackage(name) || packages.InLibraries(name) || isVendored(t.File) || isScriptOfPage(name) || !holdsAny(t.Content, codeTokenAnchors) {
		return nil
	}
	var found []Token
	for l := range t.Lines() {
		if len(l.Text) < 20 || len(l.Text) > maxWord || isComment(l.Text) || !holdsAny(l.Text, codeTokenAnchors) || !mayHoldToken(l.Text, true) {
			continue
		}
		for _, p := range []*pattern{codeSetting, codeConstant} {
			if p == codeConstant && !strings.Contains(l.Text, "define(") {
				continue
			}
			for _, m := range p.Get().FindAllStringSubmatch(l.Text, 16) {
				lower := strings.ToLower(m[1])
				if lower == "token" || lower == "secret" || !tokenName.Get().MatchString(m[1]) || !isTokenValue(m[2]) ||
					slices.ContainsFunc(otherTokens, func(w string) bool { return strings.Contains(lower, w) }) {
					continue
				}
				n := Token{What: "token (" + forPeople(m[1]) + ")", Secret: NewSecret("token", m[2]), Location: t.At(l)}
				if !slices.ContainsFunc(found, n.isOf) {
					found = append(found, n)
				}
			}
		}
	}
	return found
}

// isScriptOfPage reports whether a name in small letters is that of a script that
// browsers get.
func isScriptOfPage(name string) bool {
	if !slices.Contains([]string{".js", ".mjs", ".ts", ".jsx", ".vue"}, path.Ext(name)) {
		return false
	}
	return slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(folder string) bool {
		return slices.Contains([]string{"www", "htdocs", "html", "static", "public", "webroot", "wwwroot", "web", "assets", "dist", "luci-static"}, folder)
	})
}

// signingAnchors are literals of which each of them holds one.
var signingAnchors = []string{"ecret", "ECRET", "jwt", "JWT", "signing", "SIGNING", "hmac", "HMAC"}

var signingWords = newLiterals(signingAnchors)

// codeTokens finds such secrets in a program.
func codeTokens(t Text) []Token {
	if !t.holds(signingWords) || textKindOf(t) != codeText {
		return nil
	}
	t = settable(t)
	var found []Token
	for l := range t.Lines() {
		if len(l.Text) < 20 || len(l.Text) > maxWord || isComment(l.Text) || !holdsAny(l.Text, signingAnchors) {
			continue
		}
		calls := holdsAny(l.Text, []string{"jwt.", "JWT::"}) // what they sign with may be short
		if !calls && !mayHoldToken(l.Text, true) {
			continue
		}
		for _, p := range []*pattern{signingSecret, signingCall, sessionSecret} {
			if p == signingCall && !calls || p == sessionSecret && !strings.Contains(l.Text, "session({") {
				continue
			}
			for _, m := range p.Get().FindAllStringSubmatch(l.Text, 16) {
				n := Token{What: "token (" + forPeople(m[1]) + ")", Secret: NewSecret("token", m[2]), Location: t.At(l)}
				short := p == signingCall && isMixed(m[2]) && !packages.InLibraries(strings.ToLower(t.File.Name)) && isLiteralSecret(m[2])
				if (isTokenValue(m[2]) || short) && !slices.ContainsFunc(found, n.isOf) {
					found = append(found, n)
				}
			}
		}
	}
	return found
}
