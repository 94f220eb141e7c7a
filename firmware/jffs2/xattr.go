package jffs2

import (
	"cmp"
	"slices"
	"sort"

	"github.com/assay-iot/assay/firmware/format"
)

// xattr is an attribute, that inodes refer to by its number. The highest version
// deletes it.
type xattr struct {
	id, version uint32
	name        string
	value       []byte
	data        format.Span // name and value
}

// xref gives an attribute to an inode. An odd sequence number takes it away.
type xref struct{ ino, id, sequence uint32 }

const (
	deletedXattr = 0xffffffff
	deletedXref  = 1
)

// prefixes are the beginnings of names, by their numbers; the lists of access
// rights are whole names.
var prefixes = [...]string{
	1: "user.", 2: "security.", 3: "system.posix_acl_access", 4: "system.posix_acl_default", 5: "trusted.",
}

func (v *volume) takeXattr(off int64, b []byte) string {
	u := v.order.Uint32
	if len(b) < xattrSize || u(b[28:]) != sum(b[:28]) {
		return "attribute: checksum differs"
	}
	nameLen, valueLen := int(b[21]), int(v.order.Uint16(b[22:]))
	x := xattr{id: u(b[12:]), version: u(b[16:])}
	if x.version != deletedXattr {
		data := b[xattrSize:]
		if nameLen+1+valueLen > len(data) || u(b[24:]) != sum(data[:nameLen+1+valueLen]) {
			return "attribute: checksum of the data differs"
		}
		if int(b[20]) >= len(prefixes) || b[20] == 0 {
			return "attribute with an unknown prefix"
		}
		x.name = prefixes[b[20]] + string(data[:nameLen])
		x.value = slices.Clone(data[nameLen+1 : nameLen+1+valueLen])
		x.data = format.Span{Offset: off + xattrSize, Length: int64(nameLen + 1 + valueLen)}
	}
	v.xattrs = append(v.xattrs, x)
	return ""
}

func (v *volume) takeXref(b []byte) string {
	u := v.order.Uint32
	if len(b) < xrefSize || u(b[24:]) != sum(b[:24]) {
		return "reference to an attribute: checksum differs"
	}
	v.xrefs = append(v.xrefs, xref{u(b[12:]), u(b[16:]), u(b[20:])})
	return ""
}

// sortXattrs orders both by number, oldest first.
func (v *volume) sortXattrs() {
	slices.SortStableFunc(v.xattrs, func(a, b xattr) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.version, b.version))
	})
	slices.SortStableFunc(v.xrefs, func(a, b xref) int {
		return cmp.Or(cmp.Compare(a.ino, b.ino), cmp.Compare(a.id, b.id), cmp.Compare(a.sequence, b.sequence))
	})
}

// counts tells whether a reference is the newest to its attribute, and gives it.
func (v *volume) counts(i int) bool {
	r := v.xrefs[i]
	older := i+1 < len(v.xrefs) && v.xrefs[i+1].ino == r.ino && v.xrefs[i+1].id == r.id
	return !older && r.sequence&deletedXref == 0
}

// idleXattrs are the attributes that no inode has.
func (v *volume) idleXattrs() (idle []format.Span) {
	has := map[*xattr]bool{}
	for i, r := range v.xrefs {
		if v.counts(i) {
			has[v.xattr(r.id)] = true
		}
	}
	for i := range v.xattrs {
		if x := &v.xattrs[i]; !has[x] {
			idle = append(idle, x.data)
		}
	}
	return idle
}

// xattrsOf gives the attributes of an inode, nil if there are none.
func (v *volume) xattrsOf(ino uint32) map[string][]byte {
	var all map[string][]byte
	i := sort.Search(len(v.xrefs), func(i int) bool { return v.xrefs[i].ino >= ino })
	for ; i < len(v.xrefs) && v.xrefs[i].ino == ino; i++ {
		if !v.counts(i) {
			continue
		}
		if x := v.xattr(v.xrefs[i].id); x != nil {
			if all == nil {
				all = map[string][]byte{}
			}
			all[x.name] = x.value
		}
	}
	return all
}

// xattr gives the newest version of an attribute, nil if it is deleted.
func (v *volume) xattr(id uint32) *xattr {
	i := sort.Search(len(v.xattrs), func(i int) bool { return v.xattrs[i].id > id }) - 1
	if i < 0 || v.xattrs[i].id != id || v.xattrs[i].version == deletedXattr {
		return nil
	}
	return &v.xattrs[i]
}
