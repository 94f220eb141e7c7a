package facts

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/hashes"
	"github.com/assay-iot/assay/firmware"
)

// AccountKind tells whose account it is.
type AccountKind string

// The kinds of account.
const (
	UnixAccount      AccountKind = "unix"      // passwd and shadow
	MosquittoAccount AccountKind = "mosquitto" // a password file of the MQTT broker
	WebAccount       AccountKind = "htpasswd"  // a password file of a web server, or OpenWrt's settings of one
	SambaAccount     AccountKind = "smbpasswd" // a password file of Samba
	FTPAccount       AccountKind = "pureftpd"  // a password file of Pure-FTPd
	AppAccount       AccountKind = "database"  // a row of an application's SQLite database, or a hash in its settings
)

// PasswordState says what field 2 amounts to. The zero value is Locked only in
// name: it is set for every account.
type PasswordState string

// The states of a password.
const (
	Locked PasswordState = "locked" // *, !, !!, *LK*, x without a shadow line, or no hash at all
	Empty  PasswordState = "empty"  // nothing is asked
	Hashed PasswordState = "hashed" // a usable hash
	Plain  PasswordState = "plain"  // the password itself
)

// Account is someone who may log in: one name in one folder of settings.
type Account struct {
	Kind     AccountKind
	Name     string
	UID, GID int    // -1 if no passwd line names them
	Shell    string // as written; empty means /bin/sh
	Login    bool   // the shell, or the service, lets someone in
	Password PasswordState
	Hash     Secret   // field 2, if Hashed or Plain
	HashKind HashKind // if Hashed or Plain
	Rounds   int      // if Hashed; see hashes.KindOf
	// SetBy is the program that sets the password when the device starts; the
	// Location is its command. Empty if the line stands in the image.
	SetBy string
	// Superseded says that the line stands in a backup (passwd-, shadow-) and
	// the live file of the same folder has the account too.
	Superseded bool
	Folder     string         // path of the folder of settings
	Location   assay.Location // of the line that decides about the password
	Entry      assay.Location // of the passwd line; like Location where there is no other
}

// CanLogIn reports whether someone gets in with nothing or with the password
// that is hashed here.
func (a Account) CanLogIn() bool { return a.Login && a.Password != Locked && !a.Superseded }

// BuiltIn reports whether the image holds the password, hashed or in clear.
func (a Account) BuiltIn() bool { return a.Password == Hashed || a.Password == Plain }

// MaxAccountFile is the size in bytes up to which passwd, shadow and password
// files are read. Devices have a few dozen lines.
const MaxAccountFile = 1 << 20

// MaxAccounts is the number of lines that are read of one account file.
const MaxAccounts = 10000

// accountLine is a line of an account file, before passwd and shadow are joined.
type accountLine struct {
	File     string // path of the file
	Form     string // passwd, shadow, mosquitto, htpasswd, htdigest, smbpasswd, pureftpd, database, plain
	Name     string
	UID, GID int
	Shell    string
	Password Secret
	Location assay.Location
}

var accountScan = &Scan[accountLine]{
	Name: "account-lines",
	Doc:  "Lines of passwd, shadow, mosquitto, htpasswd, Samba and Pure-FTPd files, and such lines with a hash in programs.",
	Want: func(f *firmware.File) bool {
		return (f.Kind == firmware.Regular || f.Kind == firmware.Raw) && f.Size > 0
	},
	Words: hashAnchors,
	Spot: func(f *firmware.File, content []byte, anchors sights) []accountLine {
		form := accountForm(f.Name)
		switch {
		case form == "" && !anchors.Any():
			return nil
		case form == "" && isCode(f, content):
			return compiledAccounts(f, content, anchors)
		case f.Kind == firmware.Raw || f.Size > MaxAccountFile:
			return nil
		}
		return accountLines(f, form, content)
	},
}

// accountForm tells passwd and shadow files by their names, whatever the
// folder: passwd, passwd-, shadow.default, htpasswd. The lines must fit too.
func accountForm(name string) string {
	base := strings.TrimPrefix(path.Base(name), ".")
	switch {
	case strings.HasSuffix(base, "htpasswd") || strings.HasPrefix(base, "htpasswd") || base == "rsyncd.secrets":
		return "htpasswd"
	case strings.HasSuffix(base, "htdigest") || strings.HasPrefix(base, "htdigest"):
		return "htdigest"
	case base == "httpd.conf":
		return "httpd.conf"
	case isAccountFile(base, "smbpasswd"):
		return "smbpasswd"
	case isAccountFile(base, "pureftpd.passwd"):
		return "pureftpd"
	case isAccountFile(base, "passwd"):
		return "passwd"
	case isAccountFile(base, "shadow"):
		return "shadow"
	}
	return ""
}

// accountSuffix is what follows "passwd" or "shadow" in the name of a copy.
var accountSuffix = lazy(`^([-~+]|[._-](default|defaults|def|orig|org|bak|backup|old|new|rom|factory|tmpl|template|sample|dist|[0-9]+))*$`)

func isAccountFile(base, form string) bool {
	rest, ok := strings.CutPrefix(base, form)
	return ok && (rest == "" || accountSuffix.Get().MatchString(rest))
}

// NamesAccounts reports whether a file has the name of one of Unix's account files, or of a
// copy of one.
func NamesAccounts(base string) bool {
	return isAccountFile(base, "passwd") || isAccountFile(base, "shadow") || isAccountFile(base, "group")
}

var hashAnchors = newLiterals([]string{":$", ":{SHA}", ":{SSHA}"})

func accountLines(f *firmware.File, form string, content []byte) []accountLine {
	var lines []accountLine
	t := Text{File: f, Content: string(content)}
	for l := range t.Lines() {
		a, ok := parseAccountLine(form, l.Text)
		if !ok {
			continue
		}
		if form == "" && a.Form != "passwd" && a.Form != "shadow" && strings.HasPrefix(t.Content, "#!") {
			continue // input of a command of a script, which is read as such
		}
		a.File, a.Location = f.Path, t.At(l)
		if lines = append(lines, a); len(lines) == MaxAccounts {
			break
		}
	}
	return lines
}

// isAccountName reports whether a name can be that of an account: 64 letters, digits, "_",
// "." and, but for the first, "@" and "-" at most, and a "$" behind those of machines.
func isAccountName(name string) bool {
	name = strings.TrimSuffix(name, "$")
	if name == "" || len(name) > 64 || name[0] == '@' || name[0] == '-' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte("_.@-", c) < 0 {
			return false
		}
	}
	return true
}

// digestSum is the last field of an htdigest line: MD5 of user, realm and
// password.
var digestSum = lazy(`^[0-9a-f]{32}$`)

// parseAccountLine reads a line of an account file of that form. The form is
// empty where the file's name says nothing: then a line counts only if it holds
// a hash.
func parseAccountLine(form, line string) (accountLine, bool) {
	if form == "httpd.conf" {
		// busybox: path, user and password.
		_, rest, ok := strings.Cut(line, ":")
		if !ok || !strings.HasPrefix(line, "/") {
			return accountLine{}, false
		}
		form, line = "htpasswd", rest
	}
	if form == "smbpasswd" {
		return parseSambaLine(line)
	}
	field := strings.Split(line, ":")
	if len(field) < 2 || !isAccountName(field[0]) {
		return accountLine{}, false
	}
	a := accountLine{Form: form, Name: field[0], UID: -1, GID: -1}
	switch {
	case len(field) == 7 && (form == "passwd" || isHash(field[1])):
		uid, err := strconv.ParseUint(field[2], 10, 32)
		gid, err2 := strconv.ParseUint(field[3], 10, 32)
		if err != nil || err2 != nil {
			return accountLine{}, false
		}
		a.Form, a.UID, a.GID, a.Shell = "passwd", int(uid), int(gid), strings.TrimSpace(field[6])
	case len(field) == 9 && (form == "shadow" || isHash(field[1])):
		if !allNumbers(field[2:8]) {
			return accountLine{}, false
		}
		a.Form = "shadow"
	case len(field) == 2 && (form == "" || form == "htpasswd" || form == "passwd"):
		field[1] = strings.TrimSpace(field[1])
		if kind, _ := hashes.Mosquitto(field[1]); kind != "" && form != "htpasswd" {
			a.Form = "mosquitto"
			break
		}
		kind, _ := hashes.Htpasswd(field[1])
		if kind == "" && form == "htpasswd" && isLiteralSecret(field[1]) {
			a.Form = "plain"
			break
		}
		// A word of 13 characters is a hash only in a file that says what it is.
		if kind == "" || form == "" && (kind == hashes.DES || kind == hashes.BSDi || kind == hashes.Unknown) {
			return accountLine{}, false
		}
		a.Form = "htpasswd"
	case len(field) >= 6 && (form == "pureftpd" || form == "" && len(field) == pureFTPFields) && isHash(field[1]) && allNumbers(field[2:4]):
		a.Form = "pureftpd"
	case len(field) == 3 && form == "htdigest" && digestSum.Get().MatchString(field[2]):
		a.Form, field[1] = "htdigest", line
	default:
		return accountLine{}, false
	}
	a.Password = NewSecret("password field", field[1])
	return a, true
}

func isHash(field string) bool {
	kind, _ := hashes.KindOf(field)
	return kind != "" && strings.HasPrefix(field, "$")
}

func allNumbers(fields []string) bool {
	return !slices.ContainsFunc(fields, func(s string) bool {
		_, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		return err != nil && strings.TrimSpace(s) != ""
	})
}

// accountLinesOf are the lines of the scan, and those of files that a link named
// passwd or shadow leads to under another name.
var accountLinesOf = &Fact[[]accountLine]{
	Name:  "account-files-and-links",
	Doc:   "Lines of account files, links followed inside the image.",
	Needs: []Node{accountScan, Tree, Texts, Programs, databaseLogins},
	Observe: func(o *Observer) ([]accountLine, error) {
		lines, err := accountScan.Of(o)
		if err != nil {
			return nil, err
		}
		programs, err := Programs.Of(o)
		if err != nil {
			return nil, err
		}
		isProgram := make(map[string]bool, len(programs)) // as the one that "passwd" leads to
		for _, p := range programs {
			isProgram[p.Location.Path] = true
		}
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		lines = slices.Clone(lines)
		for _, f := range img.Files {
			if f.Kind != firmware.Symlink || accountForm(f.Name) == "" {
				continue
			}
			target, ok := f.Container.Lookup(f.Name)
			if !ok || target.Kind != firmware.Regular || accountForm(target.Name) != "" || target.Size > MaxAccountFile || isProgram[target.Path] {
				continue
			}
			content, err := contentOf(target, texts)
			if err != nil {
				return nil, err
			}
			// The lines stand at the target, but belong to the folder of the link.
			for _, l := range accountLines(target, accountForm(f.Name), content) {
				l.File = f.Path
				lines = append(lines, l)
			}
		}
		rows, err := databaseLogins.Of(o)
		if err != nil {
			return nil, err
		}
		return slices.Concat(lines, userFileLines(texts), uciLogins(texts), settingHashes(texts), databaseLines(rows)), nil
	},
}

// contentOf gives the content of a file, of a text without unpacking it again.
func contentOf(f *firmware.File, texts *TextSet) ([]byte, error) {
	if t, ok := texts.Of(f); ok {
		return []byte(t.Content), nil
	}
	return f.ReadFile()
}

// Accounts are all accounts of the image with what their passwords amount to.
var Accounts = &Fact[[]Account]{
	Name:    "accounts",
	Doc:     "Accounts of passwd, shadow, mosquitto, Samba, Pure-FTPd and web password files, OpenWrt's web logins, and those whose password the start sets: name, user id, shell, kind of hash, locked or empty.",
	Version: 8,
	Needs:   []Node{accountLinesOf, PasswordWrites},
	Observe: func(o *Observer) ([]Account, error) {
		lines, err := accountLinesOf.Of(o)
		if err != nil {
			return nil, err
		}
		writes, err := PasswordWrites.Of(o)
		if err != nil {
			return nil, err
		}
		return withWrites(joinAccounts(lines), writes), nil
	},
}

// AccountFiles are the files that Accounts were read from.
var AccountFiles = &Fact[[]assay.Location]{
	Name:    "account-files",
	Version: 4,
	Doc:     "The passwd, shadow, mosquitto and htpasswd files.",
	Needs:   []Node{accountLinesOf},
	Observe: func(o *Observer) ([]assay.Location, error) {
		lines, err := accountLinesOf.Of(o)
		if err != nil {
			return nil, err
		}
		files := map[string]assay.Location{}
		for _, l := range lines {
			files[l.Location.Path] = assay.Location{Path: l.Location.Path, Digest: l.Location.Digest}
		}
		return append([]assay.Location{}, slices.SortedFunc(maps.Values(files), assay.Location.Compare)...), nil
	},
}
