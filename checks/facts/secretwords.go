package facts

import (
	"slices"
	"strings"
)

// passwordWord ends the name of a setting that holds a password.
var passwordWord = lazy(`(?:[Pp]assw(?:or)?[dt]|PASSW(?:OR)?[DT]|[Pp]assphrase|PASSPHRASE|requirepass|masterauth|(?:^|[-_.])(?:pass|PASS|Pass|pw|PW|pwd|PWD|Pwd)|[a-z0-9](?:Pass|Pw|Pwd)|[A-Z]Pwd)[0-9]?$`)

// gluedPassword gives where the end of such a name begins that is without a line or a
// capital between the words: dbpass, ROOTPW; -1 if there is none. Only words for whose or
// what's password it is count before it, three at most; "bypass" and "compass" have none.
func gluedPassword(name string) int {
	end := len(name)
	if end > 0 && isDigit(name[end-1]) {
		end--
	}
	for from := 0; from >= 0 && from < end; {
		for _, word := range []string{"pass", "pwd", "pw"} {
			if n := end - len(word); n > from && strings.EqualFold(name[n:end], word) && isOwners(strings.ToLower(name[from:n]), 3) {
				return max(from-1, 0)
			}
		}
		next := strings.IndexAny(name[from:end], "-_.")
		if next < 0 {
			break
		}
		from += next + 1
	}
	return -1
}

// isOwners reports whether a text is one to most words of passwordOwners.
func isOwners(text string, most int) bool {
	for _, owner := range passwordOwners {
		if rest, ok := strings.CutPrefix(text, owner); ok && (rest == "" || most > 1 && isOwners(rest, most-1)) {
			return true
		}
	}
	return false
}

var passwordOwners = []string{
	"admin", "administrator", "root", "user", "usr", "super", "guest", "operator", "support", "service", "svc", "owner", "master", "my", "default",
	"def", "base", "login", "auth", "acct", "account", "db", "database", "mysql", "mariadb", "sql", "pgsql", "pg", "postgres", "mongo", "redis", "influx",
	"ldap", "bind", "ftp", "sftp", "ssh", "scp", "telnet", "smb", "samba", "cifs", "nas", "dav", "http", "https", "web", "www", "api", "app", "mqtt",
	"amqp", "broker", "stomp", "smtp", "imap", "pop", "pop3", "mail", "email", "sip", "voip", "xmpp", "irc", "snmp", "radius", "ppp", "pppoe", "vpn",
	"l2tp", "pptp", "xauth", "wifi", "wlan", "ap", "sta", "ddns", "dyndns", "cam", "camera", "rtsp", "onvif", "dvr", "nvr", "cloud", "server", "srv",
	"host", "remote", "device", "dev", "sys", "system", "router", "modem", "gsm", "apn", "key", "store", "keystore", "truststore", "ssl", "cert", "pfx",
	"p12", "backup", "enc", "zip", "sudo", "su", "bios", "uboot",
}

// isWidth reports whether a name ends in the letters "pw" that are no word of it: the
// width of a page or a pulse.
func isWidth(name string) bool {
	before, ok := strings.CutSuffix(strings.ToLower(strings.TrimRight(name, "0123456789")), "pw")
	return ok && before != "" && !strings.ContainsAny(before[len(before)-1:], "-_.") && gluedPassword(name) < 0
}

// passwordAnchors are literals of which every such name holds one.
var passwordAnchors = []string{"ass", "ASS", "aster", "pw", "Pw", "PW"}

// secretNames are literals of which each name of a password, a shared key or a
// shared secret holds one.
var secretNames = slices.Concat(passwordAnchors, []string{"psk", "Psk", "PSK", "ecret", "ECRET"})

// otherPass are words before "pass" and "password" that make it something else
// than a password: a filter, a run, a question.
var otherPass = []string{
	"proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached", "first", "second", "one", "two", "single", "multi", "low", "high", "band", "all",
	"no", "use", "has", "is", "need", "require", "show", "hide", "ask", "change", "reset", "forgot", "forget", "confirm", "allow", "disable", "enable",
	"input", "type", "enter", "wrong", "bad", "invalid", "save", "remember", "set", "get", "check", "verify", "encrypt", "encrypted", "hashed", "hash", "clear", "with", "without", "by", "com", "en",
}

// isPasswordName reports whether a setting of that name holds a password.
func isPasswordName(name string) bool {
	if len(name) > 64 || name == "PWD" || name == "OLDPWD" || name == "pwd" {
		return false
	}
	if slices.Contains(radiusSecrets, strings.ToLower(strings.ReplaceAll(name, "_", ""))) {
		return true
	}
	if !holdsAny(name, passwordAnchors) || !endsLikePassword(name) {
		return false
	}
	at := -1
	if m := passwordWord.Get().FindStringIndex(name); m != nil {
		at = m[0]
	} else if at = gluedPassword(name); at < 0 {
		return false
	}
	before := strings.FieldsFunc(camelWords(name[:at+1]), func(r rune) bool { return strings.ContainsRune("-_. ", r) })
	if len(before) > 0 && at > 0 && len(before[len(before)-1]) == 1 { // the first letter of the word itself
		before = before[:len(before)-1]
	}
	return len(before) == 0 || !slices.Contains(otherPass, strings.ToLower(lastOf(before))) && !slices.Contains(askingWords, strings.ToLower(before[0]))
}

// askingWords begin the name of a flag that says whether there is a password, also before
// whose it is: need_admin_pw.
var askingWords = []string{"need", "needs", "require", "requires", "want", "wants", "has", "is", "ask"}

// radiusSecrets are what hostapd, OpenWrt and others call the secret that a device
// shares with a RADIUS server, in small letters and without lines between.
var radiusSecrets = []string{
	"authserversharedsecret", "acctserversharedsecret", "radiusauthserversharedsecret", "authsecret", "acctsecret", "daesecret", "radiussecret", "radiussharedsecret",
}

// isShortName reports whether a setting is called "pw" or "Pass", which is other things
// too.
func isShortName(name string) bool { return strings.EqualFold(name, "pw") || name == "Pass" }

// besideLogin reports whether the paragraph around the line at an offset of a text
// names who logs in: a user, or a section or object that is called so.
func besideLogin(content string, at int) bool {
	from, to := max(0, at-maxBeside), min(len(content), at+maxBeside)
	before := content[from:at]
	for _, end := range []string{"\n\n", "\n\r\n", "\n["} { // what stands before is another section
		if i := strings.LastIndex(before, end); i >= 0 {
			before = before[i+1:]
		}
	}
	behind, _, _ := strings.Cut(content[at:to], "\n\n")
	behind, _, _ = strings.Cut(behind, "\n[")
	return loginWord.Get().MatchString(before) || loginWord.Get().MatchString(behind)
}

// maxBeside is the number of bytes around a line that are looked at.
const maxBeside = 400

// loginWord names who logs in, as a setting, a section, or an element.
var loginWord = lazy(`(?i)(?:^|[^a-z])(?:user|user_?name|usr|login|log_?in|account|auth|uid)["'\]>]?\s*(?:[=:>\]{]|$|\n)|<(?:user|login|account)|name="user(?:_?name)?"`)

// endsLikePassword reports whether a name ends in the last letter of a word for a
// password, and a digit at most: the others need no expression.
func endsLikePassword(name string) bool {
	if n := len(name); n > 1 && isDigit(name[n-1]) {
		name = name[:n-1]
	}
	return name != "" && strings.IndexByte("dDtTeEhHsSwW", name[len(name)-1]) >= 0
}

// camelWords puts a blank before each capital that follows a small letter.
func camelWords(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if i > 0 && name[i] >= 'A' && name[i] <= 'Z' && name[i-1] >= 'a' && name[i-1] <= 'z' {
			b.WriteByte(' ')
		}
		b.WriteByte(name[i])
	}
	return b.String()
}

// wifiWord marks the name of a setting that is about a wireless network.
var wifiWord = lazy(`(?i)(?:^|[^p])wpa|psk|wifi|wi_fi|wlan|wireless|\bwep|sae_|ssid|(?:^|[-_.])(?:sta|ap|wl[0-9]?)[-_.]`)

// isWifiName reports whether a password of that name is the key of a wireless
// network.
func isWifiName(name string) bool { return wifiWord.Get().MatchString(name) }

// noSecret are values that say how something is done, or that nothing is set.
var noSecret = []string{
	"none", "null", "nil", "undefined", "unset", "empty", "true", "false", "yes", "prompt", "ask", "asked", "required", "optional", "disabled", "enabled",
	"disable", "enable", "off", "file", "files", "compat", "systemd", "shadow", "nis", "ldap", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "plain", "plaintext", "cleartext",
	"crypt", "hidden", "text", "string", "str", "int", "bool", "boolean", "object", "char", "varchar", "void", "self", "this", "hash", "hashed", "encrypted", "unknown",
	"interactive", "external", "agent", "keyring", "request", "sufficient", "include", "stdin", "random", "generate", "auto", "never", "always", "passwd:", "nologin",
	"readwrite", "readonly", "writeonly", // who may change it, in a data model
	"define", "undef", // what configure found, as Perl writes it down
}

// placeholders are parts of words that stand where people put their own.
var placeholders = []string{"example", "placeholder", "your", "replace", "insert", "redacted", "secret_here", "fill", "todo", "anonymous", "xxxx", "****", "....", "____", "----"}

// HoldsPlaceholder reports whether words in small letters have a part where people put
// their own.
func HoldsPlaceholder(lower string) bool {
	return slices.ContainsFunc(placeholders, func(p string) bool { return strings.Contains(lower, p) })
}

// isLiteralSecret reports whether a value can be a password itself: not a
// variable, a path, a hash, a word for yes or no, or a place to fill in.
func isLiteralSecret(value string) bool {
	if len(value) < 3 || len(value) > 128 || strings.ContainsAny(value, " \t<>`{}\x7f") || !isPrintable(value) {
		return false
	}
	lower := strings.ToLower(value)
	switch {
	case strings.ContainsAny(value[:1], "$/~!%@&*|(["):
		return false
	case strings.Contains(value, "$(") || strings.Contains(value, "%s") || strings.Contains(value, "%d") || strings.Contains(value, "%("):
		return false
	case strings.Contains(value, "()") || strings.HasPrefix(value, "./") || strings.HasPrefix(lower, "env.") || strings.HasPrefix(lower, "file:") || strings.HasPrefix(lower, "enc[") || strings.IndexByte("_ecar3", lower[0]) >= 0 && strings.ContainsAny(lower, ":=_-(") && encryptedValue.Get().MatchString(lower):
		return false
	case (strings.Contains(value, "::") || strings.Contains(value, `\`) || strings.Count(value, ".") > 1) && className.Get().MatchString(value):
		return false
	case strings.Trim(lower, "x*.-_#?") == "" || slices.Contains(noSecret, strings.TrimRight(lower, ",;")):
		return false
	case strings.HasSuffix(strings.TrimRight(value, ",;"), ")") && columnType.Get().MatchString(lower):
		return false
	case value[0] <= '2' && objectIdentifier.Get().MatchString(value) || attributeName.Get().MatchString(value) && isPasswordName(value):
		return false
	}
	if name, _, ok := strings.Cut(value, "="); ok && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == "" || strings.Contains(value, `"`) {
		return false // another setting
	}
	return !isReference(value) && !slices.ContainsFunc(placeholders, func(p string) bool { return strings.Contains(lower, p) })
}

var (
	// encryptedValue says itself that it is encrypted: Zyxel's _encrypt_…, Jasypt's ENC(…).
	encryptedValue = lazy(`^(?:_encrypt(?:ed)?_|enc\(.*\)$|(?:encrypted|encrypt|cipher|aes|aes-?128|aes-?256|3des|rsa)[:=_-])`)
	// objectIdentifier is one of ITU-T X.660, with more arcs than an address has parts.
	objectIdentifier = lazy(`^[012](?:\.[0-9]{1,10}){4,}$`)
	// columnType is that of a column of a database's table, with its width (SQL, ISO 9075-2, 6.1).
	columnType = lazy(`^n?(?:(?:var)?char2?|(?:var)?binary|character)\([0-9]+\)[,;]?$`)
	// attributeName is how attributes of RADIUS (RFC 2865, 5) and headers of HTTP are called.
	attributeName = lazy(`^[A-Z][A-Za-z0-9]*(?:-[A-Z][A-Za-z0-9]*)+$`)
)

// className is the name of a class in its packages, as Perl, Ruby and C++ write it
// (Foo::Bar), as PHP does (Foo\Bar) and as Java does (org.example.Foo).
var className = lazy(`^(?:::)?[A-Z][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)+$|^[A-Z][A-Za-z0-9_]*(?:\\[A-Za-z_][A-Za-z0-9_]*)+$|^(?:[a-z][a-z0-9_]*\.){2,}[A-Z][A-Za-z0-9_]*$`)

func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
