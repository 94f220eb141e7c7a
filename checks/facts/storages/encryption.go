package storages

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// Encryption is a place where encryption of stored data is set up.
type Encryption struct {
	Kind     string // "an encrypted volume", "encryption by fscrypt"
	Clear    string `json:",omitempty"` // where its key stands in clear: "in the image", "in the command"; empty if that was not seen
	Passing  bool   `json:",omitempty"` // its key is made anew at each boot: it holds swap, or what is gone afterwards
	Location assay.Location
}

// Encryptions is what the settings of Linux say of encrypted storage.
var Encryptions = &facts.Fact[[]Encryption]{
	Name:    "volume-encryption",
	Version: 3,
	Doc:     "Encrypted volumes and folders that settings, units and start scripts set up, and files that are stored encrypted.",
	Needs:   []facts.Node{facts.Tree, facts.Texts},
	Observe: func(o *facts.Observer) ([]Encryption, error) {
		texts, err := facts.Texts.Of(o)
		if err != nil {
			return nil, err
		}
		img, err := facts.Tree.Of(o)
		if err != nil {
			return nil, err
		}
		found := encryptedFiles(img)
		for _, t := range texts.All() {
			if len(found) < maxEncryptions {
				found = append(found, encryptionIn(t)...)
			}
		}
		return found, nil
	},
}

const maxEncryptions = 256

// encryptingSystems are the file systems that can store files encrypted.
var encryptingSystems = []string{"ext", "ubifs"}

// encryptedFiles tells, once for a file system, of files that it stores encrypted:
// the readers of UBIFS and ext say so of each, as fscrypt does it there.
func encryptedFiles(img *firmware.Image) []Encryption {
	found := []Encryption{}
	told := map[*firmware.Container]bool{}
	for _, f := range img.Files {
		if f.Err == nil || told[f.Container] || !slices.Contains(encryptingSystems, f.Container.Type) || !strings.Contains(f.Err.Error(), "encrypted") || len(found) == maxEncryptions {
			continue
		}
		told[f.Container] = true
		found = append(found, Encryption{Kind: "encryption of files in " + f.Container.Type, Location: facts.At(f)})
	}
	return found
}

// encryptionWords are commands that set encryption up.
var encryptionWords = []struct{ word, kind string }{
	{"cryptsetup luksOpen", "an encrypted volume"},
	{"cryptsetup open", "an encrypted volume"},
	{"cryptsetup plainOpen", "an encrypted volume"},
	{"fscrypt unlock", "encryption by fscrypt"},
	{"fscryptctl set_policy", "encryption by fscrypt"},
}

// volumeCommand are the options and the action of cryptsetup, in either order, and
// mappedKey is a key in a table of dmsetup.
var (
	volumeCommand = lazyregexp.New(`\bcryptsetup\s+(?:[^\s|;&]+\s+)*?(?:luksOpen|open|plainOpen|create)\b`)
	mappedKey     = lazyregexp.New(`\bdmsetup\s+create\b.*\bcrypt\s+\S+\s+[0-9A-Fa-f]{32,}\b`)
	spokenKey     = lazyregexp.New(`\b(?:echo|printf)\s+(?:-\w+\s+)*(?:"[^"$\x60]+"|'[^']+'|[^\s"'$\x60|]+)\s*\|\s*(?:\S*/)?cryptsetup\b`)
	keyFile       = lazyregexp.New(`(?:--key-file[= ]|\s-d\s+)\s*["']?(/[^\s"']+)`)
)

func encryptionIn(t facts.Text) (found []Encryption) {
	name := t.File.Name
	table := name == "etc/crypttab"
	script := strings.HasPrefix(name, "etc/init.d/") || strings.HasPrefix(name, "etc/rc") || path.Base(name) == "init" ||
		strings.Contains(name, "systemd/system/") && path.Ext(name) == ".service"
	if !table && !script {
		return nil
	}
	for l := range t.Lines() {
		line := strings.TrimSpace(l.Text)
		if line == "" || line[0] == '#' {
			continue
		}
		if table {
			fields := strings.Fields(line)
			e := Encryption{Kind: "an encrypted volume", Location: t.At(l)}
			if len(fields) > 2 {
				e.keyIn(t, fields[2])
			}
			found = append(found, e)
			continue
		}
		if e, ok := openedBy(t, line); ok {
			e.Location = t.At(l)
			found = append(found, e)
		}
	}
	return found
}

// openedBy reads a command that sets encryption up.
func openedBy(t facts.Text, line string) (e Encryption, ok bool) {
	for _, w := range encryptionWords {
		if strings.Contains(line, w.word) {
			e.Kind = w.kind
		}
	}
	if e.Kind == "" && volumeCommand.Get().MatchString(line) {
		e.Kind = "an encrypted volume"
	}
	if mappedKey.Get().MatchString(line) {
		return Encryption{Kind: "an encrypted volume", Clear: "in the command"}, true
	}
	if e.Kind == "" {
		return e, false
	}
	if m := keyFile.Get().FindStringSubmatch(line); m != nil {
		e.keyIn(t, m[1])
	} else if spokenKey.Get().MatchString(line) {
		e.Clear = "in the command"
	}
	return e, true
}

// keyIn notes what a file is of which settings say that it holds the key: one that is
// made anew at each boot, or one in the image, which every device has and whoever reads
// the flash.
func (e *Encryption) keyIn(t facts.Text, name string) {
	switch name {
	case "/dev/random", "/dev/urandom", "/dev/hwrng":
		e.Passing = true
		return
	}
	if f, ok := t.File.Container.Lookup(name); ok && strings.HasPrefix(name, "/") && f.Kind == firmware.Regular && f.Size > 0 {
		e.Clear = "in the image"
	}
}
