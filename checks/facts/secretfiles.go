package facts

import (
	"cmp"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// SecretFile is a file that holds secrets, and who may read it.
type SecretFile struct {
	What     string // "password file", "password hash", "private key", "password", "key of a wireless network"
	Mode     fs.FileMode
	Modes    bool // the mode means something
	Shut     bool `json:",omitempty"` // a folder around it lets nobody else through
	Location assay.Location
}

// Open reports whether everyone on the device may read or change the file.
func (s SecretFile) Open() bool { return s.Mode&0o006 != 0 && !s.Shut }

// OfSettings reports whether the secret stands in clear among settings.
func (s SecretFile) OfSettings() bool { return s.What == settingSecret || s.What == networkSecret }

// Unused reports whether what opens something in the file is switched off.
func (s SecretFile) Unused() bool { return s.What == offSecret }

// What settings hold in clear.
const (
	settingSecret = "password"
	networkSecret = "key of a wireless network"
	offSecret     = "password of a part that is switched off"
)

// SecretFiles are the files that not everyone on the device should read: shadow
// files, files with password hashes or passwords, and private keys without a
// passphrase. Keys with which libraries test themselves are none.
var SecretFiles = &Fact[[]SecretFile]{
	Name:    "secret-files",
	Version: 7,
	Doc:     "Shadow files, files with password hashes, passwords, keys of wireless networks and private keys, with their modes.",
	Needs:   []Node{Tree, Texts, accountLinesOf, Accounts, Keys, PlainSecrets, WifiNetworks},
	Observe: func(o *Observer) ([]SecretFile, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		what, err := secretPaths(o)
		if err != nil {
			return nil, err
		}
		files := []SecretFile{}
		for _, f := range img.Files {
			if w := what[f.Path]; w != "" && f.Kind == firmware.Regular {
				files = append(files, SecretFile{What: w, Mode: f.Mode.Perm(), Modes: f.Container.Modes, Shut: shut(f), Location: assay.Location{Path: f.Path}})
			}
		}
		slices.SortFunc(files, func(a, b SecretFile) int { return a.Location.Compare(b.Location) })
		return files, nil
	},
}

// shut reports whether a folder on the way to a file has no right to pass for others
// than its owner and group.
func shut(f *firmware.File) bool {
	for dir := path.Dir(f.Name); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if d, ok := f.Container.Lookup(dir); ok && d.Kind == firmware.Directory && d.Mode&0o001 == 0 {
			return true
		}
	}
	return false
}

// secretPaths says what kind of secret stands at which path; the gravest counts.
func secretPaths(o *Observer) (map[string]string, error) {
	texts, err := Texts.Of(o)
	if err != nil {
		return nil, err
	}
	lines, err := accountLinesOf.Of(o)
	if err != nil {
		return nil, err
	}
	accounts, err := Accounts.Of(o)
	if err != nil {
		return nil, err
	}
	keys, err := Keys.Of(o)
	if err != nil {
		return nil, err
	}
	plain, err := PlainSecrets.Of(o)
	if err != nil {
		return nil, err
	}
	networks, err := WifiNetworks.Of(o)
	if err != nil {
		return nil, err
	}
	what := map[string]string{}
	for _, s := range plain {
		if s.Compiled { // a program is read by who runs it
			continue
		}
		if s.Off {
			if what[s.Location.Path] == "" {
				what[s.Location.Path] = offSecret
			}
			continue
		}
		if what[s.Location.Path] = settingSecret; s.Wifi {
			what[s.Location.Path] = networkSecret
		}
	}
	for _, n := range networks {
		if n.Secret.Len() > 0 && !n.Compiled {
			what[n.Location.Path] = networkSecret
		}
	}
	for _, t := range texts.Where(func(f *firmware.File) bool { return what[f.Path] != "" }) {
		if kindOfText(t.File, []byte(t.Content), true) != InSetting {
			delete(what, t.File.Path) // a script or page is read by who runs it: no mode mends that
		}
	}
	for _, l := range lines {
		if l.Form == "shadow" {
			what[l.Location.Path] = "password file"
		}
	}
	for _, a := range accounts {
		switch {
		case a.Password == Hashed && holdsHash(texts, a):
			what[a.Location.Path] = "password hash"
		case a.Password == Plain && a.SetBy == "" && what[a.Location.Path] == "" && isListOfUsers(texts, a.Location.Path):
			what[a.Location.Path] = settingSecret
		}
	}
	for _, k := range keys {
		if k.Private && !k.Encrypted && !k.SelfTest() {
			what[k.Location.Path] = "private key"
		}
	}
	return what, nil
}

// isListOfUsers reports whether a path is that of a text which no shell or program reads as
// its code.
func isListOfUsers(texts *TextSet, name string) bool {
	for _, t := range texts.Where(func(f *firmware.File) bool { return f.Path == name }) {
		return kindOfText(t.File, []byte(t.Content), true) == InSetting
	}
	return false
}

// holdsHash reports whether the file where an account's password is decided holds its
// hash: a script that copies another file holds none.
func holdsHash(texts *TextSet, a Account) bool {
	if a.SetBy == "" {
		return true
	}
	hash, ok := a.Hash.Reveal()
	for _, t := range texts.Where(func(f *firmware.File) bool { return f.Path == a.Location.Path }) {
		return ok && strings.Contains(t.Content, hash)
	}
	return true
}

// OpenTree is a file system in which everyone may do everything with nearly
// every file: modes were lost when it was packed.
type OpenTree struct {
	Files    int // that are open
	Of       int
	Location assay.Location
}

// Holds reports whether a place lies in the tree.
func (t OpenTree) Holds(l assay.Location) bool { return strings.HasPrefix(l.Path, t.Location.Path+"!") }

// OpenTrees are the file systems that lost their modes.
var OpenTrees = &Fact[[]OpenTree]{
	Name:  "open-trees",
	Doc:   "File systems in which nine of ten files are 0777: their modes were lost when they were packed.",
	Needs: []Node{Tree},
	Observe: func(o *Observer) ([]OpenTree, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		counts := map[string]*OpenTree{}
		for _, f := range img.Files {
			if f.Kind != firmware.Regular || !f.Container.Modes {
				continue
			}
			t := counts[f.Container.Path]
			if t == nil {
				t = &OpenTree{Location: assay.Location{Path: f.Container.Path}}
				counts[f.Container.Path] = t
			}
			if t.Of++; f.Mode.Perm() == 0o777 {
				t.Files++
			}
		}
		trees := []OpenTree{}
		for _, t := range slices.SortedFunc(maps.Values(counts), func(a, b *OpenTree) int { return cmp.Compare(a.Location.Path, b.Location.Path) }) {
			if t.Of >= minOpenTree && t.Files*10 >= t.Of*9 {
				trees = append(trees, *t)
			}
		}
		return trees, nil
	},
}

// minOpenTree is the number of files from which "nearly all" says something.
const minOpenTree = 5
