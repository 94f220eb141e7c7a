package zipfile

import (
	"encoding/binary"
)

// The hosts whose file attributes are Unix modes, in the upper byte of "version made by",
// and the bits of the type of a file in a mode; APPNOTE.TXT 6.3.10, 4.4.2.
const (
	hostUnix   = 3
	hostDarwin = 19
	typeBits   = 0o170000
	// ownerExtra is the extra field "ux" of Info-ZIP (extrafld.txt): a version, then user
	// and group, each behind its length.
	ownerExtra = 0x7875
)

// modes reports whether the modes of an archive are those of the files that were packed:
// each member was packed on Unix and says of what type it is. Who packs from memory, as
// Python's writestr does, says that it is on Unix, gives 0600 and no type: such an
// archive, as one from DOS or Java, tells nothing of modes.
func (a *archive) modes() bool {
	for _, f := range a.files {
		host := f.CreatorVersion >> 8
		if (host != hostUnix && host != hostDarwin) || f.ExternalAttrs>>16&typeBits == 0 {
			return false
		}
	}
	return len(a.files) > 0
}

// owner reads user and group from the extra fields of a member; zeros if they have none.
func owner(extra []byte) (uid, gid uint32) {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		n := min(int(le.Uint16(extra[2:])), len(extra)-4)
		field := extra[4 : 4+n]
		if le.Uint16(extra) == ownerExtra && n > 2 && field[0] == 1 {
			uid, field = number(field[1:])
			gid, _ = number(field)
			return uid, gid
		}
		extra = extra[4+n:]
	}
	return 0, 0
}

// number reads a number behind its length.
func number(b []byte) (v uint32, rest []byte) {
	if len(b) == 0 || int(b[0]) > len(b)-1 {
		return 0, nil
	}
	n := int(b[0])
	for i := min(n, 4); i > 0; i-- {
		v = v<<8 | uint32(b[i])
	}
	return v, b[1+n:]
}
