// Package ext reads ext2, ext3 and ext4 file systems.
//
// The layout is that of the Linux kernel's Documentation/filesystems/ext4: a
// superblock 1024 bytes from the start, descriptors of block groups, and in each
// group a table of inodes. An inode maps its content by extents or by indirect
// blocks, or holds it itself. Directories are read block by block, as they are
// on a device without hash trees, whose index blocks look empty that way.
//
// Read are block sizes from 1 to 64 KiB and all features that are in the kernel,
// among them 64bit, flex_bg, meta_bg, sparse_super2, bigalloc, inline_data,
// ea_inode, large_dir, casefold and verity. Checksums (metadata_csum, and that of
// descriptors in uninit_bg) are verified: what they deny is reported, and a file
// whose inode or extents they deny is not read. File contents have no checksum.
//
// Not read are the contents of the journal (a file system that needs recovery is
// read as it stands, and says so), encrypted and compressed files, backups of
// the superblock, journals on devices of their own, and deleted files: blocks
// that nothing refers to, whatever the bitmaps say of them, and what stands behind
// the end of a file are given back as unused.
package ext

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is ext2, ext3 or ext4.
var Format = &format.Format{
	Name:     "ext",
	Magics:   magics(),
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

// Limits of this reader, beside those of the image.
const (
	maxDepth      = 512       // directories inside one another
	maxPath       = 4096      // bytes of a path, as PATH_MAX
	maxLink       = 64 << 10  // bytes of a symlink's target
	maxXattr      = 1 << 20   // bytes of one extended attribute that has its own inode
	maxAttributes = 128 << 20 // bytes of all extended attributes
	maxDamage     = 1000      // places that are reported
)

// magics are the superblock's magic with the states and error behaviours that
// may follow it: its two bytes alone are too short to be looked for.
func magics() []format.Magic {
	const states, behaviours = 8, 4
	var all []format.Magic
	for state := range byte(states) {
		for behaviour := range byte(behaviours) {
			all = append(all, format.Magic{Offset: superblockAt + 0x38, Bytes: string([]byte{0x53, 0xef, state, 0, behaviour, 0})})
		}
	}
	return all
}

// probe is sure of a superblock with its checksum, and of one whose number of
// inodes is what the number of blocks makes it. A backup of the superblock is no
// start of a file system.
func probe(in format.Input) format.Likeness {
	sb, err := readSuperblock(in)
	switch {
	case err != nil, sb.Revision > 0 && sb.Group != 0:
		return format.No
	case sb.sum == sumRight, uint64(sb.Inodes) == sb.groups*uint64(sb.InodesPerGroup):
		return format.Sure
	}
	return format.Likely
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	sb, err := readSuperblock(in)
	if err != nil {
		return nil, err
	}
	if err := sb.readable(); err != nil {
		return nil, err
	}
	length := min(sb.bytes(), in.Size)
	r := newReader(ctx, in.Section(0, length), sb, b)
	if sb.sum == sumWrong {
		r.hurt(superblockAt, "the superblock's checksum differs")
	}
	if missing := sb.bytes() - length; missing > 0 {
		r.hurt(length, "the file system has %d bytes more than are here", missing)
	}
	journal := r.journal()
	if err := r.walk(); err != nil {
		return nil, err
	}
	return &format.Opened{
		Length: length, Modes: true, Tree: r, Damage: r.damage, Unused: r.unused, Unread: r.unread,
		Attributes: sb.attributes(journal),
	}, nil
}

func (sb *superblock) attributes(journal string) map[string]string {
	a := map[string]string{
		"version":    sb.version(),
		"block-size": strconv.FormatInt(sb.blockSize, 10),
		"journal":    journal,
		"state":      sb.state(),
	}
	if sb.UUID != [16]byte{} {
		u := hex.EncodeToString(sb.UUID[:])
		a["uuid"] = u[:8] + "-" + u[8:12] + "-" + u[12:16] + "-" + u[16:20] + "-" + u[20:]
	}
	if label, _, _ := strings.Cut(string(sb.Label[:]), "\x00"); label != "" {
		a["label"] = label
	}
	if sb.Created > 0 {
		a["created"] = time.Unix(int64(sb.Created), 0).UTC().Format(time.RFC3339)
	}
	return a
}

// The journal's superblock, in the first block of its file (journal.rst). Its
// numbers are big-endian.
const (
	journalMagic   = 0xc03b3998
	journalStartAt = 0x1c // the block where the log begins; 0 if it is empty
	journalHead    = 0x20
)

// journal says what is to be known of the journal. One that was not replayed
// is damage: a device would show other files than those that are read here.
func (r *reader) journal() string {
	switch {
	case r.sb.Compat&hasJournal == 0:
		return "none"
	case r.sb.JournalInode == 0:
		return "on another device"
	case r.sb.Incompat&needsRecovery == 0 || r.journalEmpty():
		return "clean"
	}
	r.hurt(superblockAt, "the journal was noticed, not replayed: files may be older than those that a device shows")
	return "needs recovery, not replayed"
}

func (r *reader) journalEmpty() bool {
	n, err := r.inode(r.sb.JournalInode)
	if err != nil || n.damaged != nil {
		return false
	}
	runs, err := r.runs(n, 1)
	if err != nil || len(runs) == 0 {
		return false
	}
	head, err := r.in.Bytes(runs[0].physical*r.sb.blockSize, journalHead)
	return err == nil && binary.BigEndian.Uint32(head) == journalMagic && binary.BigEndian.Uint32(head[journalStartAt:]) == 0
}
