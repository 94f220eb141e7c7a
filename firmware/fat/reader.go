package fat

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Limits of this reader, beside those of the image.
const (
	maxDepth     = 512     // directories inside one another
	maxPath      = 4096    // bytes of a path, as PATH_MAX
	maxDirectory = 2 << 20 // bytes of a directory: 65536 records
)

// A directory is records of recordSize bytes.
const (
	recordSize = 32
	endMark    = 0x00 // as first byte of a name
	deleted    = 0xe5
	firstIsE5  = 0x05
)

// The attributes of a record.
const (
	readOnly  = 0x01
	label     = 0x08
	directory = 0x10
	longPiece = 0x0f
	longMask  = 0x3f
)

// reader is an opened file system.
type reader struct {
	volume
	ctx    context.Context
	in     format.Input
	budget *format.Budget
	table  []byte   // that is read, as far as there are clusters
	taken  []uint64 // a bit for each cluster that is in a chain

	label   string
	entries []format.Entry
	runs    [][]run // of entries that are regular files
	damage  []format.Damage
}

func (r *reader) hurt(at int64, reason string) {
	r.damage = append(r.damage, format.Damage{Offset: at, Reason: reason})
}

// folder is a directory to read.
type folder struct {
	name  string // path with a slash at its end, or empty
	at    int64  // of its record
	first uint32 // cluster
	depth int
	runs  []run // none if it is the root of FAT12 and FAT16
}

// recordAt is where a byte of a directory is.
func (r *reader) recordAt(dir *folder, off int64) int64 {
	for _, u := range dir.runs {
		n := int64(u.count) * r.cluster
		if off < n {
			return r.clusterAt(u.first) + off
		}
		off -= n
	}
	return r.rootAt + off
}

// walk reads the directories from the root on, each once.
func (r *reader) walk() error {
	stack := []folder{{first: r.root, at: rootField}}
	for len(stack) > 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		dir := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		raw, err := r.records(&dir)
		if err != nil {
			if dir.depth == 0 && len(raw) == 0 {
				return err
			}
			r.hurt(dir.at, "directory /"+dir.name+": "+err.Error())
		}
		down, err := r.list(&dir, raw)
		if err != nil {
			return err
		}
		slices.Reverse(down)
		stack = append(stack, down...)
	}
	return nil
}

// records gives the bytes of a directory. What could be read comes with an error.
func (r *reader) records(dir *folder) ([]byte, error) {
	if dir.depth == 0 && r.bits != 32 {
		return r.in.Bytes(r.rootAt, r.rootSize)
	}
	most := maxDirectory/r.cluster + 1
	runs, chainErr := r.chain(dir.first, most, dir.at)
	dir.runs = runs
	n := clustersOf(runs)
	if n == most {
		n, chainErr = n-1, fmt.Errorf("more than %d bytes: %w", maxDirectory, format.ErrLimit)
	}
	raw, err := r.bytes(runs, n*r.cluster)
	return raw, cmp.Or(chainErr, err)
}

// list makes the entries of one directory and gives the directories in it. Only
// an exhausted budget is an error.
func (r *reader) list(dir *folder, raw []byte) (down []folder, err error) {
	var long longName
	at := int64(0)
	for off := 0; off+recordSize <= len(raw); off += recordSize {
		rec := raw[off : off+recordSize]
		if at += recordSize; int64(off)%r.cluster == 0 {
			at = r.recordAt(dir, int64(off))
		}
		attr := rec[11]
		switch {
		case rec[0] == endMark:
			if len(bytes.Trim(raw[off:], "\x00")) > 0 {
				r.hurt(at, "directory /"+dir.name+": there is something after the mark of its end")
			}
			return down, nil
		case rec[0] == deleted:
			long = longName{}
		case attr&longMask == longPiece:
			long.add(rec)
		case attr&label != 0:
			if dir.depth == 0 {
				r.label = strings.TrimRight(decode437(rec[:11]), " ")
			}
			long = longName{}
		case string(rec[:11]) == ".          " || string(rec[:11]) == "..         ":
		default:
			sub, err := r.add(dir, rec, at, &long)
			if err != nil {
				return nil, err
			}
			if sub.name != "" {
				down = append(down, sub)
			}
		}
	}
	return down, nil
}

// add makes the entry of one record. If it is a directory to read, that is given.
func (r *reader) add(dir *folder, rec []byte, at int64, long *longName) (sub folder, err error) {
	name, stray := long.take(rec)
	full := dir.name + r.plain(name, at)
	if err := r.budget.Entry(full); err != nil {
		return sub, err
	}
	if stray {
		r.hurt(at, "/"+full+": the long name before it is broken or another's")
	}
	first := uint32(binary.LittleEndian.Uint16(rec[26:]))
	if r.bits == 32 {
		first |= uint32(binary.LittleEndian.Uint16(rec[20:])) << 16
	}
	e := format.Entry{
		Name: full, Mode: 0o644, Inode: len(r.entries), Offset: -1,
		Size:    int64(binary.LittleEndian.Uint32(rec[28:])),
		ModTime: stamp(binary.LittleEndian.Uint16(rec[24:]), binary.LittleEndian.Uint16(rec[22:])),
	}
	if rec[11]&readOnly != 0 {
		e.Mode = 0o444
	}
	var runs []run
	switch {
	case rec[11]&directory == 0:
		runs, e.Err = r.content(first, e.Size, at)
		if len(runs) == 1 {
			e.Offset = r.clusterAt(runs[0].first)
		}
	case dir.depth >= maxDepth || len(full) > maxPath:
		e.Mode, e.Size, e.Err = fs.ModeDir|0o755, 0, format.Errorf(at, "directories too deep")
	default:
		e.Mode, e.Size = fs.ModeDir|0o755, 0
		sub = folder{name: full + "/", at: at, first: first, depth: dir.depth + 1}
	}
	r.entries, r.runs = append(r.entries, e), append(r.runs, runs)
	return sub, nil
}

// plain gives a name that is one element of a path.
func (r *reader) plain(name string, at int64) string {
	if name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/\x00") {
		return name
	}
	r.hurt(at, fmt.Sprintf("a file is called %q", name))
	return "\ufffd" + strings.NewReplacer("/", "\ufffd", "\x00", "\ufffd").Replace(name)
}

// content finds where the content of a file is.
func (r *reader) content(first uint32, size, at int64) ([]run, error) {
	if size == 0 {
		return nil, nil
	}
	need := (size + r.cluster - 1) / r.cluster
	runs, err := r.chain(first, need, at)
	if err != nil {
		return nil, err
	}
	if n := clustersOf(runs); n < need {
		return nil, format.Errorf(at, "file of %d bytes, its chain has %d of %d clusters", size, n, need)
	}
	for _, u := range runs {
		n := min(size, int64(u.count)*r.cluster)
		if end := r.clusterAt(u.first) + n; end > r.in.Size {
			return nil, format.Errorf(r.clusterAt(u.first), "the file goes on to 0x%x, the input ends at 0x%x", end, r.in.Size)
		}
		size -= n
	}
	return runs, nil
}

// stamp reads a date and a time of local clocks, taken as UTC.
func stamp(date, clock uint16) time.Time {
	if date == 0 {
		return time.Time{}
	}
	return time.Date(1980+int(date>>9), time.Month(date>>5&15), int(date&31), int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}

// Entries lists the files in the order of the directories.
func (r *reader) Entries() []format.Entry { return r.entries }

// Batches has one batch for each file, in the order of the disk.
func (r *reader) Batches() []format.Batch {
	batches := format.OneByOne(r)
	slices.SortStableFunc(batches, func(a, b format.Batch) int {
		return cmp.Compare(r.start(a.Entries[0]), r.start(b.Entries[0]))
	})
	return batches
}

// start is the first cluster of a file. Empty files come last.
func (r *reader) start(i int) uint32 {
	if len(r.runs[i]) == 0 {
		return math.MaxUint32
	}
	return r.runs[i][0].first
}

// Read gives a content, which is copied only if it is in several runs.
func (r *reader) Read(i int) ([]byte, error) {
	if err := r.entries[i].Err; err != nil {
		return nil, err
	}
	return r.bytes(r.runs[i], r.entries[i].Size)
}
