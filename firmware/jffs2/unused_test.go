package jffs2_test

import (
	"encoding/binary"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// Bytes of a file that were overwritten are delivered all the same.
func TestOverwritten(t *testing.T) {
	const secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7ZCWkkD4J7IK2x\n"
	l := newLog(binary.LittleEndian)
	l.file(2, "good", "good")
	l.name(1, 3, 8, "f")
	l.write(3, 0, []byte(secret), len(secret))
	at := l.Len() - len(secret)
	l.write(3, 0, make([]byte, len(secret)), len(secret))
	img := reference.Open(t, l.Bytes())
	for _, f := range img.Files {
		if b, err := f.ReadFile(); f.Kind == firmware.Raw && err == nil && len(b) >= len(secret) && string(b[:len(secret)]) == secret {
			return
		}
	}
	t.Errorf("what stands at 0x%x is not offered: %v", at, img.Ranges)
}
