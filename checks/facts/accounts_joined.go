package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts/hashes"
)

// joinAccounts makes accounts of lines: each passwd line with the shadow line of
// the same name, folder and kind of copy.
func joinAccounts(lines []accountLine) []Account {
	shadow := map[string]accountLine{}         // by file of the set and name
	entries := map[string]accountLine{}        // likewise
	sets := map[string]bool{}                  // sets that have a passwd file
	for _, l := range slices.Backward(lines) { // the first line of a name counts
		key := setOf(l.File) + "\x00" + l.Name
		switch l.Form {
		case "shadow":
			shadow[key] = l
		case "passwd":
			entries[key] = l
			sets[setOf(l.File)] = true
		}
	}
	accounts := []Account{}
	for _, l := range lines {
		key := setOf(l.File) + "\x00" + l.Name
		switch l.Form {
		case "passwd":
			accounts = append(accounts, unixAccount(l, shadow[key]))
		case "shadow":
			if _, ok := entries[key]; !ok {
				accounts = append(accounts, shadowOnly(l, entries, sets))
			}
		default:
			accounts = append(accounts, serviceAccount(l))
		}
	}
	markSuperseded(accounts)
	slices.SortStableFunc(accounts, func(a, b Account) int {
		return cmp.Or(a.Entry.Compare(b.Entry), cmp.Compare(a.Name, b.Name))
	})
	return accounts
}

// setOf names the pair of files that belong together: the folder, and what the
// name adds to "passwd" or "shadow".
func setOf(file string) string {
	dir, base := path.Split(file)
	base = strings.TrimPrefix(base, ".")
	base = strings.TrimPrefix(strings.TrimPrefix(base, "passwd"), "shadow")
	return dir + base
}

func unixAccount(entry, shadow accountLine) Account {
	a := Account{
		Kind: UnixAccount, Name: entry.Name, UID: entry.UID, GID: entry.GID,
		Shell: entry.Shell, Login: opens(entry.Shell), Folder: path.Dir(entry.File),
		Location: entry.Location, Entry: entry.Location,
	}
	field, _ := entry.Password.Reveal()
	// Field 2 points to the shadow file with x; busybox follows * too.
	if (field == "x" || field == "*") && shadow.Name != "" {
		field, _ = shadow.Password.Reveal()
		a.Location = shadow.Location
		if field == "x" {
			field = "*"
		}
	}
	a.setPassword(field, hashes.KindOf)
	return a
}

// shadowOnly is an account that only a shadow file names. The folder's plain
// passwd file may still say who it is; if there is a passwd file without it,
// nobody can log in as it.
func shadowOnly(l accountLine, entries map[string]accountLine, sets map[string]bool) Account {
	plain := path.Dir(l.File) + "/"
	entry, found := entries[plain+"\x00"+l.Name]
	if found {
		a := unixAccount(entry, accountLine{})
		a.Entry, a.Location = l.Location, l.Location
		field, _ := l.Password.Reveal()
		a.setPassword(field, hashes.KindOf)
		return a
	}
	a := Account{
		Kind: UnixAccount, Name: l.Name, UID: -1, GID: -1, Login: !sets[setOf(l.File)] && !sets[plain],
		Folder: path.Dir(l.File), Location: l.Location, Entry: l.Location,
	}
	field, _ := l.Password.Reveal()
	a.setPassword(field, hashes.KindOf)
	return a
}

func serviceAccount(l accountLine) Account {
	a := Account{
		Kind: WebAccount, Name: l.Name, UID: -1, GID: -1, Login: true,
		Folder: path.Dir(l.File), Location: l.Location, Entry: l.Location,
	}
	field, _ := l.Password.Reveal()
	switch l.Form {
	case "mosquitto":
		a.Kind = MosquittoAccount
		a.setPassword(field, hashes.Mosquitto)
	case "smbpasswd":
		a.Kind = SambaAccount
		a.setPassword(field, hashes.KindOf)
	case "database":
		a.Kind = AppAccount
		a.setPassword(field, storedHash)
	case "pureftpd":
		a.Kind = FTPAccount
		a.setPassword(field, hashes.KindOf)
	case "plain":
		a.Password, a.HashKind, a.Hash = Plain, hashes.PlainText, NewSecret("password", field)
	case "htdigest":
		a.Password, a.HashKind, a.Rounds, a.Hash = Hashed, hashes.Digest, 1, NewSecret(string(hashes.Digest), field)
	default:
		a.setPassword(field, hashes.Htpasswd)
	}
	return a
}

// setPassword decides what field 2 amounts to. What cannot be the result of a
// hash lets nobody in: *, !, !!, *LK*, x, and any hash behind a "!".
func (a *Account) setPassword(field string, kindOf func(string) (HashKind, int)) {
	a.Password = Locked
	if field == "" {
		a.Password = Empty
		return
	}
	kind, rounds := kindOf(field)
	if kind == "" { // System V keeps password ages behind a comma; Sun's MD5 has one of its own
		field, _, _ = strings.Cut(field, ",")
		kind, rounds = kindOf(field)
	}
	if kind != "" {
		a.Password, a.HashKind, a.Rounds = Hashed, kind, rounds
		a.Hash = NewSecret(string(kind), field)
	}
}

// noLogin are programs that end at once or do something else than let in.
var noLogin = []string{"nologin", "false", "true", "sync", "halt", "shutdown", "poweroff", "reboot", "null", "git-shell"}

func opens(shell string) bool { return !slices.Contains(noLogin, path.Base(shell)) }

// isBackup reports whether the set of files is a copy that tools leave behind.
func isBackup(file string) bool {
	base := path.Base(file)
	return strings.HasSuffix(base, "-") || strings.HasSuffix(base, "~") ||
		strings.HasSuffix(base, ".bak") || strings.HasSuffix(base, ".old") || strings.HasSuffix(base, ".orig")
}

func markSuperseded(accounts []Account) {
	live := map[string]bool{}
	key := func(a Account) string { return a.Folder + "\x00" + a.Name }
	for _, a := range accounts {
		if a.Kind == UnixAccount && !isBackup(a.Entry.Path) {
			live[key(a)] = true
		}
	}
	for i, a := range accounts {
		accounts[i].Superseded = a.Kind == UnixAccount && isBackup(a.Entry.Path) && live[key(a)]
	}
}
