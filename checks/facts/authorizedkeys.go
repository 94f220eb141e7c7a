package facts

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// AuthorizedKey is a public key whose owner gets in by SSH.
type AuthorizedKey struct {
	Account  string         `json:"account,omitempty"` // empty if the place does not say
	NoLogin  bool           `json:"no_login,omitempty"`
	CA       bool           `json:"ca,omitempty"` // whatever key it certifies gets in
	SetBy    string         `json:"set_by,omitempty"`
	Location assay.Location `json:"location"`
}

// AuthorizedKeys are the keys that open accounts.
var AuthorizedKeys = &Fact[[]AuthorizedKey]{
	Name:    "authorized-keys",
	Version: 3,
	Doc:     "SSH public keys that open an account: in authorized_keys, in the files that sshd_config names, and those that scripts write there.",
	Needs:   []Node{Texts, Scripts, Accounts},
	Observe: func(o *Observer) ([]AuthorizedKey, error) {
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		scripts, err := Scripts.Of(o)
		if err != nil {
			return nil, err
		}
		accounts, err := Accounts.Of(o)
		if err != nil {
			return nil, err
		}
		found := []AuthorizedKey{}
		named := namedKeyFiles(texts)
		for _, t := range texts.Where(func(f *firmware.File) bool {
			_, ok := named[f.Path]
			return ok || isAuthorizedKeys(f.Name)
		}) {
			found = append(found, authorizedLines(t, named[t.File.Path])...)
		}
		for _, s := range scripts {
			found = append(found, writtenKeys(s, texts)...)
		}
		for i := range found {
			found[i].NoLogin = cannotLogIn(accounts, found[i])
		}
		return found, nil
	},
}

func isAuthorizedKeys(name string) bool {
	base := path.Base(name)
	return base == "authorized_keys" || base == "authorized_keys2"
}

// authorizedLines parses the lines of such a file.
func authorizedLines(t Text, ca bool) []AuthorizedKey {
	var found []AuthorizedKey
	for l := range t.Lines() {
		line := strings.TrimSpace(l.Text)
		if line == "" || line[0] == '#' || len(found) == maxKeys {
			continue
		}
		_, _, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err == nil {
			found = append(found, AuthorizedKey{Account: accountOfPath(t.File.Name), CA: ca || slices.Contains(options, "cert-authority"), Location: t.At(l)})
		}
	}
	return found
}

// accountOfPath tells whose keys a file holds by its place.
func accountOfPath(name string) string {
	parts := strings.Split(strings.Trim(name, "/"), "/")
	for i, p := range parts {
		switch {
		case p == ".ssh" && i > 0, p == "authorized_keys" && i > 1 && parts[i-2] == "home":
			return parts[i-1]
		case p == "dropbear":
			return "root"
		}
	}
	return ""
}

// namedKeyFiles are the files that sshd_config names, and whether they hold the
// keys of authorities.
func namedKeyFiles(texts *TextSet) map[string]bool {
	named := map[string]bool{}
	for _, t := range texts.Where(func(f *firmware.File) bool { return isSSHD(f.Name) }) {
		for _, kv := range parseKeyValues(t) {
			ca := strings.EqualFold(kv.key, "TrustedUserCAKeys")
			if !ca && !strings.EqualFold(kv.key, "AuthorizedKeysFile") {
				continue
			}
			for _, pattern := range strings.Fields(kv.value) {
				folder, _, each := strings.Cut(strings.TrimPrefix(pattern, "/"), "%")
				if !strings.HasPrefix(pattern, "/") || folder == "" {
					continue
				}
				for _, u := range texts.Where(func(f *firmware.File) bool {
					return f.Container == t.File.Container && (f.Name == folder || each && strings.HasPrefix(f.Name, folder))
				}) {
					named[u.File.Path] = named[u.File.Path] || ca
				}
			}
		}
	}
	return named
}

// copiesKeys are programs by which a script puts a file in the place of another.
var copiesKeys = []string{"cp", "mv", "ln", "install"}

// broughtKeys are the keys of a file of the image that a command puts into
// authorized_keys. Files of that name are read for themselves.
func broughtKeys(s Script, c *Command, texts *TextSet) []AuthorizedKey {
	program := c.Program()
	_, sources := c.Effective()
	to := ""
	switch {
	case slices.Contains(copiesKeys, program) && len(sources) > 1:
		to, sources = sources[len(sources)-1], sources[:len(sources)-1]
	case program == "cat":
		for _, d := range c.Redirects {
			if strings.HasPrefix(d.Op, ">") {
				to = d.Word
			}
		}
	}
	if !isAuthorizedKeys(to) {
		return nil
	}
	root, _ := strings.CutSuffix(s.Path, "!"+s.Name)
	var found []AuthorizedKey
	for _, source := range sources {
		if !strings.HasPrefix(source, "/") || isAuthorizedKeys(source) {
			continue
		}
		name := path.Clean(source)[1:]
		for _, t := range texts.Where(func(f *firmware.File) bool { return f.Name == name && ContainerPath(f) == root }) {
			for _, k := range authorizedLines(t, false) {
				k.Account, k.SetBy = accountOfPath(to), program
				found = append(found, k)
			}
		}
	}
	return found
}

// writtenKeys finds keys that a script puts into authorized_keys.
func writtenKeys(s Script, texts *TextSet) []AuthorizedKey {
	var found []AuthorizedKey
	for _, c := range s.Commands.All() {
		found = append(found, broughtKeys(s, &c, texts)...)
		var to string
		text := strings.Join(c.Args, " ") + "\n"
		for _, d := range c.Redirects {
			if strings.HasPrefix(d.Op, ">") && isAuthorizedKeys(d.Word) {
				to = d.Word
			}
			text += d.Text
		}
		if to == "" || !hasSSHKey([]byte(text)) {
			continue
		}
		for line := range strings.Lines(writtenOut(text)) {
			if _, _, options, _, err := ssh.ParseAuthorizedKey([]byte(line)); err == nil {
				found = append(found, AuthorizedKey{
					Account: accountOfPath(to), CA: slices.Contains(options, "cert-authority"), SetBy: c.Program(), Location: c.Location,
				})
				break
			}
		}
	}
	return found
}

// cannotLogIn reports whether the account of a key is in the image and lets
// nobody in.
func cannotLogIn(accounts []Account, k AuthorizedKey) bool {
	root, _, _ := cutLast(k.Location.Path, "!")
	i := slices.IndexFunc(accounts, func(a Account) bool {
		return a.Kind == UnixAccount && a.Name == k.Account && !a.Superseded && strings.HasPrefix(a.Entry.Path, root+"!")
	})
	return i >= 0 && !accounts[i].Login
}
