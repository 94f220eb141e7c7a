package storages

import (
	"errors"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// Encrypted files of a file system are told once; those of an archive are no
// encryption of what the device stores.
func TestEncryptedFiles(t *testing.T) {
	ubifs := &firmware.Container{Type: "ubifs", Path: "a!ubifs", FileSystem: true}
	zip := &firmware.Container{Type: "zip", Path: "a!zip", FileSystem: true}
	secret := errors.New("ubifs: at 0x40: the content is encrypted")
	got := encryptedFiles(&firmware.Image{Files: []*firmware.File{
		{Path: "a!zip!x", Container: zip, Err: secret},
		{Path: "a!ubifs!a", Container: ubifs, Err: errors.New("inode 3 is lost")},
		{Path: "a!ubifs!b", Container: ubifs, Err: secret},
		{Path: "a!ubifs!c", Container: ubifs, Err: secret},
	}})
	if len(got) != 1 || got[0].Kind != "encryption of files in ubifs" || got[0].Location.Path != "a!ubifs!b" {
		t.Errorf("%v", got)
	}
}
