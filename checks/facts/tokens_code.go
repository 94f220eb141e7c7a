package facts

import "slices"

// Secrets with which a program in a scripting language signs tokens and sessions of its
// own: who knows one is let in by every device.
var (
	// signingSecret is a setting that is called so, with a value in quotes.
	signingSecret = lazy(`(?i)["']?\b((?:[a-z0-9]+_)*(?:jwt_?secret(?:_?key)?|jwt_?key|secret_?key|session_?secret|token_?secret|cookie_?secret|signing_?(?:key|secret)|hmac_?(?:key|secret)))["']?\]?\s*(?:=>|:=|=|:|,)\s*b?["']([A-Za-z0-9+/=_.!@#^&*\-]{16,128})["']`)
	// sessionSecret hands one to a library of sessions.
	sessionSecret = lazy(`\b(session)\(\{[^()]{0,200}?\bsecret['"]?:\s*["']([A-Za-z0-9+/=_.!@#^&*\-]{16,128})["']`)
	// signingCall hands one to a library of JSON web tokens.
	signingCall = lazy(`\b(jwt\.(?:sign|verify|encode|decode)|JWT::(?:encode|decode))\((?:[^"'()]|\([^()]*\)){0,120}["']([A-Za-z0-9+/=_.!@#^&*\-]{16,128})["']`)
)

// signingAnchors are literals of which each of them holds one.
var signingAnchors = []string{"ecret", "ECRET", "jwt", "JWT", "signing", "SIGNING", "hmac", "HMAC"}

// codeTokens finds such secrets in a program.
func codeTokens(t Text) []Token {
	if textKindOf(t) != codeText || !holdsAny(t.Content, signingAnchors) {
		return nil
	}
	t = settable(t)
	var found []Token
	for l := range t.Lines() {
		if len(l.Text) < 20 || len(l.Text) > maxWord || isComment(l.Text) || !holdsAny(l.Text, signingAnchors) {
			continue
		}
		for _, p := range []*pattern{signingSecret, signingCall, sessionSecret} {
			for _, m := range p.Get().FindAllStringSubmatch(l.Text, 16) {
				n := Token{What: "token (" + forPeople(m[1]) + ")", Secret: NewSecret("token", m[2]), Location: t.At(l)}
				if isTokenValue(m[2]) && !slices.ContainsFunc(found, n.isOf) {
					found = append(found, n)
				}
			}
		}
	}
	return found
}
