package facts

import (
	"bytes"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/assay-iot/assay/checks/facts/keys"
	"github.com/assay-iot/assay/firmware"
)

// sshPublicKeys reads lines of authorized_keys and .pub files (sshd(8)).
func sshPublicKeys(f *firmware.File, content []byte) []KeyMaterial {
	if f.Kind != firmware.Regular || len(content) > maxTextOf(f) || !IsText(content) {
		return nil
	}
	var found []KeyMaterial
	t := Text{File: f, Content: string(content)}
	for l := range t.Lines() {
		if strings.HasPrefix(l.Text, "#") || !hasSSHKey([]byte(l.Text)) {
			continue
		}
		pub, _, _, _, err := ssh.ParseAuthorizedKey([]byte(l.Text))
		if err != nil {
			continue
		}
		if key, ok := keys.OfSSH(pub); ok {
			key.Format = "SSH public key"
			m := KeyMaterial{Key: key}
			m.place(t.At(l), f)
			found = append(found, m)
		}
	}
	return found
}

func hasSSHKey(b []byte) bool {
	for _, name := range keys.SSHWords {
		if bytes.Contains(b, []byte(name)) {
			return true
		}
	}
	return false
}
