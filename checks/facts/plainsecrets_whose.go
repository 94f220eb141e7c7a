package facts

import (
	"slices"
	"strings"
)

var (
	// ownerSetting is who logs in, as a setting beside a password: user = admin, "name":"root".
	ownerSetting = lazy(`(?im)(?:^|[\s{,;"'])(?:user|user_?name|usr|login|account|name)["']?\s*[:=]\s*["']?([A-Za-z0-9_.@-]{1,64})["']?[ \t]*(?:[,;}]|\r?$)`)
	// otherMachine is a setting that says where a login is for: another machine, or a data base.
	otherMachine = lazy(`(?i)(?:host|server|broker|url|uri|address|addr|endpoint|remote|domain|database|db_?name|dbname|port|topic|smtp|imap|ssid|proxy|bind_?dn|realm|apn|share|dsn|driver|://)`)
)

// plainNames are what a password is called that says nothing of whose it is.
var plainNames = []string{"password", "passwd", "pass", "pwd", "pw", "userpassword", "userpasswd", "userpwd", "user_password", "user_pwd", "defaultpassword", "default_password"}

// ownerOf is the user whose password stands in a line of settings, by the settings beside it
// in the same object or section; empty if none is named, or they are those of a login to
// another machine.
func ownerOf(content string, l Line, name, value string) string {
	stem := strings.TrimRight(name, "0123456789")
	if !slices.Contains(plainNames, strings.ToLower(stem)) {
		return ""
	}
	at := int(l.Offset)
	if stem != name { // of several logins, that with the same number
		return numberedOwner(paragraphAround(content, at), name[len(stem):])
	}
	if strings.IndexByte(l.Text, '<') >= 0 {
		return ownerInXML(content, at, l.Text, value)
	}
	if uciPassword.Get().MatchString(l.Text) {
		return ownerInUCI(content, at)
	}
	near := ""
	if i := strings.Index(l.Text, value); strings.Contains(l.Text, "{") && i >= 0 { // an object in a line
		for ; i >= 0; i = nextIndex(l.Text, value, i) {
			from, to := strings.LastIndexByte(l.Text[:i], '{'), strings.IndexByte(l.Text[i:], '}')
			if from < 0 || to < 0 {
				continue
			}
			if object := l.Text[from : i+to+1]; holdsAny(object[:i-from], plainNames) && isPairOf(object) {
				near = object
				break
			}
		}
	} else {
		near = paragraphAround(content, at)
	}
	if near == "" || otherMachine.Get().MatchString(near) {
		return ""
	}
	owners := ownerSetting.Get().FindAllStringSubmatch(near, 3)
	if len(owners) != 1 {
		return ""
	}
	return owners[0][1]
}

// numberedUser is who logs in, of several that are numbered: user0 = admin.
var numberedUser = lazy(`(?im)^[ \t]*(?:user|user_?name|usr|login|account|name)([0-9])[ \t]*[:=][ \t]*["']?([A-Za-z0-9_.@-]{1,64})["']?[ \t;,]*\r?$`)

// numberedOwner is the user with a number among the settings of one section.
func numberedOwner(near, number string) string {
	if otherMachine.Get().MatchString(near) {
		return ""
	}
	for _, m := range numberedUser.Get().FindAllStringSubmatch(near, 16) {
		if m[1] == number {
			return m[2]
		}
	}
	return ""
}

var (
	// siblingsBefore and siblingsBehind are the elements of XML without elements in them that
	// stand right before and behind a place.
	siblingsBefore = lazy(`(?:<[A-Za-z_][^<>]*/>\s*|<[A-Za-z_][^<>]*>[^<>]*</[^<>]*>\s*)*$`)
	siblingsBehind = lazy(`^(?:\s*<[A-Za-z_][^<>]*/>|\s*<[A-Za-z_][^<>]*>[^<>]*</[^<>]*>)*`)
	// ownerElement is who logs in, as an element or attribute of XML, or a pair of attributes.
	ownerElement = lazy(`(?i)<(?:[a-z0-9]+:)?(?:user|user_?name|login|name|account|adminname)(?:\s[^<>]*)?>([A-Za-z0-9_.@-]{1,64})</|\s(?:user|user_?name|login)\s*=\s*"([A-Za-z0-9_.@-]{1,64})"|(?:name|n|key|id)\s*=\s*"(?:user|user_?name|login)"\s+(?:val|value|v)\s*=\s*"([A-Za-z0-9_.@-]{1,64})"|<(?:user|user_?name|login|adminname)\s+val\s*=\s*"?([A-Za-z0-9_.@-]{1,64})"?\s*/?>`)
)

// ownerInXML is the user whose name stands in the same tag as a password, or in the elements
// beside its own.
func ownerInXML(content string, line int, text, value string) string {
	at := line + strings.Index(text, value)
	from, end := strings.LastIndexByte(content[:max(at, 0)], '<'), strings.IndexByte(content[max(at, 0):], '>')
	if at < line || from < 0 || end < 0 {
		return ""
	}
	to := at + end + 1
	near := content[from:to]
	if inside := strings.IndexByte(content[from:at], '>') >= 0; inside || !ownerElement.Get().MatchString(near) {
		if inside {
			near = "" // the element says nothing but the password
		}
		near += siblingsBefore.Get().FindString(content[max(0, from-maxBeside):from]) +
			siblingsBehind.Get().FindString(content[to:min(len(content), to+maxBeside)])
	}
	if otherMachine.Get().MatchString(near) {
		return ""
	}
	owners := ownerElement.Get().FindAllStringSubmatch(near, 3)
	if len(owners) != 1 {
		return ""
	}
	return strings.Join(owners[0][1:], "")
}

var (
	uciPassword = lazy(`^\s*option\s+['"]?pass`)
	// uciAccounts are sections of UCI that hold a login to the device: those of uhttpd, rpcd
	// and the like. Sections of networks and services hold those to other machines.
	uciAccounts = lazy(`^\s*config\s+['"]?(?:httpauth|login|users?|accounts?|admin|auth|web_?login|credentials?)\b`)
	uciOwner    = lazy(`(?m)^\s*option\s+['"]?(?:user|user_?name|login|name)['"]?\s+['"]?([A-Za-z0-9_.@-]{1,64})['"]?\s*$`)
)

// ownerInUCI is the user of a section of UCI around an offset.
func ownerInUCI(content string, at int) string {
	from, to := max(0, at-maxBeside), min(len(content), at+maxBeside)
	start := strings.LastIndex(content[from:at], "config ")
	if start < 0 {
		return ""
	}
	section := content[from+start : to]
	if i := strings.Index(section, "\nconfig "); i >= 0 {
		section = section[:i]
	}
	if !uciAccounts.Get().MatchString(section) || otherMachine.Get().MatchString(section) {
		return ""
	}
	if owners := uciOwner.Get().FindAllStringSubmatch(section, 3); len(owners) == 1 {
		return owners[0][1]
	}
	return ""
}

// isPairOf reports whether an object names somebody.
func isPairOf(object string) bool { return ownerSetting.Get().MatchString(object) }

// nextIndex is the next place of a value behind one; -1 if there is none.
func nextIndex(s, value string, i int) int {
	j := strings.Index(s[i+1:], value)
	if j < 0 {
		return -1
	}
	return i + 1 + j
}

// paragraphAround is the section, the object or the lines without a gap around an offset.
func paragraphAround(content string, at int) string {
	from, to := max(0, at-maxBeside), min(len(content), at+maxBeside)
	before, behind := content[from:at], content[at:to]
	for _, end := range []string{"\n\n", "\n\r\n", "\n[", "{", "\n  - ", "\n- "} {
		if i := strings.LastIndex(before, end); i >= 0 {
			before = before[i+1:]
		}
	}
	for _, end := range []string{"\n\n", "\n\r\n", "\n[", "}", "\n  - ", "\n- "} {
		behind, _, _ = strings.Cut(behind, end)
	}
	return before + behind + "\n"
}
