package signed

import (
	"bytes"
	"crypto"
	"fmt"
)

var swupdateKinds = []Kind{
	{Name: "swupdate RSA", Reader: "swupdate", Key: RSA2048, Build: func(m *Maker) []byte {
		return SWUpdate(m.unless(func(b []byte) []byte { return m.sign(b, crypto.SHA256) }))
	}},
	{Name: "swupdate RSA-PSS", Reader: "swupdate", Key: RSA2048, Build: func(m *Maker) []byte {
		return SWUpdate(m.unless(func(b []byte) []byte { return m.pss(b, crypto.SHA256) }))
	}},
	{Name: "swupdate CMS", Reader: "swupdate", Key: RSA2048, Certified: true, Build: func(m *Maker) []byte {
		return SWUpdate(m.unless(func(b []byte) []byte { return CMS(b, false, m) }))
	}},
}

// unless gives how to sign, unless there is nobody.
func (m *Maker) unless(sign func([]byte) []byte) func([]byte) []byte {
	if m == nil {
		return nil
	}
	return sign
}

// Member is a file of an archive.
type Member struct {
	Name    string
	Content []byte
}

// Cpio packs members in their order into an archive of the kind "crc".
func Cpio(members ...Member) []byte {
	var b bytes.Buffer
	for i, f := range append(members, Member{Name: "TRAILER!!!"}) {
		sum, mode := uint32(0), 0o100644
		for _, c := range f.Content {
			sum += uint32(c)
		}
		if i == len(members) {
			mode = 0
		}
		fmt.Fprintf(&b, "070702%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", i+1, mode, 0, 0, 1, 0, len(f.Content), 0, 0, 0, 0, len(f.Name)+1, sum)
		b.WriteString(f.Name + "\x00")
		b.Write(make([]byte, -b.Len()&3))
		b.Write(f.Content)
		b.Write(make([]byte, -b.Len()&3))
	}
	return append(b.Bytes(), make([]byte, -b.Len()&511)...)
}

// SWUpdate is an image whose description is signed, if there is a way to; more
// members follow the signature.
func SWUpdate(sign func(description []byte) []byte, more ...Member) []byte {
	description := fmt.Appendf(nil, "software = {\n version = \"1.0.1\";\n images: ( { filename = \"root.squashfs\"; device = \"/dev/mmcblk0p2\"; sha256 = \"%x\"; } );\n}\n", sha256(root()))
	members := []Member{{"sw-description", description}}
	if sign != nil {
		members = append(members, Member{"sw-description.sig", sign(description)})
	}
	members = append(members, more...)
	return Cpio(append(members, Member{"root.squashfs", root()})...)
}
