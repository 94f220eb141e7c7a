package facts

import (
	"strings"
)

// loginHeader is a header of HTTP with user and password, as a program has it among its
// strings, be it with bytes of code before that look like text. A value that is put in
// at run time is none.
var loginHeader = lazy(`(?i)authorization:\s*basic\s+([A-Za-z0-9+/]{4,400}={0,2})$`)

// requestSecrets reads what a flat program sends to log in: a header of HTTP, or a form
// as a query ("user=…&password=…"). That is what its server takes, and the same on each
// device.
func requestSecrets(text string) []PlainSecret {
	if m := loginHeader.Get().FindStringSubmatch(text); m != nil {
		if user, password, ok := basicLogin(m[1]); ok && !isExampleLogin(user, password) {
			return []PlainSecret{{Name: "Authorization", Account: forPeople(user), OnList: isListed(password), Secret: NewSecret("password", password)}}
		}
		return nil
	}
	if !strings.Contains(text, "&") || strings.ContainsAny(text, "<>;{\"'%") {
		return nil
	}
	var found []PlainSecret
	for word := range strings.FieldsSeq(text) {
		found = append(found, formSecrets(word)...)
	}
	return found
}

// formSecrets reads a form that names a user and the password, both with their values.
func formSecrets(word string) []PlainSecret {
	if _, query, ok := strings.Cut(word, "?"); ok {
		word = query
	}
	user, name, password := "", "", ""
	for k, v := range bodyPairs(word) {
		switch {
		case isUserField(k):
			user = v
		case isPasswordName(k) || k == "pwd": // a name of shells elsewhere
			name, password = k, v
		}
	}
	if user == "" || !isOwner(user) || !isLiteralSecret(password) || isFieldName(password) || strings.ContainsAny(password, `[]()\`) ||
		!isMixed(password) && !isDistinctive(password) && !isWifiWord(password) {
		return nil
	}
	return []PlainSecret{{Name: forPeople(name), Account: forPeople(user), OnList: isListed(password), Secret: NewSecret("password", password)}}
}

// isUserField reports whether a field of a form names who logs in.
func isUserField(name string) bool {
	name = strings.ToLower(name)
	return name == "login" || strings.HasSuffix(name, "user") || strings.HasSuffix(name, "username") || strings.HasSuffix(name, "user_name")
}

// isExampleLogin reports the login that RFC 7617 and its forerunners show.
func isExampleLogin(user, password string) bool {
	return strings.EqualFold(user, "Aladdin") && strings.EqualFold(password, "open sesame") || isFieldName(password)
}
