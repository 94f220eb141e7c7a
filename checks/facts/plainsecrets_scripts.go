package facts

import (
	"path"
	"slices"
	"strings"
)

// scriptSecrets finds passwords in the commands of a shell script.
func scriptSecrets(set *TextSet, s Script) []PlainSecret {
	root, _, _ := cutLast(s.Path, "!")
	r := commandReader{commands: s.Commands, root: root, read: set.reader(root)}
	text, _ := r.read(s.Name)
	var found []PlainSecret
	for _, w := range r.passwordWrites() {
		if w.State == Plain {
			value, _ := w.Secret.Reveal()
			found = append(found, PlainSecret{Name: w.By, Account: forPeople(w.Account), OnList: isListed(value), Secret: w.Secret, Location: w.Location})
		}
	}
	for i, c := range s.Commands.All() {
		if !slices.ContainsFunc(found, func(p PlainSecret) bool { return p.Location == c.Location }) {
			found = append(found, r.commandSecrets(i)...)
		}
	}
	return slices.DeleteFunc(found, func(p PlainSecret) bool {
		value, _ := p.Secret.Reveal()
		return !isStrongWord(value) && asksFor(text, p.Name, int(p.Location.Offset))
	})
}

// commandSecrets finds passwords in assignments, arguments and documents of a
// command.
func (r *commandReader) commandSecrets(i int) []PlainSecret {
	c := r.commands.At(i)
	var found []PlainSecret
	for _, a := range c.Assigns {
		found = slices.Concat(appendSecret(found, a.Name, a.Value), recordSecrets(a.Value), addressSecrets(a.Value))
	}
	name, args := c.Effective()
	program := path.Base(name)
	found = append(found, argumentSecrets(program, args)...)
	found = append(found, r.typedSecrets(i)...)
	for _, a := range args {
		found = append(found, addressSecrets(a)...)
		if key, value, ok := assignedIn(program, a); ok && !strings.ContainsAny(a, " \n") {
			for key, value := range pairs(key, value) {
				found = appendSecret(found, key, value)
			}
		}
	}
	found = append(found, optionSecrets(program, args)...)
	if text, ok := r.written(i, program); ok {
		for line := range strings.Lines(text) {
			found = append(found, lineSecrets(settingText, line)...)
		}
	}
	var once []PlainSecret
	for _, s := range found {
		value, _ := s.Secret.Reveal()
		if s.Location = c.Location; !Unresolved(value) && !slices.ContainsFunc(once, func(t PlainSecret) bool { return t.Secret == s.Secret }) {
			once = append(once, s)
		}
	}
	return once
}

// readLine is a command of a script that reads variables.
var readLine = lazy(`(?m)(?:^|[;&|]|\b(?:while|until|if|then|do|else)\b)[ \t]*read[ \t]([^\n;|&<]*)`)

// asksFor reports whether a script reads a variable from whoever runs it, behind the offset:
// a word that stood in it before opens nothing.
func asksFor(script, name string, behind int) bool {
	if behind < 0 || behind > len(script) || name == "" {
		return false
	}
	for _, m := range readLine.Get().FindAllStringSubmatch(script[behind:], -1) {
		if slices.Contains(strings.Fields(m[1]), name) {
			return true
		}
	}
	return false
}

// pairs splits "user=a,pass=b" as mount -o has it.
func pairs(key, value string) func(func(string, string) bool) {
	return func(yield func(string, string) bool) {
		if !strings.Contains(value, "=") || !strings.Contains(value, ",") {
			yield(key, value)
			return
		}
		for part := range strings.SplitSeq(key+"="+value, ",") {
			if k, v, ok := strings.Cut(part, "="); ok && !yield(k, v) {
				return
			}
		}
	}
}

// written is the text that a command puts into a file.
func (r *commandReader) written(i int, program string) (string, bool) {
	into := func(op string) bool { return strings.HasPrefix(op, ">") }
	c := r.commands.At(i)
	for _, d := range c.Redirects {
		if d.Text != "" {
			return d.Text, true
		}
		if into(d.Op) && (program == "echo" || program == "printf") && !strings.HasPrefix(d.Word, "/dev/") {
			return r.output(i)
		}
	}
	return "", false
}

// secretFlag is a flag of a program whose value is a password; with a mark, the
// password stands behind it, as in "-u user:password". The value is the next
// word, or the rest of the same one.
type secretFlag struct {
	flag, mark string
	form       flagForm
}

type flagForm uint8

const (
	anyForm flagForm = iota
	nextWord
	sameWord
)

// snmpFlags are those of the tools of Net-SNMP.
var snmpFlags = []secretFlag{{"-A", "", nextWord}, {"-X", "", nextWord}}

var secretFlags = map[string][]secretFlag{
	"snmpget":       snmpFlags,
	"snmpset":       snmpFlags,
	"snmpwalk":      snmpFlags,
	"snmptrap":      snmpFlags,
	"snmpusm":       snmpFlags,
	"curl":          {{"-u", ":", anyForm}, {"--user", ":", anyForm}, {"-U", ":", nextWord}, {"--proxy-user", ":", anyForm}, {"--pass", "", anyForm}},
	"wget":          {{"--password", "", sameWord}, {"--http-password", "", sameWord}, {"--ftp-password", "", sameWord}, {"--proxy-password", "", sameWord}},
	"mosquitto_pub": {{"-P", "", anyForm}, {"--pw", "", anyForm}},
	"mosquitto_sub": {{"-P", "", anyForm}, {"--pw", "", anyForm}},
	"mosquitto_rr":  {{"-P", "", anyForm}, {"--pw", "", anyForm}},
	"sshpass":       {{"-p", "", anyForm}},
	"mysql":         {{"-p", "", sameWord}, {"--password", "", sameWord}},
	"mysqladmin":    {{"-p", "", sameWord}, {"--password", "", sameWord}},
	"mysqldump":     {{"-p", "", sameWord}, {"--password", "", sameWord}},
	"ftpput":        {{"-p", "", nextWord}},
	"ftpget":        {{"-p", "", nextWord}},
	"ncftpput":      {{"-p", "", nextWord}},
	"lftp":          {{"-u", ",", nextWord}},
	"smbclient":     {{"-U", "%", anyForm}},
	"ldapsearch":    {{"-w", "", nextWord}},
	"redis-cli":     {{"-a", "", nextWord}},
	"unzip":         {{"-P", "", nextWord}},
	"zip":           {{"-P", "", nextWord}},
	"7z":            {{"-p", "", sameWord}},
	"7za":           {{"-p", "", sameWord}},
	"7zr":           {{"-p", "", sameWord}},
	"gpg":           {{"--passphrase", "", anyForm}},
	"ipmitool":      {{"-P", "", nextWord}},
	"openssl":       {{"-passin", "pass:", nextWord}, {"-passout", "pass:", nextWord}, {"-pass", "pass:", nextWord}, {"-k", "", nextWord}},
}

// argumentSecrets finds the passwords among the arguments of a program.
func argumentSecrets(program string, args []string) []PlainSecret {
	var found []PlainSecret
	for _, f := range secretFlags[program] {
		for _, v := range valuesAfter(args, f) {
			user, password, ok := strings.Cut(v, f.mark)
			if f.mark == "" {
				user, password, ok = "", v, true
			}
			manual := isManualWord(strings.ToLower(strings.TrimSpace(user))) && isManualWord(strings.ToLower(password))
			if ok && isLiteralSecret(password) && !Unresolved(password) && !manual {
				found = append(found, PlainSecret{Name: program + " " + f.flag, Account: forPeople(strings.TrimSpace(user)), OnList: isListed(password), Secret: NewSecret("password", password)})
			}
		}
	}
	found = append(found, wordSecrets(program, args)...)
	if key := wifiArgument(program, args); key != "" && !Unresolved(key) {
		found = append(found, PlainSecret{Name: program, Wifi: true, OnList: isListed(key), Secret: NewSecret("password", key)})
	}
	return found
}

// valuesAfter gives the values of a flag, also as "-pVALUE" and "--flag=VALUE".
func valuesAfter(args []string, f secretFlag) []string {
	var out []string
	for i, a := range args {
		switch {
		case a == f.flag && i+1 < len(args):
			if f.form != sameWord && !strings.HasPrefix(args[i+1], "-") {
				out = append(out, args[i+1])
			}
		case f.mark != "" && len(f.flag) == 2 && isShort(a, f.flag[1]) && strings.HasSuffix(a, f.flag[1:]) && i+1 < len(args) && strings.Contains(args[i+1], f.mark):
			out = append(out, args[i+1]) // "-sSu"
		case f.form == nextWord:
		case strings.HasPrefix(f.flag, "--") && strings.HasPrefix(a, f.flag+"="):
			out = append(out, a[len(f.flag)+1:])
		case len(f.flag) == 2 && len(a) > 2 && strings.HasPrefix(a, f.flag):
			out = append(out, a[2:])
		}
	}
	return out
}

// wordSecrets finds passwords among arguments that are words of a program's own:
// "pppd user x password y", "fw_setenv password y", and what curl and wget send.
func wordSecrets(program string, args []string) []PlainSecret {
	var found []PlainSecret
	add := func(name, account, value string) {
		if isLiteralSecret(value) && !Unresolved(value) {
			found = append(found, PlainSecret{Name: program + " " + name, Account: forPeople(account), OnList: isListed(value), Secret: NewSecret("password", value)})
		}
	}
	switch program {
	case "pppd":
		user := ""
		for i := range args[:max(len(args)-1, 0)] {
			switch args[i] {
			case "user", "name":
				user = args[i+1]
			case "password":
				add("password", user, args[i+1])
			}
		}
	case "docker", "podman":
		if len(args) > 0 && args[0] == "login" {
			for _, v := range append(valuesAfter(args, secretFlag{"-p", "", nextWord}), valuesAfter(args, secretFlag{"--password", "", anyForm})...) {
				add("login -p", "", v)
			}
		}
	case "openssl":
		if key := wordAfter(args, "-K"); slices.Contains(hexKeys, len(key)) && strings.Trim(key, hexDigits) == "" && !isRepeated(key) {
			found = append(found, PlainSecret{Name: "openssl -K", Secret: NewSecret("key", key)})
		}
	case "nvram_set": // of Ralink's kit, with the number of the chip before the name or without
		if n := len(args); n == 2 || n == 3 {
			found = appendSecret(found, args[n-2], args[n-1])
		}
	case "flash", "tcapi", "nvram", "syscfg", "cfg", "xmldbc":
		found = append(found, keptSecret(program, args)...)
	case "fw_setenv":
		if words := skipFlags(args, "-c", "-l"); len(words) == 2 && isPasswordName(words[0]) {
			add(forPeople(words[0]), "", words[1])
		}
	case "curl", "wget":
		for i, a := range args {
			if m := basicHeader.Get().FindStringSubmatch(a); m != nil {
				if user, password, ok := basicLogin(m[1]); ok {
					add("Authorization", user, password)
				}
			}
			if body, ok := sentBody(args, i); ok {
				for name, value := range bodyPairs(body) {
					if isPasswordName(name) && !isFieldName(value) {
						add(forPeople(name), "", value)
					}
				}
			}
		}
	}
	return found
}

// hexKeys are the numbers of digits of keys of ciphers: 64 to 256 bits.
var hexKeys = []int{16, 32, 48, 64}

const hexDigits = "0123456789abcdefABCDEF"

var basicHeader = lazy(`(?i)^(?:--header=|-H)?authorization:\s*basic\s+([A-Za-z0-9+/]{4,400}={0,2})$`)

// sentBody is what the argument at i sends, if it is text that stands there.
func sentBody(args []string, i int) (string, bool) {
	body, joined := "", false
	for _, flag := range []string{"--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json", "--post-data", "--body-data", "-d"} {
		if v, ok := strings.CutPrefix(args[i], flag+"="); ok && strings.HasPrefix(flag, "--") {
			body, joined = v, true
		}
		if args[i] == flag && i+1 < len(args) {
			body, joined = args[i+1], true
		}
	}
	return body, joined && !strings.HasPrefix(body, "@")
}

// bodyPairs gives the fields of a form, or of a flat JSON object.
func bodyPairs(body string) func(func(string, string) bool) {
	return func(yield func(string, string) bool) {
		if strings.HasPrefix(strings.TrimSpace(body), "{") {
			for _, m := range jsonPair.Get().FindAllStringSubmatch(body, 64) {
				if !yield(m[1], m[2]) {
					return
				}
			}
			return
		}
		for field := range strings.SplitSeq(body, "&") {
			if name, value, ok := strings.Cut(field, "="); ok && !yield(name, value) {
				return
			}
		}
	}
}

var jsonPair = lazy(`"([A-Za-z0-9_.-]{1,64})"\s*:\s*"([^"\\]{1,128})"`)
