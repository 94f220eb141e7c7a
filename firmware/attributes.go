package firmware

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// maxAttributes is how many bytes of attributes, and of targets, of a container are
// looked through.
const maxAttributes = 8 << 20

// attributes offers what files of a tree hold beside a content: values of extended
// attributes that are not of the usual kinds, and targets of symlinks that are no
// plain paths. Each stands behind the file's path, between zeros, as strings of a
// program do. Files may share a value: it is offered once.
func (o *opener) attributes(k *Container, files []*File) {
	var values, targets bytes.Buffer
	seen := map[string]bool{}
	for _, f := range files {
		if f == nil {
			continue
		}
		if values.Len()+targets.Len() > maxAttributes {
			o.skip(k.Path, 0, 0, "more attributes and targets of links than are looked through")
			break
		}
		for _, name := range slices.Sorted(maps.Keys(f.Xattrs)) {
			if value := f.Xattrs[name]; !isUsual(name, value) && !seen[string(value)] {
				seen[string(value)] = true
				values.WriteString(f.Name + "\x00" + name + "=")
				values.Write(value)
				values.WriteByte(0)
			}
		}
		if f.Kind == Symlink && !isPlainPath(f.Link) {
			targets.WriteString(f.Name + "\x00" + f.Link + "\x00")
		}
	}
	for _, all := range []struct {
		name string
		*bytes.Buffer
	}{{"attributes", &values}, {"links", &targets}} {
		if all.Len() == 0 {
			continue
		}
		at := &place{
			in: format.InMemory(all.Bytes()), parent: k, tried: &tried{},
			path: k.Path + "!" + unlike(k, all.name), why: "says nothing to the reader of the container",
		}
		o.rawRange(at, "bytes", Range{Length: at.in.Size})
	}
}

// isUsual reports whether an extended attribute is one that a system keeps for itself,
// and has a value as it must be (xattr(7); include/uapi/linux in Linux: capability.h,
// posix_acl_xattr.h; security/integrity/integrity.h).
func isUsual(name string, value []byte) bool {
	const short, label, signature = 16, 256, 1 << 10
	switch {
	case len(value) < short: // no key and no token
		return true
	case name == "security.selinux", strings.HasPrefix(name, "security.SMACK64"), strings.HasPrefix(name, "security.apparmor"):
		text := bytes.TrimRight(value, "\x00")
		odd := slices.ContainsFunc(text, func(c byte) bool { return c <= ' ' || c >= 0x7f || c == '/' || c == '=' })
		return len(value) <= label && !odd && !isToken(string(text))
	case name == "security.capability":
		return len(value) == 20 || len(value) == 24
	case strings.HasPrefix(name, "system.posix_acl_"):
		return len(value) >= 4 && len(value)%8 == 4 && binary.LittleEndian.Uint32(value) == 2
	case name == "security.ima", name == "security.evm":
		return len(value) > 0 && value[0] >= 1 && value[0] <= 6 && len(value) <= signature
	case name == "user.ostreemeta", strings.HasPrefix(name, "trusted.overlay."): // are read by who knows them
		return len(value) <= label
	}
	return false
}

// isPlainPath reports whether the target of a symlink is a path as people give them.
func isPlainPath(target string) bool {
	if strings.Contains(target, "://") || strings.ContainsFunc(target, func(r rune) bool { return r <= ' ' || strings.ContainsRune("={}\"", r) }) {
		return false
	}
	for element := range strings.SplitSeq(target, "/") {
		if isToken(element) {
			return false
		}
	}
	return true
}

// isToken reports whether a word looks like a token and not like a name: long, without
// an ending, of letters in both cases or capitals with several digits among them.
func isToken(word string) bool {
	const least, digits = 20, 2
	n, capitals := 0, 0
	for _, c := range word {
		switch {
		case c >= '0' && c <= '9':
			n++
		case c >= 'A' && c <= 'Z':
			capitals++
		case c >= 'a' && c <= 'z', c == '_', c == '-':
		default:
			return strings.HasPrefix(word, "eyJ") // of a signed web token, which has dots
		}
	}
	return len(word) >= least && n >= digits && capitals > 0
}
