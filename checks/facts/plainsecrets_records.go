package facts

import "strings"

// Limits of records in a line.
const (
	maxRecords = 64 // words of a line that are looked at
	maxFieldOf = 64 // settings of one record
)

// recordMarks separate the settings of a record, in the order in which they are tried.
const recordMarks = ";,|&"

// networkAnchors begin a record of a network, whose key may be called just so.
var networkAnchors = []string{"ssid=", "SSID=", "ssid:"}

// qrNetwork is a network as codes for telephones hold it: WIFI:S:name;T:WPA;P:key;;
var qrNetwork = lazy(`\bWIFI:(?:[STH]:[^;\s"']*;)*P:([^;\s"']{8,63});`)

// codeSecrets finds the key of a network in the text of such a code.
func codeSecrets(line string) []PlainSecret {
	if !strings.Contains(line, "WIFI:") {
		return nil
	}
	m := qrNetwork.Get().FindStringSubmatch(line)
	if m == nil || !isWifiKey(m[1]) || !isLiteralSecret(m[1]) {
		return nil
	}
	return []PlainSecret{{Name: "code of a network", Wifi: true, OnList: isListed(m[1]), Secret: NewSecret("password", m[1])}}
}

// recordSecrets finds passwords in a record, which is several settings in one word of a
// line of settings: "ssid=acme;psk=secret;", "user=a&password=b", "ssid:acme,psk:secret".
// The name of a network among them says that a key is that network's.
func recordSecrets(line string) []PlainSecret {
	if strings.Count(line, "=")+strings.Count(line, ":") < 2 || !holdsAny(line, secretNames) && !holdsAny(line, networkAnchors) {
		return nil
	}
	if found := blankRecord(line); found != nil {
		return found
	}
	if !strings.ContainsAny(line, recordMarks) {
		return nil
	}
	var found []PlainSecret
	words := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t\"'{}()<>[]", c) })
	for _, word := range words[:min(len(words), maxRecords)] {
		if !strings.Contains(word, "://") && !strings.Contains(word, "?") {
			found = append(found, wordRecord(word)...)
		}
	}
	return found
}

// blankSetting is one setting of a record that is parted by blanks.
var blankSetting = lazy(`^\s*([A-Za-z0-9_.-]{1,64})=(?:"([^"]*)"|'([^']*)'|([^\s"']*))(?:\s+|$)`)

// blankRecord reads a line that is settings of one network or one login and nothing else,
// parted by blanks: "ssid=acme key=secret mode=wpa2".
func blankRecord(line string) []PlainSecret {
	var fields []namedValue
	owned := false
	if strings.Count(line, "=") < 2 {
		return nil
	}
	for rest := line; rest != ""; {
		m := blankSetting.Get().FindStringSubmatch(rest)
		if m == nil || len(fields) == maxRecords {
			return nil
		}
		f := namedValue{m[1], m[2] + m[3] + m[4]}
		fields, rest = append(fields, f), rest[len(m[0]):]
		owned = owned || (isSSIDName(f.name) || isLoginName(f.name)) && isOwner(f.value)
	}
	if len(fields) < 2 || !owned {
		return nil
	}
	var found []PlainSecret
	for _, f := range fields {
		found = append(found, fieldSecret(fields, f, "=")...)
	}
	return found
}

// isLoginName reports whether a setting names who logs in.
func isLoginName(name string) bool {
	name = strings.ToLower(name)
	return name == "user" || name == "username" || name == "login" || userSetting.Get().MatchString(name)
}

// wordRecord reads a word as one record.
func wordRecord(word string) []PlainSecret {
	for _, mark := range recordMarks {
		for _, sign := range []string{"=", ":"} {
			fields := recordFields(word, string(mark), sign)
			if len(fields) < 2 {
				continue
			}
			var found []PlainSecret
			for _, f := range fields {
				found = append(found, fieldSecret(fields, f, sign)...)
			}
			if found != nil {
				return found
			}
		}
	}
	return nil
}

// recordFields splits a word; all of its parts but the last must be settings.
func recordFields(word, mark, sign string) (fields []namedValue) {
	parts := strings.Split(strings.TrimRight(word, mark), mark)
	if len(parts) < 2 || len(parts) > maxFieldOf {
		return nil
	}
	for i, p := range parts {
		name, value, ok := strings.Cut(p, sign)
		if i == 0 { // the record itself may be a value
			at := max(strings.LastIndex(p, sign), 0)
			name, value = p[:at], p[min(at+1, len(p)):]
			name = name[strings.LastIndexAny(name, "=:")+1:]
		}
		if !ok || !isRecordName(name) {
			if i == len(parts)-1 { // a flag at the end
				break
			}
			return nil
		}
		fields = append(fields, namedValue{name, value})
	}
	return fields
}

func isRecordName(name string) bool {
	return name != "" && len(name) <= 64 && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_.-") == ""
}

// fieldSecret judges one setting of a record. Where a colon stands for "=", as in lists
// that are none of settings, a password must not be a plain word.
func fieldSecret(fields []namedValue, f namedValue, sign string) []PlainSecret {
	ofNetwork, manual := false, false
	for _, o := range fields {
		ofNetwork = ofNetwork || isSSIDName(o.name) && isOwner(o.value)
		manual = manual || o != f && strings.EqualFold(o.value, o.name)
	}
	name, value := f.name, f.value
	if manual || isFieldName(value) || sign == ":" && !isMixed(value) || isShortName(name) && !isStrongWord(value) || strings.ContainsAny(value, "%=") {
		return nil // "user=user&password=password" is to be filled in
	}
	if ofNetwork && isWifiKey(value) && isStrongWord(value) && (strings.EqualFold(name, "key") || isNetworkKeyName(name)) {
		return []PlainSecret{{Name: forPeople(name), Wifi: true, OnList: isListed(value), Secret: NewSecret("password", value)}}
	}
	if name == "pwd" && isLiteralSecret(value) && isStrongWord(value) {
		return []PlainSecret{{Name: name, OnList: isListed(value), Secret: NewSecret("password", value)}}
	}
	return appendSecret(nil, name, value)
}

// inRecord reports whether a setting was read as part of a record.
func inRecord(records []PlainSecret, name, value string) bool {
	for _, r := range records {
		if v, _ := r.Secret.Reveal(); r.Name == forPeople(name) && strings.HasPrefix(value, v) {
			return true
		}
	}
	return false
}
