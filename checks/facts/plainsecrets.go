package facts

import (
	"slices"
	"strings"
	"sync"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/hashes"
)

// PlainSecret is a password that stands in clear in a setting, a script or a
// flat program.
type PlainSecret struct {
	Name     string         `json:"name"` // what holds it: DB_PASSWORD, "mosquitto_pub -P", "address of mqtt"
	Account  string         `json:"account,omitempty"`
	User     string         `json:"user,omitempty"`     // whose it is by the settings beside it, if they name no other machine
	Wifi     bool           `json:"wifi,omitempty"`     // it is the key of a wireless network
	OnList   bool           `json:"on_list,omitempty"`  // it is on the list of default passwords
	Embedded bool           `json:"embedded,omitempty"` // it stands in a flat program
	Compiled bool           `json:"compiled,omitempty"` // it stands in a program: in a table, or in a command
	Off      bool           `json:"off,omitempty"`      // an element of XML around it is switched off
	Digest   HashKind       `json:"digest,omitempty"`   // it has the form of a digest in hexadecimal digits: the password's, or the password itself
	Secret   Secret         `json:"secret"`
	Location assay.Location `json:"location"`
}

// PlainSecrets are the passwords in clear, apart from those of accounts that
// the image itself keeps; Accounts has them.
var PlainSecrets = &Fact[[]PlainSecret]{
	Name:    "plain-secrets",
	Version: 13,
	Doc:     "Passwords in clear in settings, in databases, in addresses, in arguments of commands wherever these stand, in tables of programs, and in flat programs beside the name of what they open.",
	Needs:   []Node{Texts, Scripts, rawSecrets, tableSecrets, storedSecrets, databaseLogins, handedCommands, endpointScan},
	Observe: func(o *Observer) ([]PlainSecret, error) {
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		scripts, err := Scripts.Of(o)
		if err != nil {
			return nil, err
		}
		found, err := rawSecrets.Of(o)
		if err != nil {
			return nil, err
		}
		tables, err := tableSecrets.Of(o)
		if err != nil {
			return nil, err
		}
		rows, err := databaseLogins.Of(o)
		if err != nil {
			return nil, err
		}
		stored, err := storedSecrets.Of(o)
		if err != nil {
			return nil, err
		}
		found = slices.Concat([]PlainSecret{}, found, tables, stored, databaseSecrets(rows))
		shell := map[string]bool{}
		for _, s := range scripts {
			shell[s.Path] = true
			found = append(found, scriptSecrets(texts, s)...)
		}
		others, err := handedCommands.Of(o)
		if err != nil {
			return nil, err
		}
		named, err := endpointScan.Of(o)
		if err != nil {
			return nil, err
		}
		for _, e := range named {
			for _, p := range programLogins(e) {
				p.Compiled, p.Location = true, e.Location
				found = append(found, p)
			}
		}
		found = append(found, vpnLogins(texts)...)
		for _, t := range texts.All() {
			found = append(found, markedPlain(t)...)
			switch read := secretReader(t); {
			case read != nil:
				found = append(found, read(t)...)
			case !shell[t.File.Path]:
				found = append(found, textSecrets(t)...)
			default:
				found = append(found, shellCompared(texts, t)...)
			}
		}
		for _, h := range others {
			found = appendHanded(found, texts, h)
		}
		return uniqueSecrets(found), nil
	},
}

// appendHanded adds the passwords in the commands of a file that is no script, but for
// those that its lines tell as they are.
func appendHanded(found []PlainSecret, texts *TextSet, h handed) []PlainSecret {
	known := len(found)
	for _, p := range scriptSecrets(texts, h.Script) {
		told := slices.ContainsFunc(found[:known], func(s PlainSecret) bool {
			return s.Secret == p.Secret && s.Location.Path == p.Location.Path && s.Location.Line == p.Location.Line
		})
		if !told {
			p.Compiled = h.by == byCompiled
			found = append(found, p)
		}
	}
	return found
}

func uniqueSecrets(all []PlainSecret) []PlainSecret {
	unique := []PlainSecret{}
	seen := map[PlainSecret]bool{}
	for _, s := range all {
		if !seen[s] && len(unique) < maxSecrets {
			seen[s] = true
			unique = append(unique, s)
		}
	}
	slices.SortStableFunc(unique, func(a, b PlainSecret) int { return a.Location.Compare(b.Location) })
	return unique
}

// maxSecrets is the number of secrets that are kept of an image.
const maxSecrets = 5000

// secretAnchors are parts of words without which no rule for passwords runs.
var secretAnchors = newLiterals(append([]string{"pass", "PASS", "Pass", "pwd", "PWD", "Pwd", "_pw", "://", "psk", "PSK", "pw", "Pw", "PW", "_secret", "usSecret", "WIFI:", "PreSharedKey"}, slices.Concat(networkAnchors, networkNames)...))

// textSecrets finds passwords in a text that is no shell script.
func textSecrets(t Text) []PlainSecret {
	kind := textKindOf(t)
	if kind == proseText {
		return nil
	}
	packages := addressesOfPackages(t)
	t = settable(t)
	var found []PlainSecret
	last := -1
	comments := commentBlocks(t.Content)
	objects := networkObjects(t.Content)
	switchedOffElements := sync.OnceValue(func() [][2]int { return offElements(t.Content) })
	code := sync.OnceValue(func() programCode { return codeOfProgram(t) })
	labels := 0
	visited := false // what a visitor sends for a password is taken in
	secretAnchors.FindIn(t.Content, func(_, at int) bool {
		for len(comments) > 0 && comments[0][1] <= at {
			comments = comments[1:]
		}
		if at < last || len(comments) > 0 && comments[0][0] <= at {
			return true // the line was read, or speaks to people
		}
		l := lineAt(t, at)
		last = int(l.Offset) + len(l.Text)
		for len(objects) > 0 && objects[0][1] <= at {
			objects = objects[1:]
		}
		visited = visited || kind == codeText && holdsAny(l.Text, ofVisitor)
		secrets := lineSecrets(kind, l.Text)
		if len(objects) > 0 && objects[0][0] <= at && len(l.Text) <= maxSettingLine {
			secrets = withKeysOf(objectKeys(l.Text), secrets)
		}
		for _, s := range secrets {
			if isShortName(s.Name) && !besideLogin(t.Content, int(l.Offset)) {
				continue // the width of a page or a pulse
			}
			if value, _ := s.Secret.Reveal(); strings.EqualFold(value, "password") && besideFieldName(t.Content, int(l.Offset)) {
				continue
			}
			if value, _ := s.Secret.Reveal(); kind == settingText && !s.Wifi && isKeyBeside(t.Content, l, s.Name, value) {
				s.Wifi = true
			} else if kind == settingText && !s.Wifi {
				s.User = forPeople(ownerOf(t.Content, l, s.Name, value))
			}
			if value, _ := s.Secret.Reveal(); kind == codeText && inComment(l, value, code) {
				continue
			}
			if value, _ := s.Secret.Reveal(); kind == settingText {
				if labels < maxLabels && isForeignLabel(value) {
					if labels++; !besideValues(sectionAround(t, l)) {
						continue
					}
				}
				s.Off = strings.IndexByte(l.Text, '<') >= 0 && allWithin(l, value, switchedOffElements())
			}
			s.Location = t.At(l)
			found = append(found, s)
		}
		found = append(found, keysBesideName(t, kind, l)...)
		return len(found) < maxSecrets
	})
	slices.SortStableFunc(found, func(a, b PlainSecret) int { return a.Location.Compare(b.Location) })
	if kind == codeText {
		found = append(found, placedSecrets(t)...)
		if visited {
			found = append(found, backdoorSecrets(t)...)
		}
		slices.SortStableFunc(found, func(a, b PlainSecret) int { return a.Location.Compare(b.Location) })
	}
	return append(packages, number(t, found)...)
}

// addressesOfPackages finds logins in the addresses from which a package is fetched: all
// that counts of what a package needs.
func addressesOfPackages(t Text) []PlainSecret {
	if !isManifest(t.File.Name) && !isLockFile(t.File.Name) {
		return nil
	}
	var found []PlainSecret
	for l := range t.Lines() {
		for _, s := range addressSecrets(l.Text) {
			s.Location = t.At(l)
			found = append(found, s)
		}
	}
	return found
}

// commentMarks begin and end comments of several lines: of XML, and of Perl.
var commentMarks = [][2]string{{"<!--", "-->"}, {"\n=head", "\n=cut"}, {"\n=pod", "\n=cut"}}

// commentBlocks gives the ranges of such comments, in order.
func commentBlocks(content string) [][2]int {
	var blocks [][2]int
	for _, mark := range commentMarks {
		for at := 0; ; {
			i := strings.Index(content[at:], mark[0])
			if i < 0 {
				break
			}
			start := at + i
			n := strings.Index(content[start:], mark[1])
			if n < 0 {
				n = len(content) - start
			}
			at = start + n
			blocks = append(blocks, [2]int{start, at})
		}
	}
	slices.SortFunc(blocks, func(a, b [2]int) int { return a[0] - b[0] })
	return blocks
}

// lineAt is the line around an offset, its number not yet counted.
func lineAt(t Text, at int) Line {
	from := strings.LastIndexByte(t.Content[:at], '\n') + 1
	line, _, _ := strings.Cut(t.Content[from:], "\n")
	return Line{Offset: int64(from), Text: strings.TrimSuffix(line, "\r")}
}

// number counts the lines of places in order.
func number(t Text, found []PlainSecret) []PlainSecret {
	line, counted := 1, 0
	for i := range found {
		at := int(found[i].Location.Offset)
		line += strings.Count(t.Content[counted:at], "\n")
		counted, found[i].Location.Line = at, line
	}
	return found
}

var (
	// keyValue finds NAME=value, "name": "value", name => 'value'.
	secretPair = lazy(`([A-Za-z0-9_.\-]*(?:[Pp][Aa][Ss][Ss][A-Za-z]*|[Pp][Ww][Dd]|[Pp][Ww]|[Pp][Ss][Kk](?:_[Kk][Ee][Yy])?|(?:auth|acct|dae|shared|radius)_secret|radiusSecret)[0-9]?)["']?\]?\s*(?::\s*(?:str|string|bytes|Optional\[str\])\s*=|=>|:=|=|:)\s*(?:"([^"]*)"|'([^']*)'|([^\s"',;}\]]+))`)
	// secretOption finds "option password 'x'" and "remote_password x".
	secretOption  = lazy(`^\s*(?:option\s+)?['"]?([A-Za-z0-9_]+)['"]?\s+(?:"([^"]*)"|'([^']*)'|(\S+))\s*;?\s*$`)
	secretElement = lazy(`<([A-Za-z0-9_:.\-]+)(?:\s[^<>]*)?>([^<>]{3,128})</`)
	// secretAddress finds user and password in an address.
	secretAddress = lazy(`([a-z][a-z0-9+.\-]{1,15})://([^\s/:@"'<>\\\[\](){}]{0,64}):([^\s/@"'<>\\\[\](){}]{1,128})@([A-Za-z0-9.\-]+)`)
)

// lineSecrets finds the passwords of a line.
func lineSecrets(kind textKind, line string) []PlainSecret {
	s := strings.TrimSpace(line)
	longest := maxSettingLine
	if kind == codeText {
		longest = maxWord
	}
	if len(line) > longest || s == "" || isComment(s) {
		return nil
	}
	found := slices.Concat(addressSecrets(s), codeSecrets(s), pathKeys(s))
	if kind == codeText {
		found = slices.Concat(found, comparedSecrets(s), fallbackSecrets(s))
	}
	if !holdsAny(s, secretNames) { // no name of a password
		if kind == settingText && holdsAny(s, networkAnchors) {
			found = append(found, recordSecrets(s)...)
		}
		return found
	}
	var records []PlainSecret
	if kind == settingText {
		records = recordSecrets(s)
		found = append(found, records...)
	}
	for _, m := range secretPair.Get().FindAllStringSubmatchIndex(s, 64) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return s[m[2*i]:m[2*i+1]]
		}
		quoted := group(4) == ""
		if m[0] > 0 && strings.ContainsAny(s[m[0]-1:m[0]], "$/\\%&?*") && !(kind == codeText && s[m[0]-1] == '$') || kind == codeText && !quoted {
			continue // but "$password = 'x'" is how PHP and Perl name a variable
		}
		if !quoted && hasMore(s[m[1]:]) || isAnonymous(s, group(2)+group(3)) || kind == codeText && (isJoined(s[m[1]:]) || isAnnotation(s[m[1]:]) || isSelector(group(2)+group(3)) || isOwnName(group(1), group(2)+group(3))) {
			continue
		}
		// Without quotes, only a colon behind the first word of a line is that of YAML.
		if !quoted && strings.Contains(s[m[3]:m[8]], ":") && strings.Trim(s[:m[0]], "- \t\"'") != "" {
			continue
		}
		name, value := group(1), group(2)+group(3)+group(4)
		if inRecord(records, name, value) || isWidth(name) || strings.Contains(s[m[3]:m[1]-len(value)], "]") && !isStrongWord(value) { // of a table, with words for people
			continue
		}
		if isShellsName(kind, name) && isLiteralSecret(value) && isStrongWord(value) && !strings.ContainsAny(value, `/\`) {
			found = append(found, PlainSecret{Name: name, OnList: isListed(value), Secret: NewSecret("password", value)})
			continue
		}
		if (kind == codeText || isShortName(name)) && !isStrongWord(value) && (kind == codeText || !isListed(value)) {
			continue
		}
		found = appendSecret(found, name, value)
	}
	if kind == codeText || len(found) > 0 {
		return found
	}
	if m := secretOption.Get().FindStringSubmatch(s); m != nil {
		found = appendSecret(found, m[1], m[2]+m[3]+m[4])
	}
	if strings.IndexByte(s, '<') < 0 {
		return found
	}
	for _, m := range secretElement.Get().FindAllStringSubmatch(s, 64) {
		found = appendSecret(found, m[1], m[2])
	}
	return append(found, tagSecrets(s)...)
}

// isShellsName reports whether a setting, or a variable of a program, has the name by
// which a shell knows its folder, and so holds a password where no shell reads it.
func isShellsName(kind textKind, name string) bool {
	return name == "pwd" || strings.HasSuffix(name, ".pwd") || kind == codeText && (name == "PWD")
}

// isPSKName reports whether a setting is called a key that is shared beforehand: wpa_psk,
// WPAPSK1, wpapsk_key.
func isPSKName(name string) bool {
	return strings.HasSuffix(strings.TrimSuffix(strings.TrimRight(strings.ToLower(name), "0123456789"), "_key"), "psk")
}

func appendSecret(found []PlainSecret, name, value string) []PlainSecret {
	name = strings.Trim(name, ".-")
	short := name[strings.LastIndexAny(name, ".:")+1:]
	psk := isPSKName(short)
	if !isPasswordName(short) && !psk || !isLiteralSecret(value) || isLabelOf(name, value) || strings.EqualFold(short, value) && gluedPassword(short) >= 0 { // SSHPASS=sshpass
		return found
	}
	if user, password, ok := strings.Cut(strings.ToLower(value), ":"); ok && strings.HasSuffix(strings.ToLower(short), "userpass") && isManualWord(user) && isManualWord(password) {
		return found
	}
	if short == "AUTH_SECRET" && isTokenValue(value) {
		return found // Auth.js signs with it: one of Tokens
	}
	if kind, _ := hashes.Htpasswd(value); kind != "" && kind != hashes.DES {
		return found
	}
	digest, _ := storedHash(value)
	if digest != "" && (!isHexDigits(value) || isDigestOfListed(value)) {
		return found
	}
	return append(found, PlainSecret{Name: forPeople(name), Wifi: (psk || isWifiName(name)) && !holdsAny(strings.ToLower(name), otherKeys), OnList: isListed(value), Digest: digest, Secret: NewSecret("password", value)})
}

// isComment reports whether a line only speaks to people.
func isComment(s string) bool {
	s = strings.TrimSpace(s)
	for _, mark := range []string{"#", ";", "//", "/*", "*", "<!--", "--", "!", "\""} {
		if strings.HasPrefix(s, mark) {
			return mark != "\"" || !strings.Contains(s, ":") // a line of Vim, not of JSON
		}
	}
	return false
}

// hasMore reports whether words follow: a sentence, not a value.
func hasMore(rest string) bool {
	rest = strings.TrimLeft(rest, " \t,;}])\"'")
	return rest != "" && rest[0] != '#' && !strings.ContainsAny(strings.Fields(rest)[0], "=:/<&")
}

// isAnonymous reports whether a value is the mail address that a client hands over as the
// password of the account "anonymous" (RFC 1635).
func isAnonymous(line, value string) bool {
	name, host, ok := strings.Cut(strings.ToLower(value), "@")
	return ok && isHost(host) && (strings.HasPrefix(name, "anon") || anonymousUser.Get().MatchString(line))
}

var anonymousUser = lazy(`["'](?:anonymous|ftp)["']`)

// isStrongWord reports whether a value in a program is more than a word of the
// language: it mixes letters with something else.
func isStrongWord(v string) bool {
	words := "abcdefghijklmnopqrstuvwxyz_- ."
	if holdsAny(v, []string{"PASS|", "PASSWORD|"}) {
		words += "|" // a path to a setting, as VMware's tools write it
	}
	if strings.Contains(v, "required|") || strings.HasSuffix(v, "|required") {
		return false // a rule for what is typed
	}
	letters := strings.Trim(strings.TrimSuffix(strings.ToLower(v), ":"), words) == "" // a label ends so
	return len(v) >= 6 && !letters
}

// likeAddress are user and password in the manuals of programs.
var likeAddress = []string{"user", "username", "name", "login", "pass", "password", "passwd", "pwd", "pw", "foo", "bar", "secret"}

// isManualWord reports whether a word in small letters stands in a manual where people put
// their own: username, mypassword.
func isManualWord(v string) bool { return slices.Contains(likeAddress, strings.TrimPrefix(v, "my")) }

func addressSecrets(s string) []PlainSecret {
	if _, behind, ok := strings.Cut(s, "://"); !ok || !strings.Contains(behind, "@") {
		return nil
	}
	var found []PlainSecret
	for _, m := range secretAddress.Get().FindAllStringSubmatch(s, 64) {
		scheme, user, password, host := m[1], m[2], m[3], m[4]
		manual := slices.Contains(likeAddress, strings.ToLower(user)) && slices.Contains(likeAddress, strings.ToLower(password))
		if manual || !isLiteralSecret(password) || Unresolved(user+password) || strings.Contains(host, "example.") && !strings.HasSuffix(host, ".example") {
			continue
		}
		found = append(found, PlainSecret{Name: "address of " + scheme, Account: forPeople(user), OnList: isListed(password), Secret: NewSecret("password", password)})
	}
	return found
}
