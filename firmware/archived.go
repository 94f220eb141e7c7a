package firmware

import "bytes"

// isZip reports whether a file begins as a zip archive with a member.
func isZip(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// isOfRoot reports whether a container is a zip or 7z archive or an ISO image that lies in a
// root file system, at any depth: a program's classes, modules or pages, which it reads
// where they are, or a disc to start from. Its
// members are judged as the files of the root are, and not as the parts of an update, of
// which each must be something that is known.
func isOfRoot(k *Container) bool {
	if k.Type != "zip" && k.Type != "7z" && k.Type != "iso9660" {
		return false
	}
	for p := k.Parent; p != nil; p = p.Parent {
		if isRoot(p) {
			return true
		}
	}
	return false
}
