package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Encryption is a place where encryption of stored data is set up.
type Encryption struct {
	Kind     string // "an encrypted volume", "encryption by fscrypt"
	Location assay.Location
}

// VolumeEncryption is what the settings of Linux say of encrypted storage.
var VolumeEncryption = &Fact[[]Encryption]{
	Name:    "volume-encryption",
	Version: 2,
	Doc:     "Encrypted volumes and folders that settings, units and start scripts set up, and files that are stored encrypted.",
	Needs:   []Node{Tree, Texts},
	Observe: func(o *Observer) ([]Encryption, error) {
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		img, err := Tree.Of(o)
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
		found = append(found, Encryption{"encryption of files in " + f.Container.Type, At(f)})
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

func encryptionIn(t Text) (found []Encryption) {
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
