package firmware

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-iot/assay/firmware/format"
)

// Limits bound what a hostile image can make the reader do. A zero field takes
// the value of DefaultLimits. What a bomb costs is what it unpacks to, and the time
// for it: both are bounded for every compression alike, and what was unpacked up to a
// limit is looked at.
type Limits struct {
	Depth      int           // containers inside one another
	Files      int           // entries in the whole image
	TotalBytes int64         // unpacked bytes in the whole image; of a small one less, see FreeBytes
	FileBytes  int64         // bytes of one file, or of a stream held in memory
	Ratio      int64         // unpacked to packed bytes of one stream, beyond the first 16 MiB; 0 for any: TotalBytes and Time bound it
	Time       time.Duration // per container
}

// FreeBytes and ShareOfBytes bound what a small image can cost: it unpacks to so many
// bytes and so many times its size, whatever Limits.TotalBytes allows. No image of a
// device holds more; the worst that is made on purpose does, in kilobytes.
const (
	FreeBytes    = 4 << 30
	ShareOfBytes = 1 << 10
)

// total is how many bytes an image of some size may unpack to. That of a folder, whose
// size is not known before, is TotalBytes.
func (l Limits) total(src Source) int64 {
	if src.Folder != nil || src.Size >= (l.TotalBytes-FreeBytes)/ShareOfBytes {
		return l.TotalBytes
	}
	return min(l.TotalBytes, FreeBytes+src.Size*ShareOfBytes)
}

// DefaultLimits suit images of up to a few gigabytes.
var DefaultLimits = Limits{
	Depth:      16,
	Files:      1 << 20,
	TotalBytes: 16 << 30,
	FileBytes:  256 << 20,
	Time:       2 * time.Minute,
}

func (l Limits) filled() Limits {
	l.Depth = cmp.Or(l.Depth, DefaultLimits.Depth)
	l.Files = cmp.Or(l.Files, DefaultLimits.Files)
	l.TotalBytes = cmp.Or(l.TotalBytes, DefaultLimits.TotalBytes)
	l.FileBytes = cmp.Or(l.FileBytes, DefaultLimits.FileBytes)
	l.Time = cmp.Or(l.Time, DefaultLimits.Time)
	return l
}

// Options say how to open an image.
type Options struct {
	Limits Limits
	// Visit, if set, is called once for each Regular or Raw file that was read
	// whole, with its content, while the image is read: from several goroutines at
	// once, nearly in the order of the disk. The file's Path, Kind, Mode, owner, Size
	// and Digest are set. The content must not be kept or changed. A hard
	// link is visited as the file that it names is, up to 64 of one file and 256 MiB in
	// one container. If it panics, so does Open.
	Visit func(f *File, content []byte)
	// Scratch, if set, holds streams that are too long for memory. Several images
	// may share one. Without it a stream longer than Limits.FileBytes is not read.
	Scratch *Scratch
	// NoDigest leaves out the digest of the image itself, and the pass over all its
	// bytes that it takes. Files have theirs all the same.
	NoDigest bool
	// Workers is the number of goroutines that decompress; 0 means one per processor.
	Workers int
}

// Source is an image to open: Bytes, or what SourceFile gives.
type Source struct {
	Name   string
	Reader io.ReaderAt // nil for a folder
	Size   int64
	Folder fs.FS // nil for an image file
	// Beside are the files that came with the image and say who signed it.
	Beside []Beside
	// Modes says that the folder's modes are those of the device, and its owners
	// too where a FileInfo's Sys has the method Owner() (uid, gid uint32). An
	// unpacked folder has lost both.
	Modes bool
}

// Beside is a file with a detached signature over the bytes of an image.
type Beside struct {
	Name  string
	Data  []byte
	Found bool // nobody named it: it lay beside the image
}

// Bytes makes a Source of bytes in memory.
func Bytes(name string, data []byte) Source {
	return Source{Name: name, Reader: format.Memory(data), Size: int64(len(data))}
}

// ErrNoFile is the error for what is neither a file nor a folder, as a pipe.
var ErrNoFile = errors.New("neither a file nor a folder")

// ErrEmpty is the error for an image without a byte.
var ErrEmpty = errors.New("the file is empty")

// Open opens an image. An image in which nothing is recognised is no error: it
// comes back Opaque. An error means that the source itself could not be read,
// that it is empty, or that ctx ended.
func Open(ctx context.Context, src Source, opts Options) (*Image, error) {
	opts.Limits = opts.Limits.filled()
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	l := opts.Limits
	o := &opener{
		ctx: ctx, opts: opts, matcher: allFormats(), carriers: allCarriers(),
		budget: format.NewBudget(int64(l.Files), l.total(src), l.FileBytes, l.Ratio),
		img:    &Image{Name: src.Name, Size: src.Size},
	}
	o.budget.Scratch = opts.Scratch
	var err error
	switch {
	case src.Folder != nil:
		err = o.openFolder(src)
	case src.Reader == nil:
		err = errors.New("nothing to read")
	case src.Size <= 0:
		err = ErrEmpty
	default:
		err = o.openImage(src)
	}
	o.walks.Wait() // after an error some may go on
	if err == nil {
		err = format.Guard(func() error {
			o.seams()
			o.readRaws()
			o.readBeside(src)
			o.unsettled()
			return ctx.Err()
		})
	}
	if p := o.panicked.Load(); p != nil {
		panic(*p)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", src.Name, err)
	}
	o.finish()
	return o.img, nil
}

// opener is the work on one image.
type opener struct {
	ctx      context.Context
	opts     Options
	matcher  *matcher
	carriers *matcher // of what is looked for in the midst of files
	budget   *format.Budget
	img      *Image

	walks    sync.WaitGroup  // that read the contents of files
	mu       sync.Mutex      // guards Skipped, which workers add to
	paths    map[string]bool // of containers
	pieces   []piece         // of raws
	raws     []raw           // raw files, read when none of them can be taken back
	rawsRead int             // how many were
	readable bool            // something inside could be read
	tooDeep  int             // places that were too deep to look into
	inVain   int64           // bytes of containers that were hollow

	panicked atomic.Pointer[any] // of Options.Visit
}

func (o *opener) openImage(src Source) error {
	in := buffered(format.Input{ReaderAt: src.Reader, Size: src.Size})
	digested := make(chan error, 1)
	switch {
	case o.opts.NoDigest:
		digested <- nil
	case o.opts.Workers > 1:
		go func() { digested <- o.digest(in) }() // while the metadata are read
	default:
		digested <- o.digest(in)
	}
	p := &place{in: in, path: src.Name, mapped: true}
	found, err := o.look(p)
	if err := cmp.Or(<-digested, err); err != nil {
		return err
	}
	o.img.Ranges = merge(found.ranges)
	o.img.Opaque = !o.readable
	return nil
}

// zeros are those of a hole.
var zeros [window]byte

// digest reads the whole image once. A source that cannot be read is an error.
func (o *opener) digest(in format.Input) error {
	sum := sha256.New()
	var buf []byte
	for off := int64(0); off < in.Size; off += window {
		if err := o.ctx.Err(); err != nil {
			return err
		}
		n := min(window, in.Size-off)
		if zerosAt(in, off) >= n {
			_, _ = sum.Write(zeros[:n])
			continue
		}
		b, reuse, err := view(in, off, n, buf)
		if err != nil {
			return err
		}
		_, _ = sum.Write(b)
		buf = reuse
	}
	o.img.Digest = [32]byte(sum.Sum(nil))
	return nil
}

// skip notes a part that could not be opened.
func (o *opener) skip(path string, off, length int64, reason string) {
	o.note(Skipped{Path: path, Offset: off, Length: length, Reason: reason})
}

func (o *opener) note(s Skipped) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.img.Skipped = append(o.img.Skipped, s)
}

// broken notes a container that could not be opened, and what its type seems to be.
func (o *opener) broken(path string, off int64, kind string, sure bool, reason string) {
	o.note(Skipped{Path: path, Offset: off, Reason: reason, Type: kind, Sure: sure && kind != ""})
}

// finish puts everything in its order.
func (o *opener) finish() {
	if o.img.Opaque && len(o.img.Skipped) == 0 {
		o.skip(o.img.Name, 0, o.img.Size, "no file and no text is in it: nothing could be examined")
	}
	slices.SortFunc(o.img.Files, func(a, b *File) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortFunc(o.img.Skipped, func(a, b Skipped) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Length, b.Length), cmp.Compare(a.Reason, b.Reason))
	})
	o.img.Skipped = slices.Compact(o.img.Skipped)
}

// SourceFile opens a file or folder of the machine as a Source; close it after use.
func SourceFile(name string) (Source, io.Closer, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Source{}, nil, err
	}
	base := filepath.Base(name)
	switch {
	case info.IsDir():
		root, err := os.OpenRoot(name)
		if err != nil {
			return Source{}, nil, err
		}
		return Source{Name: base, Folder: root.FS()}, root, nil
	case !info.Mode().IsRegular():
		return Source{}, nil, &fs.PathError{Op: "open", Path: name, Err: ErrNoFile}
	}
	f, err := os.Open(name)
	if err != nil {
		return Source{}, nil, err
	}
	return Source{Name: base, Reader: withHoles(f, info.Size()), Size: info.Size()}, f, nil
}
