package facts

import "strings"

// Programs that compare what a person typed with a password of their own: the password
// stands in them, as a way in that nobody can close.
var (
	// comparedBehind is NAME == "x" in the languages of scripts: the name may be a field
	// ($_POST['password'], req.body.password, formvalue("pass")).
	comparedBehind = lazy(`([A-Za-z_][A-Za-z0-9_]*)\}?["')\]]{0,4}\s*(?:===?|!==?|~=|\beq\b|\bne\b)\s*b?["']([^"'\s]{6,64})["']`)
	// comparedBefore is "x" == NAME.
	comparedBefore = lazy(`["']([^"'\s]{6,64})["']\s*(?:===?|!==?|~=|\beq\b|\bne\b)\s*\$?(?:[A-Za-z0-9_]+(?:\.|->|\[["']?)){0,4}([A-Za-z_][A-Za-z0-9_]*)`)
	// comparedCall and comparedCalled hand both to a function, in either order.
	comparedCall   = lazy(`(?:strn?(?:case)?cmp|hash_equals|compare_digest|safe_str_cmp|timingSafeEqual)\(\s*[^,"']{0,64}?["']?([A-Za-z_][A-Za-z0-9_]*)["')\]]{0,4}\s*,\s*b?["']([^"'\s]{6,64})["']`)
	comparedCalled = lazy(`(?:strn?(?:case)?cmp|hash_equals|compare_digest|safe_str_cmp|timingSafeEqual)\(\s*b?["']([^"'\s]{6,64})["']\s*,\s*[^,"']{0,64}?["']?([A-Za-z_][A-Za-z0-9_]*)["')\]]{0,4}\s*[,)]`)
	comparedMethod = lazy(`([A-Za-z_][A-Za-z0-9_]*)(?:\(\))?\.(?:equals|localeCompare)\(\s*["']([^"'\s]{6,64})["']`)
)

// comparedSecrets finds such passwords in a line of a program.
func comparedSecrets(s string) []PlainSecret {
	if !holdsAny(s, secretNames) || !holdsAny(s, comparisons) || !quotesWord(s, 6) {
		return nil
	}
	var found []PlainSecret
	for _, p := range comparedPairs(s) {
		found = appendCompared(found, p.name, p.value)
	}
	return found
}

// comparisons are literals of which each of them holds one.
var comparisons = []string{"==", "!=", "~=", " eq ", " ne ", "cmp", "equal", "compare", "Compare", "Equal"}

// comparedPairs gives what is compared in a line with a text in quotes, and that text.
func comparedPairs(s string) []namedValue {
	var found []namedValue
	for _, p := range []*pattern{comparedBehind, comparedCall, comparedMethod} {
		for _, m := range p.Get().FindAllStringSubmatch(s, 16) {
			if p != comparedCall || strings.Count(m[0], "(") == strings.Count(m[0], ")")+1 { // else both are given to a call within
				found = append(found, namedValue{m[1], m[2]})
			}
		}
	}
	for _, p := range []*pattern{comparedBefore, comparedCalled} {
		for _, m := range p.Get().FindAllStringSubmatch(s, 16) {
			found = append(found, namedValue{m[2], m[1]})
		}
	}
	return found
}

// quotesWord reports whether n bytes or more that are no blanks stand between quotes.
func quotesWord(s string, n int) bool {
	for from := strings.IndexAny(s, `"'`); from >= 0; {
		s = s[from+1:]
		end := strings.IndexAny(s, `"'`)
		if end >= n && !strings.ContainsAny(s[:end], " \t\n\f\r") {
			return true
		}
		from = end
	}
	return false
}

// appendCompared adds a value that is compared with what a name holds, if it is a
// password: a plain word may be how a form, a field or a state is called.
func appendCompared(found []PlainSecret, name, value string) []PlainSecret {
	word := strings.TrimRight(value, "0123456789-_.")
	if !isPasswordName(name) && name != "pwd" || !isLiteralSecret(value) || !isStrongWord(value) || Unresolved(value) || isFieldName(word) || strings.ContainsAny(value, `%\/<`) {
		return found
	}
	if kind, _ := storedHash(value); kind != "" { // no password opens the digest itself
		return found
	}
	return append(found, PlainSecret{Name: forPeople(name), OnList: isListed(value), Secret: NewSecret("password", value)})
}
