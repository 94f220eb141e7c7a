package residue

import (
	"bytes"
	"encoding/binary"
	"path"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// loginResidue knows the files in which a system writes down who logged in.
func loginResidue(f *firmware.File, content []byte) []Trace {
	base := path.Base(f.Name)
	switch base {
	case "wtmp", "utmp", "btmp":
		if hasLogin(content) {
			return whole(LoginRecord, f)
		}
		return nil
	case "lastlog":
		if hasLastLogin(content) {
			return whole(LoginRecord, f)
		}
		return nil
	}
	if !facts.Within(f.Name, "var/log/") && path.Ext(base) != ".log" || !facts.IsText(content) {
		return nil
	}
	for _, mark := range loginWords {
		if i := bytes.Index(content, []byte(mark)); i >= 0 {
			line := bytes.Count(content[:i], []byte("\n")) + 1
			return []Trace{{LoginRecord, assay.Location{Path: f.Path, Line: line}}}
		}
	}
	return nil
}

// loginWords are what sshd and dropbear write when someone gets in.
var loginWords = []string{"Accepted password for ", "Accepted publickey for ", "Password auth succeeded for ", "Pubkey auth succeeded for "}

// Records of logins, as utmp(5) describes them.
const (
	userProcess  = 7
	userAt       = 44 // the user's name
	userLength   = 32
	lastLogin    = 292 // bytes of a record of lastlog
	maxLoginFile = 1 << 20
)

// hasLogin looks for the login of a user in records of 384 bytes, or of 400
// where time has 64 bits.
func hasLogin(content []byte) bool {
	content = content[:min(len(content), maxLoginFile)]
	for _, size := range []int{384, 400} {
		if len(content)%size != 0 {
			continue
		}
		for at := 0; at+size <= len(content); at += size {
			r := content[at : at+size]
			name, _, _ := bytes.Cut(r[userAt:userAt+userLength], []byte{0})
			kind := binary.LittleEndian.Uint16(r)
			if (kind == userProcess || kind == userProcess<<8) && len(name) > 0 && isPrintable(name) {
				return true
			}
		}
	}
	return false
}

// hasLastLogin looks for a time and a terminal.
func hasLastLogin(content []byte) bool {
	content = content[:min(len(content), maxLoginFile)]
	for at := 0; at+lastLogin <= len(content) && len(content)%lastLogin == 0; at += lastLogin {
		r := content[at : at+lastLogin]
		line, _, _ := bytes.Cut(r[4:36], []byte{0})
		if binary.LittleEndian.Uint32(r) != 0 && len(line) > 0 && isPrintable(line) {
			return true
		}
	}
	return false
}

func isPrintable(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c < ' ' || c > '~' })
}
