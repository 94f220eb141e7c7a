package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
)

// Encryption is a place where encryption of stored data is set up.
type Encryption struct {
	Kind     string // "an encrypted volume", "encryption by fscrypt"
	Location assay.Location
}

// VolumeEncryption is what the settings of Linux say of encrypted storage.
var VolumeEncryption = &Fact[[]Encryption]{
	Name:  "volume-encryption",
	Doc:   "Encrypted volumes and folders that settings and start scripts set up.",
	Needs: []Node{Roots, Texts},
	Observe: func(o *Observer) ([]Encryption, error) {
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		found := []Encryption{}
		for _, t := range texts.All() {
			if len(found) < maxEncryptions {
				found = append(found, encryptionIn(t)...)
			}
		}
		return found, nil
	},
}

const maxEncryptions = 256

// encryptionWords are commands that set encryption up.
var encryptionWords = []struct{ word, kind string }{
	{"cryptsetup luksOpen", "an encrypted volume"},
	{"cryptsetup open", "an encrypted volume"},
	{"cryptsetup plainOpen", "an encrypted volume"},
	{"fscrypt unlock", "encryption by fscrypt"},
	{"fscryptctl set_policy", "encryption by fscrypt"},
}

func encryptionIn(t Text) (found []Encryption) {
	name := t.File.Name
	table := name == "etc/crypttab"
	script := strings.HasPrefix(name, "etc/init.d/") || strings.HasPrefix(name, "etc/rc") || path.Base(name) == "init"
	if !table && !script {
		return nil
	}
	for l := range t.Lines() {
		line := strings.TrimSpace(l.Text)
		if line == "" || line[0] == '#' {
			continue
		}
		place := t.At(l)
		if table {
			found = append(found, Encryption{"an encrypted volume", place})
			continue
		}
		for _, w := range encryptionWords {
			if strings.Contains(line, w.word) {
				found = append(found, Encryption{w.kind, place})
			}
		}
	}
	return found
}
