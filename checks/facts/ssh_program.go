package facts

import (
	"bytes"
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// SSHProgram is a dropbear program with what it was built to offer: dropbear
// has no setting for algorithms, so those that it holds by name are offered.
type SSHProgram struct {
	Name       string           `json:"name"` // path in its container
	Version    string           `json:"version,omitempty"`
	Year       int              `json:"year,omitempty"` // dropbear counts versions by years
	Algorithms []string         `json:"algorithms"`     // weak ones
	Places     []assay.Location `json:"places"`         // of each
	Location   assay.Location   `json:"location"`
}

// weakSSH are algorithms that SSH should no longer offer: RFC 9142 (key
// exchange by SHA-1 in a 1024-bit group), RFC 8758 (RC4), RFC 4344's 64-bit
// block ciphers, and HMAC-MD5. ssh-dss is listed with others only.
var weakSSH = []string{
	"diffie-hellman-group1-sha1", "3des-cbc", "3des-ctr", "blowfish-cbc", "arcfour", "arcfour128", "arcfour256",
	"hmac-md5", "hmac-md5-96", "hmac-sha1-96",
}

// IsWeakSSH reports whether an algorithm should no longer be offered.
func IsWeakSSH(name string) bool {
	name, _, _ = strings.Cut(strings.TrimSuffix(name, "-etm@openssh.com"), "@")
	for _, w := range append(weakSSH, "ssh-dss", "diffie-hellman-group-exchange-sha1") {
		if name == w {
			return true
		}
	}
	return false
}

var dropbearVersion = lazy(`(?:SSH-2\.0-dropbear_|\x00)(20\d\d|0)\.(\d{2})(\x00|\r)`)

// SSHPrograms are the dropbear programs of the image.
var SSHPrograms = &Scan[SSHProgram]{
	Name: "ssh-programs",
	Doc:  "Dropbear programs: their version and the weak algorithms that they were built to offer.",
	Want: func(f *firmware.File) bool {
		b := path.Base(f.Name)
		return f.Kind == firmware.Regular && (b == "dropbear" || b == "dropbearmulti")
	},
	See: func(f *firmware.File, content []byte) []SSHProgram {
		if !bytes.Contains(content, []byte("SSH-2.0-dropbear")) {
			return nil
		}
		p := SSHProgram{Name: f.Name, Location: At(f), Algorithms: []string{}, Places: []assay.Location{}}
		if m := dropbearVersion.get().FindSubmatch(content); m != nil {
			p.Version = string(m[1]) + "." + string(m[2])
			if len(m[1]) == 4 {
				p.Year = int(m[1][2]-'0')*10 + int(m[1][3]-'0') + 2000
			}
		}
		for _, name := range weakSSH {
			if i := bytes.Index(content, []byte("\x00"+name+"\x00")); i >= 0 {
				p.Algorithms = append(p.Algorithms, name)
				l := At(f)
				l.Offset, l.Length = int64(i+1), int64(len(name))
				p.Places = append(p.Places, l)
			}
		}
		return []SSHProgram{p}
	},
}
