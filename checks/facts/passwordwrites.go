package facts

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/hashes"
)

// PasswordWrite is a command by which the device sets a password, or takes one
// away, when it starts. What makes a password of its own on each device, by
// chance or from its identity, is none.
type PasswordWrite struct {
	Account     string         `json:"account,omitempty"` // empty if the command does not say
	Kind        AccountKind    `json:"kind"`
	UID         int            `json:"uid"`             // -1 if the command does not say
	State       PasswordState  `json:"state,omitempty"` // Empty, Hashed or Plain; empty if it was not understood
	Secret      Secret         `json:"secret"`          // if Hashed or Plain
	HashKind    HashKind       `json:"hash_kind,omitempty"`
	Rounds      int            `json:"rounds,omitempty"`
	By          string         `json:"by"`             // program that does it
	File        string         `json:"file,omitempty"` // file that is written, if no program for it does it
	Conditional bool           `json:"conditional,omitempty"`
	Elsewhere   bool           `json:"elsewhere,omitempty"` // in a file that the start does not reach
	Root        string         `json:"root"`                // container
	Location    assay.Location `json:"location"`
}

// Understood reports whether it is known what the account's password is once
// the device has started.
func (w PasswordWrite) Understood() bool { return w.State != "" && !w.Elsewhere }

// PasswordWrites are the commands that set passwords at the start. Where the
// start could not be followed whole, those of all scripts count; where it could,
// those of scripts, tables and programs that it does not reach are marked.
var PasswordWrites = &Fact[[]PasswordWrite]{
	Name:    "password-writes",
	Version: 4,
	Doc:     "Commands that set or remove passwords when the device starts: chpasswd, passwd and the like, and writes to passwd and shadow.",
	Needs:   []Node{Boot, Scripts, Texts, handedCommands},
	Observe: func(o *Observer) ([]PasswordWrite, error) {
		g, err := Boot.Of(o)
		if err != nil {
			return nil, err
		}
		scripts, err := Scripts.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		others, err := handedCommands.Of(o)
		if err != nil {
			return nil, err
		}
		writes := append([]PasswordWrite{}, g.Passwords...)
		add := func(s *Script, likely, reached bool) {
			root, _, _ := cutLast(s.Path, "!")
			followed := followedWhole(g.Inits, root)
			r := commandReader{commands: s.Commands, root: root, read: texts.reader(root)}
			for _, w := range r.passwordWrites() {
				switch w.Elsewhere = followed || !reached; {
				case w.Elsewhere && slices.ContainsFunc(g.Passwords, func(b PasswordWrite) bool { return b.Location == w.Location }):
				case w.State != "" || !followed && likely:
					writes = append(writes, w)
				}
			}
		}
		for i := range scripts {
			// What is not understood counts only where it is likely to run: many programs for
			// people keep accounts in order.
			add(&scripts[i], strings.HasPrefix(scripts[i].Name, "etc/"), true)
		}
		for i := range others { // pages set the passwords that people choose
			add(&others[i].Script, false, others[i].by == byTable)
		}
		return uniqueWrites(writes), nil
	},
}

// passwordWrites reads commands of the start, before secrets are taken out of them.
func (g *boot) passwordWrites(commands []*BootCommand) []PasswordWrite {
	r := commandReader{root: g.root.Path, read: func(name string) (string, bool) {
		t, ok := g.texts.Get(g.root, strings.TrimPrefix(path.Clean("/"+name), "/"))
		return t.Content, ok && !Unresolved(name)
	}}
	r.boot = commands
	return r.passwordWrites()
}

// followedWhole reports whether all that a root file system starts is known.
func followedWhole(inits []Init, root string) bool {
	return slices.ContainsFunc(inits, func(i Init) bool { return i.Root == root && i.Kind != "" && i.Problem == "" })
}

func uniqueWrites(all []PasswordWrite) []PasswordWrite {
	unique := []PasswordWrite{}
	for _, w := range all {
		if !slices.Contains(unique, w) && len(unique) < MaxAccounts {
			unique = append(unique, w)
		}
	}
	return unique
}

// reader gives the text files of a container by their absolute paths.
func (s *TextSet) reader(container string) func(string) (string, bool) {
	i := slices.IndexFunc(s.all, func(t Text) bool { return t.File.Container.Path == container })
	return func(name string) (string, bool) {
		if i < 0 || Unresolved(name) {
			return "", false
		}
		t, ok := s.Get(s.all[i].File.Container, strings.TrimPrefix(path.Clean("/"+name), "/"))
		return t.Content, ok
	}
}

// commandReader understands commands one after the other.
type commandReader struct {
	commands Commands
	boot     []*BootCommand // in their place
	root     string
	read     func(name string) (string, bool)
	found    []PasswordWrite
}

// passwordSetters are programs that set passwords; each hears of the command's
// index and arguments.
var passwordSetters = map[string]func(r *commandReader, i int, args []string){
	"chpasswd":         (*commandReader).chpasswd,
	"passwd":           (*commandReader).passwd,
	"smbpasswd":        (*commandReader).passwd,
	"adduser":          (*commandReader).adduser,
	"useradd":          (*commandReader).usermod,
	"usermod":          (*commandReader).usermod,
	"mosquitto_passwd": (*commandReader).batchPassword,
	"htpasswd":         (*commandReader).batchPassword,
	"telnetd":          (*commandReader).telnetLogin,
	"utelnetd":         (*commandReader).telnetLogin,
}

func (r *commandReader) at(i int) Command {
	if r.boot != nil {
		return r.boot[i].Command
	}
	return r.commands.At(i)
}

func (r *commandReader) passwordWrites() []PasswordWrite {
	for i := range max(len(r.boot), r.commands.Len()) {
		c := r.at(i)
		name, args := c.Effective()
		if set, ok := passwordSetters[path.Base(name)]; ok {
			set(r, i, args)
			continue
		}
		r.accountFileWrites(i, path.Base(name), args)
	}
	return uniqueWrites(r.found)
}

// add notes what a password becomes: the word as it stands in the command.
func (r *commandReader) add(i int, account, word string, plain bool) {
	w := r.write(i, account)
	kind, rounds := hashes.KindOf(word)
	made := madeFromConstant(word)
	switch {
	case word == "":
		w.State = Empty
	case !plain && (kind != "" || !Unresolved(word) && isLock(word)):
		if kind == "" {
			return
		}
		w.State, w.HashKind, w.Rounds, w.Secret = Hashed, kind, rounds, NewSecret(string(kind), word)
	case made != "":
		w.State, w.HashKind, w.Secret = Plain, hashes.PlainText, NewSecret("password", made)
	case Unresolved(word):
		if r.at(i).Device || madeByChance(word) {
			return
		}
	case plain:
		w.State, w.HashKind, w.Secret = Plain, hashes.PlainText, NewSecret("password", word)
	}
	r.found = append(r.found, w)
}

// unclear notes a command whose effect is not understood.
func (r *commandReader) unclear(i int, account, file string) {
	w := r.write(i, account)
	w.File = file
	r.found = append(r.found, w)
}

func (r *commandReader) write(i int, account string) PasswordWrite {
	c := r.at(i)
	return PasswordWrite{
		Account: account, Kind: UnixAccount, UID: -1, By: c.Program(), Conditional: c.Conditional, Root: r.root, Location: c.Location,
	}
}

// isLock reports whether a second field lets nobody in.
func isLock(field string) bool { return strings.Trim(field, "*!xLK") == "" }

// chance are words by which scripts get at random numbers.
var chance = []string{"random", "hwrng", "openssl rand", "pwgen", "uuid", "mkpasswd -s", "apg "}

func madeByChance(word string) bool {
	return slices.ContainsFunc(chance, func(c string) bool { return strings.Contains(word, c) })
}

// constantHash is a substitution that hashes a password that stands in it.
var constantHash = lazy("^(?:\\$\\(|`)\\s*(?:\\S*/)?(?:busybox )?(?:mkpasswd|cryptpw|openssl passwd)((?:\\s+[^\\s|<>$`();&]+)+)\\s*[)`]$")

// madeFromConstant gives the password that such a substitution hashes.
func madeFromConstant(word string) string {
	m := constantHash.Get().FindStringSubmatch(word)
	if m == nil {
		return ""
	}
	words := skipFlags(strings.Fields(m[1]), "-m", "-S", "-salt", "-R", "--method", "--salt")
	if len(words) == 0 || strings.HasPrefix(words[0], "-") {
		return ""
	}
	return strings.Trim(words[0], `"'`)
}

// chpasswd reads lines of user and password.
func (r *commandReader) chpasswd(i int, args []string) {
	text, some, ok := r.input(i)
	if !ok {
		if some {
			r.unclear(i, "", "")
		}
		return
	}
	encrypted := hasFlag(args, "-e", "--encrypted")
	for line := range strings.Lines(text) {
		user, password, found := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if found && user != "" {
			r.add(i, user, password, !encrypted)
		}
	}
}

// passwd reads its flags, or the password that is typed into it.
func (r *commandReader) passwd(i int, args []string) {
	user := ""
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			user = a
			break
		}
	}
	if user == "" {
		user = "root"
	}
	switch {
	case hasFlag(args, "-d", "--delete"):
		r.add(i, user, "", false)
	case hasFlag(args, "-l", "--lock", "-S", "--status"):
	case hasFlag(args, "-u", "--unlock"):
		r.unclear(i, user, "")
	default:
		r.typed(i, user)
	}
}

// typed reads a password from the command's input, in its first line.
func (r *commandReader) typed(i int, user string) {
	text, some, ok := r.input(i)
	switch {
	case ok:
		line, _, _ := strings.Cut(text, "\n")
		r.add(i, user, strings.TrimRight(line, "\r"), true)
	case some:
		r.unclear(i, user, "")
	}
}

func (r *commandReader) adduser(i int, args []string) {
	words := skipFlags(args, "-h", "-g", "-s", "-G", "-u", "-k", "--home", "--shell", "--uid", "--gid", "--gecos", "--ingroup")
	if len(words) > 0 && !hasFlag(args, "-D", "--disabled-password", "--disabled-login", "-S", "--system") {
		r.typed(i, words[0])
	}
}

// usermod takes a hash after -p.
func (r *commandReader) usermod(i int, args []string) {
	user := lastOf(args)
	for j, a := range args {
		value, long := strings.CutPrefix(a, "--password=")
		switch {
		case (a == "-p" || a == "--password") && j+1 < len(args):
			r.add(i, user, args[j+1], false)
		case long:
			r.add(i, user, value, false)
		case a == "-U" || a == "--unlock":
			r.unclear(i, user, "")
		}
	}
}

// batchPassword reads htpasswd and mosquitto_passwd: flags with b, file, user,
// password; with n there is no file.
func (r *commandReader) batchPassword(i int, args []string) {
	flags := ""
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		flags += args[0]
		args = args[1:]
	}
	if strings.Contains(flags, "n") {
		args = append([]string{""}, args...)
	}
	if !strings.Contains(flags, "b") || len(args) < 3 {
		return
	}
	before, c := len(r.found), r.at(i)
	r.add(i, args[1], args[2], true)
	for j := range r.found[before:] {
		r.found[before+j].Kind = WebAccount
		if c.Program() == "mosquitto_passwd" {
			r.found[before+j].Kind = MosquittoAccount
		}
	}
}

// telnetLogin reads the login that the telnetd of some makers is given: -u USER:PASSWORD.
func (r *commandReader) telnetLogin(i int, args []string) {
	user, password, ok := strings.Cut(wordAfter(args, "-u"), ":")
	if ok && user != "" && password != "" && !Unresolved(password) {
		before := len(r.found)
		r.add(i, user, password, true)
		for j := range r.found[before:] {
			r.found[before+j].Kind = AppAccount
		}
	}
}

// atoiOr is the number, or -1.
func atoiOr(s string) int {
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return int(n)
	}
	return -1
}
