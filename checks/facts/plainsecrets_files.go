package facts

import (
	"encoding/base64"
	"path"
	"slices"
	"strings"
)

// secretReader reads a file that is known by its name to keep passwords in a form
// of its own; nil for all others.
func secretReader(t Text) func(Text) []PlainSecret {
	switch base := path.Base(t.File.Name); {
	case base == "chap-secrets" || base == "pap-secrets":
		return pppSecrets
	case base == "nslcd.conf" || base == "pam_ldap.conf" || base == "ldap.conf":
		return wordSecret("bindpw")
	case base == "clients.conf" && strings.Contains(t.Content, "client "):
		return clientSecrets
	case base == "sip.conf" || base == "iax.conf" || base == "manager.conf":
		return wordSecret("secret")
	case base == "fstab":
		return fstabSecrets
	case base == "ipsec.secrets":
		return ipsecSecrets
	case strings.HasSuffix(base, ".eap_user"):
		return eapSecrets
	case base == ".netrc" || base == "_netrc":
		return netrcSecrets
	case base == ".pgpass" || base == "pgpass.conf":
		return pgpassSecrets
	case strings.Contains(t.File.Name, "auth/svn.simple/"):
		return svnSecrets
	case strings.HasPrefix(base, "haproxy") && path.Ext(base) == ".cfg":
		return func(t Text) []PlainSecret { return append(textSecrets(t), haproxySecrets(t)...) }
	case path.Ext(base) == ".sql":
		return sqlSecrets
	case base == "stupid-ftpd.conf":
		return stupidSecrets
	case base == "snmpd.conf" || base == "snmp.conf":
		return func(t Text) []PlainSecret { return append(textSecrets(t), snmpSecrets(t)...) }
	case path.Ext(base) == ".txt" && isGoaheadUsers(t): // Accounts has them
		return func(Text) []PlainSecret { return nil }
	case isSofiaUsers(t):
		return sofiaSecrets
	case path.Ext(base) == ".csv":
		return csvSecrets
	case base == ".dockercfg" || base == "config.json" && strings.Contains(t.Content, `"auths"`):
		return func(t Text) []PlainSecret { return append(textSecrets(t), registrySecrets(t)...) }
	}
	return nil
}

// pppSecrets reads the secrets of pppd: client, server, secret, addresses.
func pppSecrets(t Text) []PlainSecret {
	var found []PlainSecret
	for l := range t.Lines() {
		words := quotedWords(l.Text)
		if len(words) >= 3 && isLiteralSecret(words[2]) {
			found = append(found, secretAt(t, l, "secret of pppd", words[0], words[2]))
		}
	}
	return found
}

// wordSecret reads settings of that name: of nslcd "bindpw x", of Asterisk and
// FreeRADIUS "secret = x".
func wordSecret(name string) func(Text) []PlainSecret {
	return func(t Text) []PlainSecret {
		found := textSecrets(t)
		for l := range t.Lines() {
			setting, _, _ := strings.Cut(l.Text, " ;") // Asterisk's comments
			words := quotedWords(strings.Replace(setting, "=", " ", 1))
			if len(words) == 2 && words[0] == name && !isComment(l.Text) && isLiteralSecret(words[1]) {
				found = append(found, secretAt(t, l, name, "", words[1]))
			}
		}
		return found
	}
}

// fstabSecrets reads the options of a mount: username=u,password=x.
func fstabSecrets(t Text) []PlainSecret {
	var found []PlainSecret
	for l := range t.Lines() {
		words := strings.Fields(l.Text)
		if len(words) < 4 || isComment(words[0]) && !strings.HasPrefix(words[0], "//") {
			continue
		}
		options := map[string]string{}
		for o := range strings.SplitSeq(words[3], ",") {
			name, value, _ := strings.Cut(o, "=")
			options[name] = value
		}
		for _, name := range []string{"password", "pass"} {
			if isLiteralSecret(options[name]) {
				user := options["username"]
				if user == "" {
					user = options["user"]
				}
				found = append(found, secretAt(t, l, name+" of a mount", user, options[name]))
			}
		}
	}
	return found
}

// ipsecSecrets reads the secrets of strongSwan and Libreswan: who : PSK "x".
func ipsecSecrets(t Text) []PlainSecret {
	var found []PlainSecret
	for l := range t.Lines() {
		who, secret, ok := strings.Cut(l.Text, ": ")
		words := quotedWords(secret)
		if !ok || isComment(who) || len(words) < 2 || !slices.Contains([]string{"PSK", "EAP", "XAUTH", "NTLM"}, strings.ToUpper(words[0])) {
			continue
		}
		if value := words[1]; isLiteralSecret(value) {
			found = append(found, secretAt(t, l, "secret of IPsec", strings.TrimSpace(who), value))
		}
	}
	return found
}

// eapSecrets reads users of hostapd: "name" METHOD "password" [2].
func eapSecrets(t Text) []PlainSecret {
	var found []PlainSecret
	for l := range t.Lines() {
		if m := eapUser.Get().FindStringSubmatch(l.Text); m != nil && isLiteralSecret(m[2]) {
			found = append(found, secretAt(t, l, "password of EAP", m[1], m[2]))
		}
	}
	return found
}

var eapUser = lazy(`^\s*"([^"]*)"\s+[A-Z0-9,-]+\s+"([^"]+)"`)

// netrcSecrets reads the words of a .netrc, which may stand on one line or many.
func netrcSecrets(t Text) []PlainSecret {
	var found []PlainSecret
	login, key := "", ""
	for l := range t.Lines() {
		for _, w := range quotedWords(l.Text) {
			switch {
			case key == "login":
				login, key = w, ""
			case key == "password":
				if key = ""; isLiteralSecret(w) {
					found = append(found, secretAt(t, l, "password", login, w))
				}
			case key == "machine" || key == "account":
				key = ""
			case w == "machine" || w == "login" || w == "password" || w == "account":
				key = w
			}
		}
	}
	return found
}

// snmpSecrets reads users of SNMPv3 whose passphrases stand in the settings:
// createUser NAME [-e ENGINE] SHA PASSPHRASE [AES PASSPHRASE], and defAuthPassphrase
// and its kin.
func snmpSecrets(t Text) []PlainSecret {
	var found []PlainSecret
	for l := range t.Lines() {
		words := quotedWords(l.Text)
		if len(words) < 2 {
			continue
		}
		user, rest := "", words[1:]
		switch strings.ToLower(words[0]) {
		case "createuser":
			user = rest[0]
			if rest = rest[1:]; len(rest) > 1 && rest[0] == "-e" {
				rest = rest[2:]
			}
			rest = slices.DeleteFunc(slices.Clone(rest), func(w string) bool { return w == "-l" || w == "-m" })
			if len(rest) > 1 {
				rest = rest[1:2]
			} else {
				rest = nil
			}
		case "defpassphrase", "defauthpassphrase", "defprivpassphrase":
		default:
			continue
		}
		if len(rest) > 0 && isLiteralSecret(rest[0]) && !strings.HasPrefix(rest[0], "0x") {
			found = append(found, secretAt(t, l, words[0], user, rest[0]))
		}
	}
	return found
}

// registrySecrets reads the logins of container registries, as docker keeps them:
// user and password in base64.
func registrySecrets(t Text) []PlainSecret {
	var found []PlainSecret
	for l := range t.Lines() {
		for _, m := range registryAuth.Get().FindAllStringSubmatch(l.Text, 64) {
			if user, password, ok := basicLogin(m[1]); ok {
				found = append(found, secretAt(t, l, "login of a registry", user, password))
			}
		}
	}
	return found
}

var registryAuth = lazy(`"auth"\s*:\s*"([A-Za-z0-9+/]{6,400}={0,2})"`)

// basicLogin reads user and password as HTTP sends them (RFC 7617, 2).
func basicLogin(text string) (user, password string, ok bool) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", "", false
	}
	user, password, ok = strings.Cut(string(b), ":")
	manual := slices.Contains(likeAddress, strings.ToLower(user)) && slices.Contains(likeAddress, strings.ToLower(password))
	return user, password, ok && user != "" && !manual && isPrintable(user) && isLiteralSecret(password) && !Unresolved(password)
}

func secretAt(t Text, l Line, name, account, value string) PlainSecret {
	return PlainSecret{Name: name, Account: forPeople(account), OnList: isListed(value), Secret: NewSecret("password", value), Location: t.At(l)}
}

// quotedWords splits a line of settings at blanks; what stands in quotes is one
// word, and a comment none.
func quotedWords(line string) []string {
	if s := strings.TrimSpace(line); s == "" || s[0] == '#' {
		return nil
	}
	var words []string
	for _, m := range quotedWord.Get().FindAllStringSubmatch(line, 64) {
		words = append(words, m[1]+m[2]+m[3])
	}
	return words
}

var quotedWord = lazy(`"([^"]*)"|'([^']*)'|([^\s"']+)`)
