package firmware

import "bytes"

// unopenedKinds are the beginnings of what holds others or is encrypted, and is not opened here.
// Those of which a root file system has some that hold nothing of interest (thumbnails of
// Windows) count there only if they look encrypted.
var unopenedKinds = []struct {
	magic, what string
	harmless    bool
}{
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a compound file of OLE (.msi, .doc, .xls), which is not opened", true},
	{"Rar!\x1a\x07", "a rar archive, which is not opened", false},
	{"MSCF\x00\x00\x00\x00", "a cabinet (.cab), which is not opened", false},
	{"xar!\x00\x1c", "a xar archive, which is not opened", false},
	{"Salted__", "encrypted with a password (openssl enc)", false},
	{"LUKS\xba\xbe\x00", "encrypted with LUKS", false},
}

// unopened names what is known and not opened; empty for anything else. It says so of
// some kinds in any file system, of the others only where each file must be known.
func unopened(head []byte, root bool) string {
	for _, c := range unopenedKinds {
		if bytes.HasPrefix(head, []byte(c.magic)) && !(root && c.harmless) {
			return c.what
		}
	}
	return ""
}
