// Package apk reads packages of apk-tools 3, as Alpine and OpenWrt have them:
// a database that lists files, then a block with the content of each.
//
// The format is that of apk-v3(5) in apk-tools' own documentation, with the field
// numbers of its sources. The digest of a content must hold; signatures are parsed
// and not verified. Owners are names: "root" is 0, any other the last one, 65534, as
// apk-tools has a name that it does not know. Scripts are listed under the names
// that they have in packages of version 2. Those are archives of tar, and only
// what signs them is read here. Indexes of packages of version 3 are not read.
package apk

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"io/fs"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the package. Compressed ones are a stream around it.
var Format = &format.Format{
	Name:     "apk",
	Magics:   []format.Magic{{Bytes: magic}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	magic        = "ADB.pckg"
	maxText      = 4096    // bytes of a name, as PATH_MAX
	maxXattrs    = 1 << 16 // in the whole package
	maxXattrName = 255
	nobody       = 65534
)

// Kinds of blocks. The size of a block is rounded up to blockAlign.
const (
	blockDatabase  = 0
	blockSignature = 1
	blockData      = 2
	blockWide      = 3 // its kind and size follow
	blockAlign     = 8
)

// Fields of the objects.
const (
	packageInfo, packagePaths, packageScripts         = 1, 2, 3
	infoName, infoVersion, infoArch, infoLicense      = 1, 2, 5, 6
	dirName, dirACL, dirFiles                         = 1, 2, 3
	fileName, fileACL, fileSize, fileTime, fileSum    = 1, 2, 3, 4, 5
	fileTarget                                        = 6
	aclMode, aclUser, aclGroup, aclXattrs             = 1, 2, 3, 4
	modeFIFO, modeChar, modeBlock, modeFile, modeLink = 0o010000, 0o020000, 0o060000, 0o100000, 0o120000
)

var scripts = [...]string{1: ".trigger", ".pre-install", ".post-install", ".pre-deinstall", ".post-deinstall", ".pre-upgrade", ".post-upgrade"}

// block is a block of the file.
type block struct {
	kind       uint32
	start, end int64 // of what it holds
	next       int64
}

func readBlock(in format.Input, at int64) (b block, err error) {
	head := in.Peek(at, 16)
	if len(head) < 4 {
		return b, format.Errorf(at, "no block")
	}
	word := binary.LittleEndian.Uint32(head)
	b.kind, b.start = word>>30, at+4
	size := uint64(word & 0x3fffffff)
	if b.kind == blockWide {
		if len(head) < 16 {
			return b, format.Errorf(at, "no block")
		}
		b.kind, b.start, size = word&0x3fffffff, at+16, binary.LittleEndian.Uint64(head[8:])
	}
	if size < uint64(b.start-at) || size > uint64(in.Size-at) || b.kind > blockData {
		return b, format.Errorf(at, "block of kind %d and %d bytes, %d are here", b.kind, size, in.Size-at)
	}
	b.end = at + int64(size)
	b.next = min((b.end+blockAlign-1)&^(blockAlign-1), in.Size)
	return b, nil
}

// probe is sure of a first block that is a database.
func probe(in format.Input) format.Likeness {
	if string(in.Head(len(magic))) != magic {
		return format.No
	}
	if b, err := readBlock(in, int64(len(magic))); err != nil || b.kind != blockDatabase || b.end-b.start < 8 {
		return format.No
	}
	return format.Sure
}

// archive is an opened package.
type archive struct {
	ctx     context.Context
	in      format.Input
	budget  *format.Budget
	db      database
	entries []format.Entry
	sums    [][]byte       // of contents
	places  map[[2]int]int // by number of the folder and of the file in it: the entry whose content is to come
	names   map[string]int
	xattrs  map[uint32]map[string][]byte // by the value of their list
	attrs   int                          // that were read
	damage  []format.Damage
	blocks  map[int]format.Span // with the content of an entry
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	first, err := readBlock(in, int64(len(magic)))
	if err != nil {
		return nil, err
	}
	raw, err := in.Bytes(first.start, first.end-first.start)
	if err != nil {
		return nil, err
	}
	if len(raw) < 8 || first.kind != blockDatabase || raw[0] != 0 {
		return nil, format.Errorf(first.start, "a database of another version, or none")
	}
	a := &archive{
		ctx: ctx, in: in, budget: b, db: database{raw: raw, at: first.start},
		places: map[[2]int]int{}, names: map[string]int{}, xattrs: map[uint32]map[string][]byte{}, blocks: map[int]format.Span{},
	}
	root := a.db.object(binary.LittleEndian.Uint32(raw[4:]))
	if err := a.list(root); err != nil {
		return nil, err
	}
	end := a.contents(first.next)
	for key := range a.places {
		e := &a.entries[a.places[key]]
		e.Err = format.Errorf(end, "the content of %s is not here", e.Name)
	}
	info := a.db.object(root.field(packageInfo))
	o := &format.Opened{Length: end, Modes: true, Tree: a, Damage: a.damage, Attributes: map[string]string{}}
	for name, n := range map[string]int{"name": infoName, "version": infoVersion, "architecture": infoArch, "license": infoLicense} {
		if s := a.db.text(info.field(n)); s != "" {
			o.Attributes[name] = s
		}
	}
	return o, a.sign(ctx, o, first)
}

func (a *archive) hurt(at int64, reason string) {
	a.damage = append(a.damage, format.Damage{Offset: at, Reason: reason})
}

// list makes the entries of the folders, of the files in them, and of the scripts.
func (a *archive) list(root object) error {
	paths := a.db.object(root.field(packagePaths))
	for i := 1; i < paths.count(); i++ {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		dir := a.db.object(paths.field(i))
		name := a.db.text(dir.field(dirName))
		if name != "" {
			e := a.entry(name, a.db.object(dir.field(dirACL)))
			e.Mode |= fs.ModeDir
			if err := a.add(e, nil); err != nil {
				return err
			}
			name += "/"
		}
		files := a.db.object(dir.field(dirFiles))
		for k := 1; k < files.count(); k++ {
			if err := a.file(name, a.db.object(files.field(k)), [2]int{i, k}); err != nil {
				return err
			}
		}
	}
	set := a.db.object(root.field(packageScripts))
	for i := 1; i < min(set.count(), len(scripts)); i++ {
		content, at := a.db.place(set.field(i))
		if len(content) == 0 {
			continue
		}
		if err := a.add(format.Entry{Name: scripts[i], Mode: 0o755, Size: int64(len(content)), Offset: at}, nil); err != nil {
			return err
		}
	}
	if a.db.broken > 0 {
		a.hurt(a.db.at, fmt.Sprintf("%d values point outside of the database, or are too long", a.db.broken))
	}
	return nil
}

// entry makes an entry with the owners and mode of an access list.
func (a *archive) entry(name string, acl object) format.Entry {
	owner := func(n int) uint32 {
		if s := a.db.text(acl.field(n)); s != "" && s != "root" {
			return nobody
		}
		return 0
	}
	return format.Entry{
		Name: name, Mode: format.UnixMode(uint32(a.db.number(acl.field(aclMode)) & 0o7777)),
		UID: owner(aclUser), GID: owner(aclGroup), Xattrs: a.attributes(acl.field(aclXattrs)), Offset: -1,
	}
}

// attributes reads a list of names and values, with a zero between them.
func (a *archive) attributes(value uint32) map[string][]byte {
	if known, ok := a.xattrs[value]; ok {
		return known
	}
	list := a.db.object(value)
	if list.count() <= 1 {
		return nil
	}
	all := map[string][]byte{}
	for i := 1; i < list.count() && a.attrs < maxXattrs; i++ {
		a.attrs++
		name, content, _ := bytes.Cut(a.db.blob(list.field(i)), []byte{0})
		all[string(name[:min(len(name), maxXattrName)])] = content
	}
	if a.attrs == maxXattrs {
		a.hurt(a.db.at, fmt.Sprintf("more than %d extended attributes: %v", maxXattrs, format.ErrLimit))
		a.attrs++
	}
	a.xattrs[value] = all
	return all
}

// add adds an entry. Only an exhausted budget is an error.
func (a *archive) add(e format.Entry, sum []byte) error {
	if err := a.budget.Entry(e.Name); err != nil {
		return err
	}
	e.Inode = len(a.entries)
	a.names[e.Name] = e.Inode
	a.entries, a.sums = append(a.entries, e), append(a.sums, sum)
	return nil
}

// file makes the entry of a file, which has a content to come, or none, or a
// target.
func (a *archive) file(dir string, f object, key [2]int) error {
	e := a.entry(dir+a.db.text(f.field(fileName)), a.db.object(f.field(fileACL)))
	if t := a.db.number(f.field(fileTime)); t != 0 {
		e.ModTime = time.Unix(int64(t), 0).UTC()
	}
	if target := a.db.blob(f.field(fileTarget)); target != nil {
		a.target(&e, target)
		if err := a.add(e, nil); err != nil {
			return err
		}
		if i, ok := a.names[e.Link]; ok && e.Mode.IsRegular() && e.Err == nil && a.entries[i].Mode.IsRegular() {
			last := &a.entries[len(a.entries)-1]
			last.Inode, last.Size, last.Link = a.entries[i].Inode, a.entries[i].Size, ""
		}
		return nil
	}
	size := a.db.number(f.field(fileSize))
	e.Size = int64(min(size, 1<<62))
	if e.Size > 0 {
		a.places[key] = len(a.entries)
	}
	return a.add(e, a.db.blob(f.field(fileSum)))
}

// target reads what a file is that has no content: its type, then where a link
// leads or the number of a device.
func (a *archive) target(e *format.Entry, target []byte) {
	if len(target) < 2 || len(target) > maxText {
		e.Err = format.Errorf(a.db.at, "target of %d bytes", len(target))
		return
	}
	mode, rest := uint32(binary.LittleEndian.Uint16(target)), target[2:]
	switch {
	case mode == modeLink:
		e.Link, e.Size = string(rest), int64(len(rest))
	case mode == modeFile:
		e.Link = string(rest) // of a hard link
		if i, ok := a.names[e.Link]; !ok || !a.entries[i].Mode.IsRegular() {
			e.Err = format.Errorf(a.db.at, "hard link to %q, which is no file before it", e.Link)
		}
		return
	case mode == modeFIFO:
	case (mode == modeChar || mode == modeBlock) && len(rest) == 8:
		// As the C library has device numbers.
		n := binary.LittleEndian.Uint64(rest)
		e.Rdev = (n>>8&0xfff|n>>32&^0xfff)<<32 | n&0xff | n>>12&0xffffff00
	default:
		e.Err = format.Errorf(a.db.at, "target of the type %o with %d bytes", mode, len(rest))
		return
	}
	e.Mode |= format.UnixMode(mode)
}

// contents finds the blocks with contents, until there is one for each file, and
// gives the place where the package ends.
func (a *archive) contents(at int64) (end int64) {
	for at < a.in.Size && a.ctx.Err() == nil {
		b, err := readBlock(a.in, at)
		if err != nil || b.kind == blockDatabase || (b.kind == blockData && len(a.places) == 0) {
			break // of something else
		}
		if b.kind == blockData {
			head := a.in.Peek(b.start, 8)
			if b.end-b.start < 8 || len(head) < 8 {
				break
			}
			key := [2]int{int(binary.LittleEndian.Uint32(head)), int(binary.LittleEndian.Uint32(head[4:]))}
			i, ok := a.places[key]
			if !ok || a.entries[i].Size != b.end-b.start-8 {
				a.hurt(at, fmt.Sprintf("content of %d bytes for file %d of folder %d, which wants none or another", b.end-b.start-8, key[1], key[0]))
				break
			}
			a.entries[i].Offset = b.start + 8
			a.blocks[i] = format.Span{Offset: at, Length: b.end - at}
			delete(a.places, key)
		}
		at = b.next
	}
	return at
}

// Entries lists folders and files in the order of the database.
func (a *archive) Entries() []format.Entry { return a.entries }

// Batches has one batch for each file.
func (a *archive) Batches() []format.Batch { return format.OneByOne(a) }

// Read gives a content, which must have its digest.
func (a *archive) Read(i int) ([]byte, error) {
	i = a.entries[i].Inode
	e := &a.entries[i]
	if e.Err != nil || e.Size == 0 {
		return nil, e.Err
	}
	content, err := a.in.Bytes(e.Offset, e.Size)
	if err != nil || a.sums[i] == nil {
		return content, err
	}
	if !holds(a.sums[i], content) {
		return nil, format.Errorf(e.Offset, "the digest differs")
	}
	return content, nil
}

// holds compares a digest, whose kind its length tells.
func holds(want, content []byte) bool {
	is := func(sum []byte) bool { return string(sum[:min(len(want), len(sum))]) == string(want) }
	long := sha256.Sum256(content)
	switch len(want) {
	case sha1.Size:
		short := sha1.Sum(content)
		return is(short[:]) || is(long[:])
	case sha256.Size:
		return is(long[:])
	case sha512.Size:
		longest := sha512.Sum512(content)
		return is(longest[:])
	}
	return false
}
