package ext

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Access control lists have a shorter form on the disk than the kernel shows
// (attributes.rst, acl(5)): only the entries of named users and groups have a
// number there.
const (
	aclAccess  = "system.posix_acl_access"
	aclDefault = "system.posix_acl_default"

	aclOnDisk, aclShown = 1, 2 // versions
	aclUser, aclGroup   = 2, 8 // tags of entries with a number
	aclNobody           = ^uint32(0)
)

// accessList turns an access control list into the form that the kernel shows.
func accessList(a attribute) ([]byte, error) {
	le := binary.LittleEndian
	b := a.value
	if len(b) < 4 || le.Uint32(b) != aclOnDisk {
		return nil, format.Errorf(a.at, "no access control list")
	}
	out := le.AppendUint32(nil, aclShown)
	for b = b[4:]; len(b) > 0; {
		length, id := 4, aclNobody
		if len(b) >= 8 && (le.Uint16(b) == aclUser || le.Uint16(b) == aclGroup) {
			length, id = 8, le.Uint32(b[4:])
		}
		if len(b) < length {
			return nil, format.Errorf(a.at, "an access control list ends in an entry")
		}
		out = le.AppendUint32(append(out, b[:4]...), id)
		b = b[length:]
	}
	return out, nil
}
