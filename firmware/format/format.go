// Package format is the seam between package firmware and its readers.
//
// A reader of a container lives in its own folder and exports one or more
// values of type [Format]. It knows nothing of images, paths or checks: it is
// given the bytes that begin where the container seems to begin, validates
// them, and says what they hold: parts (a header in front of something), a
// stream (compressed bytes), or a tree (files with names). Package firmware
// ties the readers together: it finds where they apply, opens what they found
// inside one another, sanitises names, keeps the limits of the whole image and
// does the work in parallel.
package format

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math"
	"time"
)

// Format is one kind of container.
type Format struct {
	// Name is the container's type: "squashfs".
	Name string
	// Magics are the bytes that a container of this kind must hold. A scan looks
	// for each of them; the container then begins Offset bytes before it.
	Magics []Magic
	// Start says where a container begins whose magic, at that place of the input,
	// stands at its end or at a place that its other fields tell; negative if there
	// is none. Nil for kinds whose magic has a fixed place.
	Start func(in Input, at int64) int64
	// Anywhere is false for kinds that are only looked for where a container must
	// begin (the start of an image, of a part or of a member), because their magic
	// is too short to be looked for in every byte.
	Anywhere bool
	// Probe looks at the header. It is cheap, allocates next to nothing and
	// refuses what cannot be a container of this kind.
	Probe func(in Input) Likeness
	// Open validates the container fully and says what it holds. An error means
	// that nothing of it can be used; damage to a part of it belongs into Damage.
	Open func(ctx context.Context, in Input, b *Budget) (*Opened, error)
	// Torn says why what begins as a container of this kind is none, if it clearly
	// was one: it is cut off, or its lengths lie. It is nil for anything else, and
	// asked only where nothing could be opened at the first byte of a place. May be
	// nil.
	Torn func(in Input) error
	// Summed says of a stream that a checksum of its content is held against it: one
	// that opens without damage is no chance bytes.
	Summed bool
	// Peek gives the first bytes, at most 1 KiB, that a stream unpacks to; nil for
	// what is no stream.
	Peek func(in Input) []byte
}

// Magic is a run of bytes at a known place of a container.
type Magic struct {
	Offset int
	Bytes  string // at least two
}

// Likeness is what Probe says.
type Likeness uint8

// The answers of Probe. A container that is Sure and does not open is reported
// as damaged; one that is only Likely is taken for chance bytes.
const (
	No     Likeness = iota
	Likely          // the header makes sense
	Sure            // the header has a checksum, or so much structure that it is no chance
)

// Input is where a container begins, and all the bytes that follow.
type Input struct {
	io.ReaderAt
	Size int64
	// Before is what stands in front of a container that a scan found: a trailer's
	// checksum is over that too. Nil for one that begins its place.
	Before *Input
}

// Memory is bytes in memory to read from. Sections of it are not copied.
type Memory []byte

// ReadAt copies from the bytes.
func (m Memory) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= int64(len(m)) {
		return 0, io.EOF
	}
	n := copy(p, m[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// InMemory makes an Input of bytes.
func InMemory(b []byte) Input { return Input{ReaderAt: Memory(b), Size: int64(len(b))} }

// Head reads up to n bytes from the start. They must not be changed.
func (in Input) Head(n int) []byte { return in.Peek(0, n) }

// Peek reads up to n bytes from off; fewer where the input ends. They must not
// be changed.
func (in Input) Peek(off int64, n int) []byte {
	if off < 0 || off >= in.Size {
		return nil
	}
	if m, ok := in.ReaderAt.(Memory); ok {
		return m[off:min(off+int64(n), in.Size)]
	}
	buf := make([]byte, min(int64(n), in.Size-off))
	got, err := in.ReadAt(buf, off)
	if err != nil && err != io.EOF {
		return nil
	}
	return buf[:got]
}

// Full fills buf from off or says that it cannot.
func (in Input) Full(buf []byte, off int64) error {
	if off < 0 || off > in.Size || int64(len(buf)) > in.Size-off {
		return Errorf(in.near(off), "%d bytes wanted, the input ends at 0x%x", len(buf), in.Size)
	}
	n, err := in.ReadAt(buf, off)
	if n == len(buf) {
		return nil
	}
	return Errorf(off+int64(n), "read: %w", err)
}

// Bytes gives n bytes from off, which must not be changed, or says that it cannot.
func (in Input) Bytes(off, n int64) ([]byte, error) {
	if off < 0 || n < 0 || off > in.Size || n > in.Size-off {
		return nil, Errorf(in.near(off), "%d bytes wanted, the input ends at 0x%x", n, in.Size)
	}
	if m, ok := in.ReaderAt.(Memory); ok {
		return m[off : off+n : off+n], nil
	}
	buf := make([]byte, n)
	return buf, in.Full(buf, off)
}

// near is a place, or the end of the input where the place is none: what a pointer gives
// that nobody can follow.
func (in Input) near(off int64) int64 {
	if off < 0 || off == math.MaxInt64 {
		return in.Size
	}
	return off
}

// Section is the run of n bytes at off as an input of its own.
func (in Input) Section(off, n int64) Input {
	off = min(max(off, 0), in.Size)
	n = min(max(n, 0), in.Size-off)
	if m, ok := in.ReaderAt.(Memory); ok {
		return InMemory(m[off : off+n])
	}
	return Input{ReaderAt: io.NewSectionReader(in.ReaderAt, off, n), Size: n}
}

// Opened is a container after it was validated.
type Opened struct {
	Length     int64             // bytes of the input that belong to it
	Attributes map[string]string // what the header says
	Damage     []Damage          // what could not be read; the rest holds
	Modes      bool              // of a tree: modes and owners mean something

	Signatures []Signature // who says that it is the maker's
	Hashes     []Hash      // hash lists inside, compared
	Claims     []Claim     // what it says of parts beside the one that it is in

	// One of these is set.
	Parts  []Part // a header, and where in the input its parts are
	Stream []byte // a compressed stream, unpacked
	Spool  *Spool // one that is too long for memory
	Tree   Tree   // files with names
	Unused []Span // beside any of them: the bytes that nothing in it refers to, in order

	// Unread are bytes that belong to the container and say nothing to its reader: they
	// count as opened, and are offered as a file to those who search.
	Unread []Span

	// Hollow is set by readers of headers without a checksum: the container counts
	// only if there is a container in one of its parts.
	Hollow bool
	// Whole, if set, is the name under which all bytes of the container are offered
	// as one file, for those who judge what the reader does not take apart.
	Whole string
	// Endless says that the mark is missing with which such a container ends. A whole
	// image that ends so may be cut.
	Endless bool
	// Doubt is the last member of an archive of which nobody can tell where it ends; nil
	// if there is none.
	Doubt *Doubt
	// Summed says that a checksum over what a stream unpacked to held, or a length that
	// its header gives, where not every stream of the format has one.
	Summed bool
	// StreamName is the name that a stream's header gives to its content.
	StreamName string
}

// Doubt is the last member of an archive behind which neither another nor the mark of
// the end stands: the archive may be cut in it, and something else follow there.
type Doubt struct {
	Span      // of its content, as its header has it
	Entry int // in the tree; negative if the content is a part
	// Cut says that the archive surely is: such an archive has a mark at its end, or a
	// checksum differs. Else it counts as cut only where what begins in the member goes
	// on behind it.
	Cut bool
}

// Part is a run of the input that a header describes.
type Part struct {
	Name           string // as the header has it; empty if it is the only one
	Offset, Length int64
	Role           Role
	Hint           string // the compression that the header claims; it may lie

	// Bytes, if its reader is set, are what the part holds, put together from
	// several places of the input (a volume of UBI, a sparse image): Offset and
	// Length then say nothing. Places tells from where in the input a run of them
	// comes, but for what comes from nowhere, like a hole; bytes that nobody can
	// read count as unexplained there. If it is nil the whole container counts as
	// read.
	Bytes  Input
	Places func(off, length int64) []Span
}

// Role says what a part is for.
type Role uint8

// The roles. A Code part is a program, as its header says. A Flat part is one
// that lies there as it runs, and its reader looked at it: its bytes that belong
// to no container are explained too, but for those that look encrypted.
const (
	Unknown Role = iota
	Code
	Data
	Flat
)

// Damage is a place that could not be read.
type Damage struct {
	Offset, Length int64
	Reason         string
	Opaque         bool // it is encrypted: nothing is broken, and nothing can be seen
}

// Tree is a container of files.
type Tree interface {
	// Entries are the files, in the order of the container.
	Entries() []Entry
	// Batches are the units of work to read all contents, each once, in the order
	// of the disk. Batches may run at the same time.
	Batches() []Batch
	// Read reads the content of the entry with that index again.
	Read(i int) ([]byte, error)
}

// Stored is a Tree that can tell where the content of an entry stands in the
// input, packed or not, although Entry.Offset cannot: runs that hold all of it, in
// the order of the content, perhaps with the content of others. None means that it
// is not known.
type Stored interface {
	Stored(i int) []Span
}

// Remainder is a Tree that unpacks more than its entries hold. Rest gives that once all
// batches were run, in the order of the places.
type Remainder interface {
	Rest() []Rest
}

// Rest is bytes that were unpacked and are of no entry, and the run of the input that
// they come from. Nil bytes are too many to be kept.
type Rest struct {
	Bytes []byte
	Place Span
}

// Batch reads the contents of some entries and gives each to visit, either whole
// or with the error. The content belongs to the batch: it holds until visit
// returns. Par runs a function n times, in parallel where there are workers.
type Batch struct {
	Entries []int // that Run visits
	Run     func(par func(n int, f func(i int)), visit func(i int, content []byte, err error))
}

// Entry is one name in a tree. Entries are as the container has them; package
// firmware refuses the names that are none.
type Entry struct {
	Name     string
	Mode     fs.FileMode // with type bits
	UID, GID uint32
	Size     int64
	ModTime  time.Time
	Link     string // target of a symlink
	Rdev     uint64 // major<<32 | minor
	Xattrs   map[string][]byte
	Inode    int   // entries with the same Inode share one content; it is the index of the entry that Batches visit and Read reads
	Offset   int64 // of the content in the input, -1 if it is not one plain run
	Err      error // the content cannot be read
}

// Error is a mistake in a container, with its place.
type Error struct {
	Offset int64
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("at 0x%x: %v", e.Offset, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error.
func Errorf(off int64, f string, args ...any) error {
	return &Error{off, fmt.Errorf(f, args...)}
}

// UnixMode turns the type and permission bits of a Unix st_mode into Go's form.
func UnixMode(m uint32) fs.FileMode {
	mode := fs.FileMode(m & 0o777)
	switch m & 0o170000 {
	case 0o040000:
		mode |= fs.ModeDir
	case 0o120000:
		mode |= fs.ModeSymlink
	case 0o060000:
		mode |= fs.ModeDevice
	case 0o020000:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case 0o010000:
		mode |= fs.ModeNamedPipe
	case 0o140000:
		mode |= fs.ModeSocket
	case 0o100000, 0:
	default:
		mode |= fs.ModeIrregular
	}
	if m&0o4000 != 0 {
		mode |= fs.ModeSetuid
	}
	if m&0o2000 != 0 {
		mode |= fs.ModeSetgid
	}
	if m&0o1000 != 0 {
		mode |= fs.ModeSticky
	}
	return mode
}
