package facts

import (
	"slices"
	"strings"
)

// redacted stands where a secret was.
const redacted = "[redacted]"

// secretParts make a name that holds one of them the name of a secret;
// secretWords must be a whole word of it.
var (
	secretParts = []string{"pass", "secret", "token", "psk", "apikey", "credential", "authoriz", "bearer"}
	secretWords = []string{"key", "pw", "pwd", "auth", "pin", "community", "rocommunity", "rwcommunity", "cookie", "login"}
	plainValues = []string{"yes", "no", "true", "false", "on", "off", "0", "1", "none", "enable", "disable"}
)

// redactArgs takes what may be a password, key or token out of the arguments of
// a program. The flags and the number of arguments stay. In doubt it redacts.
func redactArgs(program string, args []string) []string {
	if len(args) == 0 {
		return args
	}
	out := make([]string, len(args))
	wanted := func(string) bool { return false } // asks whether the next word is a secret
	for i, a := range args {
		secret := wanted(a)
		wanted = func(string) bool { return false }
		switch {
		case secret:
			out[i] = redacted
			if w := strings.ToLower(a); w == "bearer" || w == "basic" || w == "digest" { // of "Authorization: Bearer …"
				out[i], wanted = a, func(string) bool { return true }
			}
		case strings.ContainsAny(a, " \t\n"):
			out[i] = redactText(a)
		default:
			out[i] = redactWord(program, a)
			wanted = secretAfter(program, a)
		}
	}
	return out
}

// redactText redacts a text of several words, such as what follows "sh -c".
func redactText(s string) string {
	words := strings.Fields(s)
	clean := redactArgs("", words)
	if slices.Equal(words, clean) {
		return s
	}
	return strings.Join(clean, " ")
}

// secretAfter gives the question whether the word after a flag is a secret.
func secretAfter(program, flag string) func(string) bool {
	name := strings.TrimSuffix(strings.TrimLeft(flag, "-"), ":")
	switch {
	case attachedSecret(program, flag):
	case flag == "-P" && strings.HasPrefix(program, "mosquitto"):
		return func(v string) bool { return !isVariable(v) }
	case flag == "-p" || flag == "-P":
		return func(v string) bool { return !isPlace(v) && !strings.HasPrefix(v, "-") }
	case flag == "-pw" || flag == "--pw" || flag == "--pwd":
		return func(v string) bool { return !isVariable(v) }
	case flag == "-A" || flag == "-X" || flag == "-a" || flag == "-t" || flag == "-T" || flag == "-k" || flag == "-K" || flag == "-s":
		return func(v string) bool { return isOpaque(v, 8) }
	case (strings.HasPrefix(flag, "-") || strings.HasSuffix(flag, ":")) && !strings.Contains(flag, "=") && secretName(name):
		return func(v string) bool { return secretValue(name, v) && !(strings.HasPrefix(v, "--") && len(v) > 2) }
	}
	return func(string) bool { return false }
}

// redactWord redacts what one word says by itself: "key=value", a password in
// an address, "-pVALUE", "user:password", a long token.
func redactWord(program, w string) string {
	if scheme, rest, ok := strings.Cut(w, "://"); ok {
		return redactAddress(scheme+"://", rest)
	}
	for _, sep := range []string{"=", ":"} {
		name, value, ok := strings.Cut(w, sep)
		if !ok || value == "" || strings.Contains(name, "/") {
			continue
		}
		if short := strings.TrimLeft(name, "-"); secretName(short) && secretValue(short, value) {
			return name + sep + redacted
		}
		if sep == "=" {
			if strings.Contains(value, "=") && strings.Contains(value, ",") {
				return redactList(w)
			}
			if isOpaque(value, 20) {
				return name + sep + redacted
			}
		}
	}
	switch {
	case attachedSecret(program, w):
		return w[:2] + redacted
	case userAndPassword(w):
		user, _, _ := strings.Cut(w, ":")
		return user + ":" + redacted
	case isOpaque(w, 20) && !strings.HasPrefix(w, "-"):
		return redacted
	}
	return w
}

// redactList redacts "a=b,c=d" entry by entry.
func redactList(w string) string {
	parts := strings.Split(w, ",")
	for i, p := range parts {
		name, value, ok := strings.Cut(p, "=")
		if at := strings.LastIndexByte(name, '='); at >= 0 {
			name = name[at+1:]
		}
		if j := strings.LastIndexByte(p, '='); ok && j >= 0 && (secretName(strings.TrimLeft(name, "-")) && secretValue(name, value) || secretName(p[strings.IndexByte(p, '=')+1:j+1]) || isOpaque(p[j+1:], 20)) {
			parts[i] = p[:j+1] + redacted
		}
	}
	return strings.Join(parts, ",")
}

// redactAddress redacts who logs in and what the query says of keys.
func redactAddress(scheme, rest string) string {
	host, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host, tail = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 && (strings.Contains(host, "@") || strings.Contains(host, ":")) {
		host, tail = redacted, "@"+rest[i+1:] // a password may hold a slash
	}
	tail, query, ok := strings.Cut(tail, "?")
	if !ok {
		return scheme + host + tail
	}
	parts := strings.Split(query, "&")
	for i, p := range parts {
		if name, value, ok := strings.Cut(p, "="); ok && (secretName(name) && secretValue(name, value) || isOpaque(value, 16)) {
			parts[i] = name + "=" + redacted
		}
	}
	return scheme + host + tail + "?" + strings.Join(parts, "&")
}

// attachedFlags are words that begin like -p with a value and are flags.
var attachedFlags = []string{"-pid", "-pidfile", "-port", "-path", "-prefix", "-proto", "-protocol", "-plugin", "-print", "-profile", "-platform", "-passive"}

// attachedSecret reports whether a word is -p or -P with a password behind it.
func attachedSecret(program, w string) bool {
	if len(w) < 3 || !strings.HasPrefix(w, "-p") && !strings.HasPrefix(w, "-P") {
		return false
	}
	if strings.HasPrefix(w, "-P") && strings.HasPrefix(program, "mosquitto") {
		return true
	}
	name, _, _ := strings.Cut(strings.ToLower(w), "=")
	letters := strings.Trim(strings.ToLower(w[2:]), "abcdefghijklmnopqrstuvwxyz") == ""
	return !slices.Contains(attachedFlags, name) && !isPlace(w[2:]) && (len(w) > 5 || !letters)
}

// userAndPassword reports whether a word is like admin:secret, and no address,
// path or list of options.
func userAndPassword(w string) bool {
	user, password, ok := strings.Cut(w, ":")
	if !ok || user == "" || password == "" || strings.ContainsAny(w, "/[]=") || strings.Contains(password, ":") || isPlace(w) || isPlace(password) {
		return false
	}
	return strings.Trim(password, "abcdefghijklmnopqrstuvwxyz-_") != "" || len(password) > 8
}

// secretName reports whether a name is that of a secret.
func secretName(name string) bool {
	name = strings.ToLower(name)
	if slices.ContainsFunc(secretParts, func(p string) bool { return strings.Contains(name, p) }) {
		return !strings.Contains(name, "passive") && !strings.Contains(name, "passthr") && !strings.Contains(name, "bypass")
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("-_.", r) })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(secretWords, w) })
}

// secretValue reports whether the value of such a name is the secret itself,
// not the file in which it stands or a yes or no.
func secretValue(name, value string) bool {
	if value == "" || isVariable(value) || slices.Contains(plainValues, strings.ToLower(value)) {
		return false
	}
	name = strings.ToLower(name)
	isFile := strings.Contains(name, "file") || strings.Contains(name, "path") || strings.Contains(name, "dir") || strings.Contains(name, "key") || strings.Contains(name, "login")
	return !isFile || !strings.HasPrefix(value, "/")
}

// isVariable reports whether a word only names a variable of the script.
func isVariable(w string) bool { return strings.HasPrefix(w, "$") && !strings.ContainsAny(w, "=:") }

// isPlace reports whether a word is a port, an address with a port, a path or a
// variable.
func isPlace(w string) bool {
	if w == "" || isVariable(w) || strings.HasPrefix(w, "/") || strings.HasPrefix(w, "./") {
		return true
	}
	address, port := parseAddress(w)
	return port != 0 && strings.Trim(address, "0123456789abcdefABCDEF.:[]*%") == "" || port != 0 && strings.Contains(w, ".")
}

// isOpaque reports whether a word of at least n letters and digits looks like a
// token: both mixed, and no path, address or name of a file.
func isOpaque(w string, n int) bool {
	if len(w) < n || strings.HasPrefix(w, "/") || strings.HasPrefix(w, ".") || isVariable(w) {
		return false
	}
	digits, letters := 0, 0
	for _, c := range w {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			letters++
		case !strings.ContainsRune("+/=_-.", c):
			return false
		}
	}
	return digits > 1 && letters > 1 && strings.Count(w, ".") < 3
}

// redactCommand redacts a command of the boot.
func redactCommand(c BootCommand) BootCommand {
	c.Args = redactArgs(c.Program(), c.Args)
	c.DeviceWords = redactArgs("", c.DeviceWords)
	c.Assigns = slices.Clone(c.Assigns)
	for i, a := range c.Assigns {
		if secretName(a.Name) && secretValue(a.Name, a.Value) {
			c.Assigns[i].Value = redacted
		} else {
			c.Assigns[i].Value = redactText(redactWord("", a.Value))
		}
	}
	c.Redirects = slices.Clone(c.Redirects)
	for i, d := range c.Redirects {
		if d.Text != "" { // a document may hold any settings
			c.Redirects[i].Text = redacted
		}
	}
	return c
}
