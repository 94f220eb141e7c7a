package jffs2

import (
	"cmp"
	"context"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// first reads the first file system of the input. Two nodes of one inode never have
// the same version unless one is a copy of the other: where they do, a second file
// system began before.
func first(ctx context.Context, in format.Input) (*volume, error) {
	v, err := scan(ctx, in, false)
	if err != nil {
		return nil, err
	}
	v.sort()
	clash := v.clash()
	if clash == 0 {
		return v, nil
	}
	if at := v.secondBefore(clash); at > 0 {
		v, err = scan(ctx, in.Section(0, at), true)
	} else if v, err = scan(ctx, in, true); err == nil {
		v.hurts.add(clash, 0, "a node contradicts an earlier one of the same version: there may be two file systems here")
	}
	if err == nil {
		v.sort()
	}
	return v, err
}

// secondBefore says where the file system of a node begins that is not of the
// first: at an erase block, behind erased ones if there are any. 0 if the erase
// blocks are not known.
func (v *volume) secondBefore(off int64) int64 {
	start := v.blockStart(off)
	if g := v.gapBefore(off); g > 0 && (start <= g || !v.sharedBetween(g, start)) {
		return g
	}
	return max(start, 0)
}

// sort orders inodes by number and names by folder, oldest version first.
func (v *volume) sort() {
	slices.SortFunc(v.inodes, func(a, b inode) int {
		return cmp.Or(cmp.Compare(a.ino, b.ino), cmp.Compare(a.version, b.version), cmp.Compare(a.at, b.at))
	})
	slices.SortFunc(v.names, func(a, b dirent) int {
		return cmp.Or(cmp.Compare(a.parent, b.parent), cmp.Compare(a.name, b.name), cmp.Compare(a.version, b.version), cmp.Compare(a.at, b.at))
	})
}

// clash gives the first node that contradicts an earlier one, or 0.
func (v *volume) clash() int64 {
	at := v.clashed
	for i := 1; i < len(v.inodes); i++ {
		a, b := &v.inodes[i-1], &v.inodes[i]
		if a.ino == b.ino && a.version == b.version && a.check != b.check && (at == 0 || b.at < at) {
			at = b.at
		}
	}
	return at
}

// gapBefore gives the end of the last erased run before off that holds a whole
// erase block, or 0.
func (v *volume) gapBefore(off int64) int64 {
	size, _ := v.block()
	for _, g := range slices.Backward(v.gaps) {
		if whole := size == 0 || v.blockStart(g.from+size-1)+size <= g.to; whole && g.to <= off {
			return g.to
		}
	}
	return 0
}

// sharedBetween tells whether nodes between two places go on with inodes from
// before them.
func (v *volume) sharedBetween(from, to int64) bool {
	before := map[uint32]bool{}
	for i := range v.inodes {
		if v.inodes[i].at < from {
			before[v.inodes[i].ino] = true
		}
	}
	return slices.ContainsFunc(v.inodes, func(n inode) bool { return n.at >= from && n.at < to && before[n.ino] })
}
