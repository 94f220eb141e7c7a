// Package firmware opens firmware images.
//
// [Open] takes the bytes of an image as a vendor delivers it and gives back one
// read-only tree: every container that was found (headers, compressed streams,
// archives, file systems) and every file in them with owner, mode, place and
// digest. It works in memory, needs no privileges, runs no other program, and
// never follows anything out of the image.
//
//	img, err := firmware.Open(ctx, firmware.Bytes("router.bin", data), firmware.Options{})
//	for _, f := range img.Files {
//		fmt.Println(f.Path, f.Mode, f.Size)
//	}
//
// What could not be opened is never passed over: it stands in
// [Image.Skipped] with the reason, and every byte of the image is in exactly
// one class of [Image.Ranges].
//
// A checksum that a format has is compared, and a difference is told. Many have
// none over what files hold (ext, FAT, ISO 9660, EROFS, squashfs with LZ4 or LZO,
// tar), some none at all: there, bytes that were changed after the image was made
// give another content and no error. Only a signature over the image tells.
//
// The package imports no other room of the project, so that others can use it
// alone.
package firmware

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Image is a delivered firmware image after it was opened.
type Image struct {
	Name       string       // as delivered; the first element of every path
	Size       int64        // in bytes; for a folder, the sum of its regular files
	Digest     [32]byte     // SHA-256 of the bytes; for a folder, of its canonical listing
	Containers []*Container // parents before children, then by offset
	Files      []*File      // of all containers, sorted by Path; paths are unique
	Ranges     []Range      // every byte of the image once, in order; of a folder, what nobody can read is put last
	Skipped    []Skipped    // what could not be opened, at any depth, sorted by Path and Offset
	Opaque     bool         // nothing inside could be read: encrypted or unknown as a whole

	// Beside are the signatures over its bytes in files that came with it; parsed,
	// not verified.
	Beside []BesideSignature
}

// BesideSignature is a signature in a file beside the image.
type BesideSignature struct {
	Signature
	File  string
	Found bool // nobody named the file
}

// Container is one layer: a header, a compressed stream, an archive or a file
// system.
type Container struct {
	Type       string            // "uimage", "squashfs", "xz", "folder", …
	Path       string            // "router.bin!uimage!xz"
	Parent     *Container        // nil for the outermost
	Offset     int64             // in the parent's bytes
	Length     int64             // in the parent's bytes
	Modes      bool              // modes and owners of its files mean something (false for FAT, zip, an unpacked folder)
	FileSystem bool              // holds files by name (archives too)
	Attributes map[string]string // what the header says: "compression", "name", "version", …
	Signatures []Signature       // who says that it is the maker's; parsed, not verified
	Hashes     []Hash            // hash lists inside, compared with what they are about
	Damage     []Damage          // what its own reader could not read; also in Image.Skipped

	files  map[string]*File // by Name
	claims []format.Claim   // that are not settled yet
}

// Scratch is room for streams that are too long for memory, in a ScratchFile: a
// file that is read and written at any place, as an *os.File, and that nobody else
// uses.
type (
	Scratch     = format.Scratch
	ScratchFile = format.ScratchFile
)

// NewScratch makes a Scratch that takes at most so many bytes of a file.
func NewScratch(file ScratchFile, most int64) *Scratch { return format.NewScratch(file, most) }

// Signature is what a container says about who signed it, Hash an entry of a
// hash list inside it, Span a run of the container's bytes, Damage a run of them
// that could not be read.
type (
	Signature = format.Signature
	Hash      = format.Hash
	Span      = format.Span
	Damage    = format.Damage
)

// Kind is what a File is.
type Kind uint8

// The kinds of file. Raw is a run of bytes that belongs to no file system: a
// kernel, a boot loader, flat code, or an unexplained range.
const (
	Regular Kind = iota
	Directory
	Symlink
	CharDevice
	BlockDevice
	FIFO
	Socket
	Raw
)

var kindNames = [...]string{"file", "directory", "symlink", "char-device", "block-device", "fifo", "socket", "raw"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// File is one entry of the tree.
type File struct {
	Path      string            // container path, "!", Name
	Name      string            // slash-separated, without a leading slash: "etc/shadow"
	Container *Container        //
	Kind      Kind              //
	Mode      fs.FileMode       // permission, setuid, setgid and sticky bits only; see Container.Modes
	UID, GID  uint32            //
	Size      int64             // of the content
	ModTime   time.Time         // zero if unknown
	Link      string            // target of a symlink, as written
	HardLink  *File             // the first file (by Path) that shares this content, or nil
	Rdev      uint64            // major<<32 | minor, of devices
	Xattrs    map[string][]byte // nil if none
	Offset    int64             // of the content in the container's parent bytes, -1 if it is not one plain run
	Digest    [32]byte          // SHA-256 of the content of a Regular or Raw file
	Err       error             // the content could not be read whole; also in Image.Skipped
	Long      bool              // the content is longer than Limits.FileBytes: WriteTo gives it, ReadFile and Visit do not

	read   func() ([]byte, error)
	pour   func(format.Sink) error // of one that is Long
	blank  bool                    // it is Long, and all zeros
	closed []Range                 // of its content: what nobody can tell
	entry  int                     // its index in what the reader lists
}

// ReadFile returns the content of a Regular or Raw file again, within the
// limits that the image was opened with. It may be the image's own bytes, and must
// not be changed.
func (f *File) ReadFile() ([]byte, error) {
	switch {
	case f.HardLink != nil:
		return f.HardLink.ReadFile()
	case f.Err != nil:
		return nil, f.Err
	case f.read == nil:
		return nil, &fs.PathError{Op: "read", Path: f.Path, Err: fs.ErrInvalid}
	}
	return f.read()
}

// WriteTo writes the content of a Regular or Raw file, of any length. A writer that
// has the method Hole(n int64) error is told of long runs of zeros by it.
func (f *File) WriteTo(w io.Writer) (int64, error) {
	if f.HardLink != nil {
		return f.HardLink.WriteTo(w)
	}
	if f.Err == nil && f.pour != nil {
		s := &writing{w: w}
		err := f.pour(s)
		if err == nil && s.n != f.Size {
			err = fmt.Errorf("%d bytes of %d: %w", s.n, f.Size, io.ErrUnexpectedEOF)
		}
		return s.n, err
	}
	content, err := f.ReadFile()
	if err != nil {
		return 0, err
	}
	n, err := w.Write(content)
	return int64(n), err
}

// Class says what became of a byte of the image.
type Class string

// The classes of a Range. What a product file declares to be opaque is unexplained
// here.
const (
	Opened      Class = "opened"
	Padding     Class = "padding"     // zeros, or one repeated byte
	Unexplained Class = "unexplained" // not recognised, or not readable
)

// Range is a run of bytes of the image that became the same.
type Range struct {
	Offset, Length int64
	Class          Class
	What           string // container type, or why it is unexplained
}

// Skipped is a part, at any depth, that could not be opened.
type Skipped struct {
	Path           string // of the container or file
	Offset, Length int64  // in the bytes of what Path names
	Reason         string
	Entries        bool // Path is a container that has entries which are not among its files
	// Type is the type of container that seems to begin there and could not be
	// opened; empty if none does. Sure says that it is no chance.
	Type string
	Sure bool
}

// Lookup finds a file of the container by its path. Symlinks are followed
// inside the container only, at most 40 of them; a link's root is the
// container's root.
func (c *Container) Lookup(name string) (*File, bool) {
	hops := 40
	rest := strings.Split(strings.Trim(name, "/"), "/")
	at := ""
	var f *File
	for len(rest) > 0 {
		el := rest[0]
		rest = rest[1:]
		switch el {
		case "", ".":
			continue
		case "..":
			at = strings.TrimPrefix(path.Dir("/"+at), "/")
			f = nil
			continue
		}
		next := path.Join(at, el)
		got, ok := c.files[next]
		if !ok {
			return nil, false
		}
		if got.Kind == Symlink {
			if hops--; hops < 0 {
				return nil, false
			}
			target := strings.Split(got.Link, "/")
			if strings.HasPrefix(got.Link, "/") {
				at = ""
			}
			rest = append(slices.Clone(target), rest...)
			f = nil
			continue
		}
		at, f = next, got
	}
	if f == nil {
		f = c.files[at]
	}
	return f, f != nil
}
