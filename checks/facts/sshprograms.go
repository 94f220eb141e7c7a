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
		if m := versionOfDropbear(content); m != nil {
			p.Version = string(m[1]) + "." + string(m[2])
			if len(m[1]) == 4 {
				p.Year = int(m[1][2]-'0')*10 + int(m[1][3]-'0') + 2000
			}
		}
		first := map[int]int{} // by algorithm: its first place
		weakNames.Find(content, func(word, at int) bool {
			if _, ok := first[word]; !ok {
				first[word] = at
			}
			return true
		})
		for i, name := range weakSSH {
			if at, ok := first[i]; ok {
				p.Algorithms = append(p.Algorithms, name)
				l := At(f)
				l.Offset, l.Length = int64(at+1), int64(len(name))
				p.Places = append(p.Places, l)
			}
		}
		return []SSHProgram{p}
	},
}

// versionOfDropbear matches the expression where a version may end: two digits
// behind a dot.
func versionOfDropbear(content []byte) [][]byte {
	const before, after = len("SSH-2.0-dropbear_2000"), len(".00\x00")
	for at := 0; ; at++ {
		i := bytes.IndexByte(content[at:], '.')
		if i < 0 {
			return nil
		}
		at += i
		if at+2 < len(content) && isDigit(content[at+1]) && isDigit(content[at+2]) {
			window := content[max(0, at-before):min(at+after, len(content))]
			if m := dropbearVersion.Get().FindSubmatch(window); m != nil {
				return m
			}
		}
	}
}

// weakNames finds the weak algorithms, each as a string of its own.
var weakNames = func() *literals {
	var words []string
	for _, name := range weakSSH {
		words = append(words, "\x00"+name+"\x00")
	}
	return newLiterals(words)
}()
